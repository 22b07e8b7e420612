"""The network: one for lines and combs alike, small enough for 3 ms a field on one core."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn

from ocr.extract.framing import PARTS_OF_CELL
from ocr.lexicon.alphabets import SYMBOLS

WEIGHTS = "reader.npz"
"""Name of the file of weights in half precision, from which the network can be fitted further."""

CLASSES = 1 + len(SYMBOLS)
_WIDTH, _CONTEXT = 176, 144
_SEEN = _WIDTH + 2 * _CONTEXT


def convolution(inputs: int, outputs: int, stride: int | tuple[int, int] = 1, size: int = 3) -> nn.Sequential:
    """Convolution, batch normalisation, rectifier."""
    return nn.Sequential(
        nn.Conv2d(inputs, outputs, size, stride, size // 2, bias=False),
        nn.BatchNorm2d(outputs),
        nn.ReLU(inplace=True),
    )


class Residual(nn.Module):
    """Two convolutions whose outcome is added to what came in (He et al., CVPR 2016)."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        last = nn.BatchNorm2d(channels)
        nn.init.zeros_(last.weight)  # it begins by changing nothing, so that it may join a network that is fitted
        self.change = nn.Sequential(
            convolution(channels, channels), nn.Conv2d(channels, channels, 3, 1, 1, bias=False), last
        )

    def forward(self, x: Tensor) -> Tensor:
        """The same shape as comes in."""
        return torch.relu(x + self.change(x))


class ReadingNetwork(nn.Module):
    """Strips (N, 1, ROWS, W) in 0..1 to logits along the line and of a comb's cells.

    Convolutions, then two bidirectional LSTMs (after Shi et al., PAMI 2017), of which the second adds to the first in a
    measure that is learnt from none on (Bachlechner et al., UAI 2021). Lines are read by connectionist temporal
    classification. For a comb the same features are pooled around the parts of each cell, so that a letter which
    reaches into the next cell is seen whole.
    """

    def __init__(self) -> None:
        super().__init__()
        self.features = nn.Sequential(
            convolution(1, 24, 2, 5), convolution(24, 32),
            convolution(32, 64, 2), Residual(64),
            convolution(64, 112, (2, 1)), Residual(112), Residual(112),
        )  # fmt: skip
        self.collapse = nn.Sequential(
            nn.Conv2d(112, _WIDTH, (5, 1), bias=False), nn.BatchNorm2d(_WIDTH), nn.ReLU(inplace=True), nn.Dropout(0.15)
        )
        self.context = nn.LSTM(_WIDTH, _CONTEXT, batch_first=True, bidirectional=True)
        self.wider_context = nn.LSTM(2 * _CONTEXT, _CONTEXT, batch_first=True, bidirectional=True)
        self.measure = nn.Parameter(torch.zeros(2 * _CONTEXT))
        self.head = nn.Sequential(nn.Dropout(0.1), nn.Linear(_SEEN, CLASSES))
        self.cell_head = nn.Sequential(
            nn.Linear(PARTS_OF_CELL * _SEEN, 192), nn.ReLU(inplace=True), nn.Dropout(0.2), nn.Linear(192, CLASSES)
        )
        self.kind = nn.Linear(2 * _WIDTH, 3)

    def forward(self, strips: Tensor, windows: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """Logits along strips, of their cells, and of their kind of writing.

        Parameters
        ----------
        windows
            (N, PARTS_OF_CELL * cells, W / 4), as from `ocr.extract.framing.windows`.

        Returns
        -------
        Tensor, Tensor, Tensor
            (N, W / 4, CLASSES); (N, cells, CLASSES); (N, 3): by hand, typed, scribble.
        """
        columns = self.collapse(self.features(strips)).squeeze(2).transpose(1, 2)
        context, _ = self.context(columns)
        seen = torch.cat([columns, context + self.measure * self.wider_context(context)[0]], 2)
        cells = torch.bmm(windows, seen).reshape(strips.shape[0], -1, PARTS_OF_CELL * _SEEN)
        pooled = torch.cat([columns.mean(1), columns.amax(1)], 1)
        return self.head(seen), self.cell_head(cells), self.kind(pooled)


def save(network: ReadingNetwork, path: Path) -> None:
    """Keep the weights in half precision: their last digits change no reading."""
    path.parent.mkdir(parents=True, exist_ok=True)
    arrays = {name: value.numpy() for name, value in network.state_dict().items()}
    np.savez_compressed(path, **{n: a.astype(np.float16) if a.dtype == np.float32 else a for n, a in arrays.items()})


def load(path: Path) -> ReadingNetwork:
    """A network with the weights of a file."""
    network = ReadingNetwork()
    with np.load(path) as data:
        network.load_state_dict({name: torch.from_numpy(data[name]) for name in data.files})
    return network
