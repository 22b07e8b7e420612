"""The trained network, run by ONNX Runtime on one thread. It is made by `training/`."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import lru_cache
from hashlib import sha256
from pathlib import Path
from typing import NamedTuple

import numpy as np
import onnxruntime
from numpy.typing import NDArray

from ocr.extract.framing import PARTS_OF_CELL, STRIDE, CombStrip, Gray, windows

MODELS = Path(__file__).parents[1] / "data" / "models"
MODEL = "reader.onnx"

Logits = NDArray[np.float32]


class LineLogits(NamedTuple):
    """What the network says of a strip: logits of characters (T, classes) and of its kind of writing (3,)."""

    characters: Logits
    kind: Logits


class Network:
    """The network of a folder, loaded at once.

    Attributes
    ----------
    version
        Changes whenever the weights do.
    """

    def __init__(self, folder: Path = MODELS) -> None:
        model = (folder / MODEL).read_bytes()
        self._session = _session(model)
        self.version = version_of(model)

    def lines(self, strips: Sequence[Gray]) -> list[LineLogits]:
        """One `LineLogits` per strip uint8 (ROWS, w), in order.

        Each is read by itself: padding several to one width costs more time than reading them together saves.
        """
        return [LineLogits(*self._run(strip, ["characters", "kind"])) for strip in strips]

    def combs(self, combs: Sequence[CombStrip]) -> list[Logits]:
        """Logits (cells, classes) of the cells that each comb's strip shows."""
        return [self._run(comb.strip, ["cells"], comb.edges)[0] for comb in combs]

    def _run(self, strip: Gray, outputs: list[str], edges: tuple[float, ...] = ()) -> list[Logits]:
        return [np.asarray(found[0], np.float32) for found in self._session.run(outputs, inputs(strip, edges))]


def version_of(model: bytes) -> str:
    """The version that readings by a network bear, from its file."""
    return sha256(model).hexdigest()[:12]


def inputs(strip: Gray, edges: tuple[float, ...] = ()) -> dict[str, NDArray[np.float32]]:
    """What the network is shown of a strip and, if it is a comb's, of the edges of its cells.

    Returns
    -------
    dict
        ``strips`` (1, 1, h, w) in 0..1, w filled up with paper to a multiple of `STRIDE`; ``windows`` (1, parts,
        w / STRIDE), of one empty cell where there are none.
    """
    shown = np.pad(strip.astype(np.float32) / np.float32(255), ((0, 0), (0, -strip.shape[1] % STRIDE)))
    steps = shown.shape[1] // STRIDE
    cells = windows(edges, shown.shape[1]) if edges else np.zeros((PARTS_OF_CELL, steps), np.float32)
    return {"strips": shown[None, None], "windows": cells[None]}


@lru_cache(maxsize=2)
def load_network(folder: Path = MODELS) -> Network:
    """The network of a folder, the shipped one by default, once a process."""
    return Network(folder)


class NetworkReader:
    """What all readers by the network share.

    Parameters
    ----------
    network
        Gives the network, at the first use; by default the shipped one.
    """

    def __init__(self, network: Callable[[], Network] = load_network) -> None:
        self._network = network

    @property
    def version(self) -> str:
        """Of the weights."""
        return self._network().version


def _session(model: bytes) -> onnxruntime.InferenceSession:
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    return onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])
