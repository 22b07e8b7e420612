"""Writes the network as ONNX."""

from __future__ import annotations

import warnings
from pathlib import Path

import torch

from learning.networks import ReadingNetwork
from ocr.extract.framing import PARTS_OF_CELL, ROWS, STRIDE

OPSET = 17


def export(network: ReadingNetwork, path: Path) -> None:
    """Write the network: ``strips`` (N, 1, ROWS, W) and ``windows`` (N, PARTS_OF_CELL x cells, W / STRIDE) in;
    ``characters``, ``cells`` and ``kind`` out."""
    path.parent.mkdir(parents=True, exist_ok=True)
    steps = 16
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)  # of LSTMs in batches; each strip is read by itself
        torch.onnx.export(
            network.eval().to(memory_format=torch.contiguous_format),  # type: ignore[call-overload]
            (torch.zeros(2, 1, ROWS, STRIDE * steps), torch.zeros(2, 4 * PARTS_OF_CELL, steps)),
            str(path),
            opset_version=OPSET,
            input_names=["strips", "windows"],
            output_names=["characters", "cells", "kind"],
            dynamic_axes={
                "strips": {0: "n", 3: "width"}, "windows": {0: "n", 1: "parts", 2: "steps"},
                "characters": {0: "n", 1: "steps"}, "cells": {0: "n", 1: "cells"}, "kind": {0: "n"},
            },
            dynamo=False,
        )  # fmt: skip
