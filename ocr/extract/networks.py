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

from ocr.extract.framing import Gray

MODELS = Path(__file__).parents[1] / "data" / "models"

Logits = NDArray[np.float32]


class LineLogits(NamedTuple):
    """What the network for lines says of a strip: logits of characters (T, classes) and of its kind of writing (3,)."""

    characters: Logits
    kind: Logits


class Networks:
    """The networks of a folder, loaded at once.

    Attributes
    ----------
    version, typed_version
        Change whenever the weights do that read handwriting, and type.
    """

    def __init__(self, folder: Path = MODELS) -> None:
        boxes, lines, stamps = ((folder / name).read_bytes() for name in ("boxes.onnx", "lines.onnx", "stamps.onnx"))
        self._boxes, self._lines, self._typed = (_session(file) for file in (boxes, lines, stamps))
        self.version = sha256(boxes + lines).hexdigest()[:12]
        self.typed_version = sha256(stamps).hexdigest()[:12]

    def boxes(self, pictures: Sequence[Gray]) -> Logits:
        """Logits (N, classes) of pictures uint8 (SIDE, SIDE)."""
        return np.asarray(self._boxes.run(None, {"pictures": as_input(pictures)})[0], np.float32)

    def lines(self, strips: Sequence[Gray]) -> list[LineLogits]:
        """One `LineLogits` per strip uint8 (ROWS, w) of handwriting, in order."""
        return [_read(self._lines, strip) for strip in strips]

    def typed(self, strips: Sequence[Gray]) -> list[LineLogits]:
        """The same of strips of stamps and print."""
        return [_read(self._typed, strip) for strip in strips]


def _read(network: onnxruntime.InferenceSession, strip: Gray) -> LineLogits:
    """Read one strip by itself: padding several to one width costs more time than reading them together saves."""
    characters, kinds = network.run(None, {"strips": as_input([strip])})
    return LineLogits(characters[0], kinds[0])


def as_input(images: Sequence[Gray]) -> NDArray[np.float32]:
    """Images of one size for a network: (N, 1, h, w) in 0..1, w filled up with paper to a multiple of four."""
    stacked = np.stack(images).astype(np.float32) / np.float32(255)
    return np.pad(stacked, ((0, 0), (0, 0), (0, -stacked.shape[2] % 4)))[:, None]


@lru_cache(maxsize=1)
def load_networks() -> Networks:
    """The shipped networks, once a process."""
    return Networks()


def _session(model: bytes) -> onnxruntime.InferenceSession:
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    return onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])
