"""The straight lines of a form in pieces, each with the pixels at which a card is looked at for it."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import cv2
import numpy as np
from numpy.typing import NDArray

from ocr.extract.strokes import strokes
from ocr.geometry import MM_PER_INCH

Gray = NDArray[np.uint8]

_LEAST_MM, _PIECE_MM, _THICKEST_MM = 2.5, 6.0, 1.3
"""Least length of a printed line, length of the pieces it is looked for in, and width of what is a bar and no line."""

_RUNNING = 0.12
"""Darkness (0..1) of the palest line."""

_SAMPLES = 18
"""Places along a piece at which it is looked at."""

AWAY_MM = 0.9
"""How far beside its place the paper is looked at."""


@dataclass(frozen=True, eq=False)
class PrintedLines:
    """Pieces of a form's straight lines.

    Attributes
    ----------
    boxes
        int32 (n, 4): first and last row and column of a piece, the last ones not in it.
    upright
        bool (n,).
    places
        int64 (n, along, across): pixels at and beside each piece, in the picture's numbering row by row.
    width
        float32 (n,): pixels.
    darkness
        float32 (n,): as drawn, 0..255.
    """

    boxes: NDArray[np.int32]
    upright: NDArray[np.bool_]
    places: NDArray[np.int64]
    width: NDArray[np.float32]
    darkness: NDArray[np.float32]

    def within(self, window: tuple[slice, slice]) -> NDArray[np.bool_]:
        """Which pieces lie in a window (rows, columns) by their middles; bool (n,)."""
        row, column = self.boxes[:, :2].mean(axis=1), self.boxes[:, 2:].mean(axis=1)
        down, across = window
        inside = (row >= (down.start or 0)) & (column >= (across.start or 0))
        inside &= (row < (down.stop or np.inf)) & (column < (across.stop or np.inf))
        return np.asarray(inside, np.bool_)


def printed_lines(art: Gray, dpi: float) -> PrintedLines:
    """Find the straight lines of artwork, uint8 (h, w) of darkness: level ones, then upright ones."""
    scale = dpi / MM_PER_INCH
    kinds = [_level_pieces(art, scale), _level_pieces(np.ascontiguousarray(art.T), scale)]
    boxes = np.concatenate([kinds[0][0], kinds[1][0][:, [2, 3, 0, 1]]])
    level, upright, w = kinds[0][1], kinds[1][1], art.shape[1]
    places = np.concatenate([level[..., 0] * w + level[..., 1], upright[..., 1] * w + upright[..., 0]])
    is_upright = np.arange(len(boxes)) >= len(kinds[0][0])
    width, darkness = (np.concatenate([kind[i] for kind in kinds]) for i in (2, 3))
    return PrintedLines(boxes, is_upright, places, width, darkness)


Pieces = tuple[NDArray[np.int32], NDArray[np.int64], NDArray[np.float32], NDArray[np.float32]]


def _level_pieces(art: Gray, scale: float) -> Pieces:
    """Boxes, places (n, along, across, 2) as rows and columns, widths and darkness of level lines."""
    run = cv2.morphologyEx(art, cv2.MORPH_OPEN, np.ones((1, round(_LEAST_MM * scale)), np.uint8))
    away = np.arange(-round(AWAY_MM * scale), round(AWAY_MM * scale) + 1)
    boxes, places, widths, darkness = [], [], [], []
    for x, y, w, h, _ in strokes(np.asarray(run, np.uint8), round(_RUNNING * 255)).stats[1:].tolist():
        middle = y + (h - 1) // 2
        if h > _THICKEST_MM * scale or middle + away[0] < 0 or middle + away[-1] >= art.shape[0]:
            continue
        cuts = np.linspace(x, x + w, max(1, round(w / (_PIECE_MM * scale))) + 1).round().astype(int)
        for left, right in pairwise(cuts.tolist()):
            own = run[y : y + h, left:right]
            along = np.linspace(left, right - 1, _SAMPLES).round().astype(np.int64)
            boxes.append((y, y + h, left, right))
            places.append(np.stack(np.broadcast_arrays(middle + away[None], along[:, None]), axis=-1))
            darkness.append(float(own.max(axis=0).mean()))
            widths.append(float(own.mean(axis=1).sum() / max(1.0, darkness[-1])))
    return (
        np.array(boxes, np.int32).reshape(-1, 4),
        np.array(places, np.int64).reshape(-1, _SAMPLES, len(away), 2),
        np.array(widths, np.float32),
        np.array(darkness, np.float32),
    )
