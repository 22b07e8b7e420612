"""Networks in whole numbers of eight bits, for reading: about half the time, and no more errors."""

from __future__ import annotations

from collections import defaultdict
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
from ocr.extract.framing import Gray
from ocr.extract.handwriting import HandwritingReader
from ocr.extract.networks import LineLogits, Logits, Networks, as_input
from ocr.extract.printed_reader import PrintedReader
from ocr.extract.readers import Readers
from ocr.extract.stamp_reader import StampReader
from ocr.page import Stopwatch, load_engine, read_sheet
from ocr.preprocess.load import discover, load_page, probe
from ocr.reading import Refused

_SAMPLES = {"boxes": 2000, "lines": 300, "stamps": 300}
"""Pictures and strips by which the ranges of numbers within a network are measured."""

Arrays = list[NDArray[np.float32]]


class _Recorder(Networks):
    """Networks that keep what they are shown."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.shown: dict[str, Arrays] = defaultdict(list)

    def boxes(self, pictures: Sequence[Gray]) -> Logits:
        self.shown["boxes"] += [as_input([picture]) for picture in pictures]
        return super().boxes(pictures)

    def lines(self, strips: Sequence[Gray]) -> list[LineLogits]:
        self.shown["lines"] += [as_input([strip]) for strip in strips]
        return super().lines(strips)

    def typed(self, strips: Sequence[Gray]) -> list[LineLogits]:
        self.shown["stamps"] += [as_input([strip]) for strip in strips]
        return super().typed(strips)


def shown_to_networks(scans: Path, networks: Path) -> dict[str, Arrays]:
    """What the networks of a folder are shown while scans are read, by the network's name."""
    recorder = _Recorder(networks)
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
    return dict(recorder.shown)


def quantise(network: Path, name: str, samples: Arrays, out: Path, seed: int = 1) -> None:
    """Write a network with convolutions, dense layers and recurrent weights in whole numbers.

    Static quantisation by ranges seen on samples (Jacob et al., CVPR 2018); the first convolution, whose single input
    channel makes whole numbers slower, and the last dense layer stay as they are, and the recurrent layer's inputs are
    scaled at run time. Weights take seven bits, so that no sum overflows on processors without 8-bit dot products.

    Parameters
    ----------
    network, out
        ONNX files.
    name
        ``boxes``, ``lines`` or ``stamps``.
    samples
        float32 (1, 1, h, w) each, as from `shown_to_networks`.
    """
    graph = onnx.load(network).graph
    convolutions, dense = ([node.name for node in graph.node if node.op_type == op] for op in ("Conv", "Gemm"))
    chosen = np.random.default_rng(seed).permutation(len(samples))[: _SAMPLES[name]]
    with TemporaryDirectory() as folder:
        between = Path(folder) / network.name
        quantize_static(
            network, between, _Shown(graph.input[0].name, [samples[i] for i in chosen]), quant_format=QuantFormat.QDQ,
            activation_type=QuantType.QUInt8, weight_type=QuantType.QInt8, per_channel=True, reduce_range=True,
            op_types_to_quantize=["Conv", "Gemm"], nodes_to_exclude=[convolutions[0], dense[-1]],
        )  # fmt: skip
        quantize_dynamic(
            between, out, op_types_to_quantize=["LSTM"], per_channel=True, reduce_range=True,
            weight_type=QuantType.QInt8,
        )  # fmt: skip


class _Shown(CalibrationDataReader):  # type: ignore[misc]
    """Hands samples to ONNX Runtime one by one."""

    def __init__(self, name: str, samples: Arrays) -> None:
        self._left = iter([{name: sample} for sample in samples])

    def get_next(self) -> dict[str, NDArray[np.float32]] | None:
        return next(self._left, None)
