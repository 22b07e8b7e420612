"""The network in whole numbers of eight bits, for reading: about half the time, and no more errors."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import onnx
from numpy.typing import NDArray
from onnxruntime.quantization import CalibrationDataReader, QuantFormat, QuantType, quantize_dynamic, quantize_static

from ocr.confidence.acceptance import AcceptancePolicy
from ocr.confidence.calibration import load_calibration
from ocr.extract.framing import CombStrip, Gray
from ocr.extract.handwriting import HandwritingReader
from ocr.extract.network import LineLogits, Logits, Network, inputs
from ocr.extract.printed_reader import PrintedReader
from ocr.extract.readers import Readers
from ocr.extract.stamp_reader import StampReader
from ocr.page import Stopwatch, load_engine, read_sheet
from ocr.preprocess.load import discover, load_page, probe
from ocr.reading import Refused

_SAMPLES = 900
"""Strips by which the ranges of numbers within the network are measured."""

Shown = dict[str, NDArray[np.float32]]


class _Recorder(Network):
    """A network that keeps what it is shown."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.shown: list[Shown] = []

    def lines(self, strips: Sequence[Gray]) -> list[LineLogits]:
        self.shown += [inputs(strip) for strip in strips]
        return super().lines(strips)

    def combs(self, combs: Sequence[CombStrip]) -> list[Logits]:
        self.shown += [inputs(comb.strip, comb.edges) for comb in combs]
        return super().combs(combs)


def shown_to_network(scans: Path, network: Path) -> list[Shown]:
    """What the network of a folder is shown while scans are read."""
    recorder = _Recorder(network)
    hand, stamp, printed = (reader(lambda: recorder) for reader in (HandwritingReader, StampReader, PrintedReader))
    engine = replace(load_engine(), readers=Readers(hand=hand, stamp=stamp, printed=printed))
    acceptor = AcceptancePolicy(load_calibration())
    for path in discover([scans]):
        found = probe(path)
        if isinstance(found, Refused):
            continue
        for page in range(found.pages):
            sheet = load_page(path, page, found.sha256)
            if not isinstance(sheet, Refused):
                read_sheet(sheet, engine, acceptor, 0.0, date.today(), Stopwatch())
    return recorder.shown


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
        As from `shown_to_network`.
    """
    convolutions = [node.name for node in onnx.load(network).graph.node if node.op_type == "Conv"]
    chosen = np.random.default_rng(seed).permutation(len(samples))[:_SAMPLES]
    with TemporaryDirectory() as folder:
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


class _Shown(CalibrationDataReader):  # type: ignore[misc]
    """Hands samples to ONNX Runtime one by one."""

    def __init__(self, samples: Sequence[Shown]) -> None:
        self._left = iter(samples)

    def get_next(self) -> Shown | None:
        return next(self._left, None)
