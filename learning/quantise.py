"""The network in whole numbers of eight bits, for reading: about half the time, and no more errors."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import onnx
from numpy.typing import NDArray
from onnxruntime.quantization import CalibrationDataReader, QuantFormat, QuantType, quantize_dynamic, quantize_static

_SAMPLES = 900
"""Strips by which the ranges of numbers within the network are measured."""

Shown = dict[str, NDArray[np.float32]]
"""What the network is shown of a strip (`ocr.extract.network.inputs`)."""


def quantise(network: Path, samples: Sequence[Shown], out: Path, seed: int = 1) -> None:
    """Write the network with convolutions, dense layers and recurrent weights in whole numbers.

    Static quantisation by ranges seen on samples (Jacob et al., CVPR 2018); the first convolution, whose single input
    channel makes whole numbers slower, and the layers that answer stay as they are, and the recurrent layer's inputs
    are scaled at run time. Weights take seven bits, so that no sum overflows on processors without 8-bit dot products.

    Parameters
    ----------
    network, out
        ONNX files.
    samples
        Strips as the network is shown them.
    """
    convolutions = [node.name for node in onnx.load(network).graph.node if node.op_type == "Conv"]
    chosen = np.random.default_rng(seed).permutation(len(samples))[:_SAMPLES]
    with TemporaryDirectory() as folder, _without_advice():
        between = Path(folder) / network.name
        quantize_static(
            network, between, _Shown([samples[i] for i in chosen]), quant_format=QuantFormat.QDQ,
            activation_type=QuantType.QUInt8, weight_type=QuantType.QInt8, per_channel=True, reduce_range=True,
            op_types_to_quantize=["Conv"], nodes_to_exclude=convolutions[:1],
        )  # fmt: skip
        quantize_dynamic(
            between, out, op_types_to_quantize=["LSTM"], per_channel=True, reduce_range=True,
            weight_type=QuantType.QInt8,
        )  # fmt: skip


@contextmanager
def _without_advice() -> Iterator[None]:
    """The library advises, at each call, to simplify the network first; that changes nothing here."""
    logging.disable(logging.WARNING)
    try:
        yield
    finally:
        logging.disable(logging.NOTSET)


class _Shown(CalibrationDataReader):  # type: ignore[misc]
    """Hands samples to ONNX Runtime one by one."""

    def __init__(self, samples: Sequence[Shown]) -> None:
        self._left = iter(samples)

    def get_next(self) -> Shown | None:
        return next(self._left, None)
