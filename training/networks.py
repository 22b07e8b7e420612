"""The networks: one for the boxes of a comb, one for lines. Small enough for 3 ms a field on one core."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from ocr.lexicon.alphabets import SYMBOLS

CLASSES = 1 + len(SYMBOLS)


def convolution(inputs: int, outputs: int, stride: int | tuple[int, int] = 1) -> nn.Sequential:
    """Three by three convolution, batch normalisation, rectifier."""
    return nn.Sequential(
        nn.Conv2d(inputs, outputs, 3, stride, 1, bias=False), nn.BatchNorm2d(outputs), nn.ReLU(inplace=True)
    )


class BoxNetwork(nn.Module):
    """Pictures (N, 1, 32, 32) in 0..1 to logits (N, CLASSES): characters, struck out, or nothing."""

    def __init__(self) -> None:
        super().__init__()
        self.features = nn.Sequential(
            convolution(1, 16), convolution(16, 32, 2), convolution(32, 32),
            convolution(32, 64, 2), convolution(64, 64), convolution(64, 64),
            convolution(64, 128, 2), convolution(128, 128),
        )  # fmt: skip
        self.head = nn.Sequential(
            nn.Flatten(), nn.Dropout(0.3), nn.Linear(2048, 160), nn.ReLU(inplace=True), nn.Dropout(0.2),
            nn.Linear(160, CLASSES),
        )  # fmt: skip

    def forward(self, pictures: Tensor) -> Tensor:
        """Logits."""
        return self.head(self.features(pictures))  # type: ignore[no-any-return]


class LineNetwork(nn.Module):
    """Strips (N, 1, 32, W) in 0..1 to logits (N, W / 4, CLASSES) for connectionist temporal classification.

    Convolutions, then one bidirectional LSTM (after Shi et al., PAMI 2017).
    """

    def __init__(self) -> None:
        super().__init__()
        self.features = nn.Sequential(
            convolution(1, 16), convolution(16, 32, 2), convolution(32, 32),
            convolution(32, 64, 2), convolution(64, 64), convolution(64, 64),
            convolution(64, 96, (2, 1)), convolution(96, 96),
        )  # fmt: skip
        self.collapse = nn.Sequential(
            nn.Conv2d(96, 144, (4, 1), bias=False), nn.BatchNorm2d(144), nn.ReLU(inplace=True), nn.Dropout(0.15)
        )
        self.context = nn.LSTM(144, 112, batch_first=True, bidirectional=True)
        self.head = nn.Sequential(nn.Dropout(0.2), nn.Linear(224, CLASSES))
        self.kind = nn.Linear(288, 3)

    def forward(self, strips: Tensor) -> tuple[Tensor, Tensor]:
        """Logits of characters (N, T, CLASSES), and of the kind of writing (N, 3): by hand, typed, scribble."""
        columns = self.collapse(self.features(strips)).squeeze(2).transpose(1, 2)
        context, _ = self.context(columns)
        pooled = torch.cat([columns.mean(1), columns.amax(1)], 1)
        return self.head(context), self.kind(pooled)
