"""The trained networks, run by ONNX Runtime on one thread. They are made by `training/`."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from hashlib import sha256
from pathlib import Path
from typing import NamedTuple

import numpy as np
import onnxruntime
from numpy.typing import NDArray

from ocr.extract.framing import ROWS, SIDE, Gray

MODELS = Path(__file__).parents[1] / "data" / "models"

LINES_AT_ONCE = 8
"""Lines of about the same width that are read together; the narrower ones are padded with paper."""

Logits = NDArray[np.float32]


class LineLogits(NamedTuple):
    """What the network for lines says of a strip: logits of characters (T, classes) and of its kind of writing (3,)."""

    characters: Logits
    kind: Logits


class Networks:
    """The networks of a folder, loaded at once.

    Attributes
    ----------
    version, stamps_version
        Change whenever the weights do that read handwriting, and dates on stamps.
    """

    def __init__(self, folder: Path = MODELS) -> None:
        boxes, lines, stamps = ((folder / name).read_bytes() for name in ("boxes.onnx", "lines.onnx", "stamps.onnx"))
        self._boxes, self._lines, self._stamps = (_session(file) for file in (boxes, lines, stamps))
        self.version = sha256(boxes + lines).hexdigest()[:12]
        self.stamps_version = sha256(stamps).hexdigest()[:12]

    def boxes(self, pictures: Sequence[Gray]) -> Logits:
        """Logits (N, classes) of pictures uint8 (SIDE, SIDE)."""
        stacked = np.stack(pictures)[:, None].astype(np.float32) / np.float32(255)
        assert stacked.shape[2:] == (SIDE, SIDE)
        return np.asarray(self._boxes.run(None, {"pictures": stacked})[0], np.float32)

    def lines(self, strips: Sequence[Gray]) -> list[LineLogits]:
        """One `LineLogits` per strip uint8 (ROWS, w) of handwriting, in order."""
        return _read(self._lines, strips)

    def stamps(self, strips: Sequence[Gray]) -> list[LineLogits]:
        """The same of strips of stamps that may hold a date."""
        return _read(self._stamps, strips)


def _read(network: onnxruntime.InferenceSession, strips: Sequence[Gray]) -> list[LineLogits]:
    order = sorted(range(len(strips)), key=lambda i: strips[i].shape[1])
    found: dict[int, LineLogits] = {}
    for start in range(0, len(order), LINES_AT_ONCE):
        part = order[start : start + LINES_AT_ONCE]
        characters, kinds = network.run(None, {"strips": padded([strips[i] for i in part])})
        for i, logits, kind in zip(part, characters, kinds, strict=True):
            found[i] = LineLogits(logits[: -(-strips[i].shape[1] // 4)], kind)
    return [found[i] for i in range(len(strips))]


def padded(strips: Sequence[Gray]) -> NDArray[np.float32]:
    """Strips in one array (N, 1, ROWS, W) in 0..1, W a multiple of four."""
    width = -(-max(strip.shape[1] for strip in strips) // 4) * 4
    out = np.zeros((len(strips), 1, ROWS, width), np.float32)
    for row, strip in zip(out, strips, strict=True):
        row[0, :, : strip.shape[1]] = strip / np.float32(255)
    return out


@lru_cache(maxsize=1)
def load_networks() -> Networks:
    """The shipped networks, once a process."""
    return Networks()


def _session(model: bytes) -> onnxruntime.InferenceSession:
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    return onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])
