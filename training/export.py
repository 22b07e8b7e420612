"""Writes networks as ONNX, and the card that says what they are."""

from __future__ import annotations

from pathlib import Path

import torch
from torch import nn

from ocr.extract.framing import ROWS, SIDE

OPSET = 17


def export_boxes(network: nn.Module, path: Path) -> None:
    """Write the network for boxes: ``pictures`` (N, 1, SIDE, SIDE) in, ``characters`` (N, classes) out."""
    _export(network, torch.zeros(2, 1, SIDE, SIDE), path, ("pictures", {0: "n"}), {"characters": {0: "n"}})


def export_lines(network: nn.Module, path: Path) -> None:
    """Write the network for lines: ``strips`` (N, 1, ROWS, W) in, ``characters`` and ``kind`` out."""
    outputs = {"characters": {0: "n", 1: "steps"}, "kind": {0: "n"}}
    _export(network, torch.zeros(2, 1, ROWS, 64), path, ("strips", {0: "n", 3: "width"}), outputs)


def _export(
    network: nn.Module,
    example: torch.Tensor,
    path: Path,
    inputs: tuple[str, dict[int, str]],
    outputs: dict[str, dict[int, str]],
) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    torch.onnx.export(
        network.eval().to(memory_format=torch.contiguous_format),  # type: ignore[call-overload]
        (example,),
        str(path),
        opset_version=OPSET,
        input_names=[inputs[0]],
        output_names=list(outputs),
        dynamic_axes={inputs[0]: inputs[1], **outputs},
        dynamo=False,
    )
