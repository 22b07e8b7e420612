"""Bring recovered ink to the size the handwriting networks know: one picture per box of a comb, one strip per line.

Reading and training go through the same functions.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from ocr.extract.strokes import Strokes, strokes

Gray = NDArray[np.uint8]

SIDE, INNER = 32, 26
"""Pixels of a box's picture, and of the longer side of the ink within it."""

ROWS, SPREAD = 32, 5.4
"""Pixels of a strip's height, and of the standard deviation of its ink's rows: capitals come out some 18 tall."""

LONGEST = 640
"""Most columns of a strip."""

_FAINT = 60
_SMALLEST = 0.36
"""Ink smaller than this share of a box is not enlarged to full size: a full stop stays a dot."""

_NEIGHBOUR = 0.35
"""How far, in boxes, a letter may reach into the boxes beside its own."""


def picture(ink: Gray, box: float) -> Gray:
    """One character, centred and scaled alike.

    Parameters
    ----------
    ink
        uint8 (h, w), 255 = ink.
    box
        Height of the box it was written into, in pixels.

    Returns
    -------
    ndarray
        uint8 (SIDE, SIDE); all zero where there is no ink.
    """
    x, y, w, h = cv2.boundingRect((ink > _FAINT).view(np.uint8))
    if not w:
        return np.zeros((SIDE, SIDE), np.uint8)
    tight = ink[y : y + h, x : x + w]
    return centred(tight, INNER / max(*tight.shape, _SMALLEST * box))


def centred(tight: Gray, scale: float, shift: tuple[float, float] = (0.0, 0.0)) -> Gray:
    """Ink scaled about its middle into a picture, uint8 (SIDE, SIDE); `shift` moves it right and down, in pixels."""
    if scale < 0.75:  # an area filter first: bilinear sampling alone would skip strokes
        smaller = (max(1, round(tight.shape[1] * scale)), max(1, round(tight.shape[0] * scale)))
        tight, scale = np.asarray(cv2.resize(tight, smaller, interpolation=cv2.INTER_AREA), np.uint8), 1.0
    h, w = tight.shape
    matrix = np.array(
        [[scale, 0, SIDE / 2 - 0.5 - scale * (w - 1) / 2 + shift[0]],
         [0, scale, SIDE / 2 - 0.5 - scale * (h - 1) / 2 + shift[1]]]
    )  # fmt: skip
    return np.asarray(cv2.warpAffine(tight, matrix, (SIDE, SIDE), flags=cv2.INTER_LINEAR), np.uint8)


def boxes(ink: Gray, edges: Sequence[float], top: float, bottom: float) -> list[Gray]:
    """Share out a comb's ink among its boxes.

    A stroke belongs to the box that holds most of it, with what it has outside; one that runs through several boxes
    is cut at their edges.

    Parameters
    ----------
    ink
        uint8 (h, w) of the whole comb with a margin.
    edges
        Columns of the boxes' edges, from left to right: one more than there are boxes.
    top, bottom
        Rows of the comb's upper and lower edge.

    Returns
    -------
    list of ndarray
        uint8 pictures (h, wider than the box), one per box, with other boxes' ink taken out.
    """
    found = strokes(ink, _FAINT)
    width = (edges[-1] - edges[0]) / (len(edges) - 1)
    owner = _owners(found, edges, _outside(found.stats, top, bottom))
    # Faint edges are of the stroke they touch; a comb has never so many strokes that their numbers take more bits.
    nearest = cv2.dilate(found.labels.astype(np.uint16), np.ones((3, 3), np.uint8))
    inked = np.flatnonzero(ink > 0)
    owners = owner[nearest.reshape(-1)[inked]]
    belongs = np.full(ink.shape, _NOBODY, np.int16)
    belongs.reshape(-1)[inked] = np.where(owners == _CUT, _places(inked % ink.shape[1], edges), owners)
    pictures = []
    for i, (left, right) in enumerate(pairwise(edges)):
        window = slice(max(0, round(left - _NEIGHBOUR * width)), round(right + _NEIGHBOUR * width))
        pictures.append(np.where(belongs[:, window] == i, ink[:, window], np.uint8(0)))
    return pictures


def _places(columns: NDArray[np.intp], edges: Sequence[float]) -> NDArray[np.intp]:
    """Boxes that columns lie in; what lies beside the comb is of the first or last."""
    return np.asarray(np.clip(np.searchsorted(edges, columns, side="right") - 1, 0, len(edges) - 2))


_CUT, _NOBODY = -2, -1


def _outside(stats: NDArray[Any], top: float, bottom: float) -> NDArray[np.bool_]:
    """Strokes that lie wholly above or below the comb's middle half: ends of other fields' writing."""
    quarter = (bottom - top) / 8
    upper, height = stats[:, cv2.CC_STAT_TOP], stats[:, cv2.CC_STAT_HEIGHT]
    return np.asarray((upper + height < top - quarter) | (upper > bottom + quarter))


def _owners(found: Strokes, edges: Sequence[float], outside: NDArray[np.bool_]) -> NDArray[np.int64]:
    """Box of each connected stroke, `_CUT` where it runs through several, `_NOBODY` for the paper."""
    cells = len(edges) - 1
    width = (edges[-1] - edges[0]) / cells
    inked = np.flatnonzero(found.labels > 0)
    labels = found.labels.reshape(-1)[inked].astype(np.intp)
    cell = labels * cells + _places(inked % found.labels.shape[1], edges)
    shares = np.bincount(cell, minlength=len(found.stats) * cells).reshape(-1, cells)
    owner = shares.argmax(axis=1)
    most = shares.max(axis=1) / np.maximum(shares.sum(axis=1), 1)
    wide = found.stats[:, cv2.CC_STAT_WIDTH]
    owner[(wide > 1.55 * width) | ((wide > 1.05 * width) & (most < 0.72))] = _CUT
    owner[outside] = _NOBODY
    owner[0] = _NOBODY
    return np.asarray(owner, np.int64)


def strip(ink: Gray, dpi: float) -> Gray:
    """A line of writing at the networks' height, cut to its ink.

    The rows are set by the mean and standard deviation of the ink's rows, which stray less than its extent when a
    tail or a capital sticks out.

    Parameters
    ----------
    ink
        uint8 (h, w), 255 = ink.
    dpi
        Its pixels per inch: writing has capitals of 1.5 to 7 mm.

    Returns
    -------
    ndarray
        uint8 (ROWS, w) with w at least ROWS and at most `LONGEST`; all zero where there is no ink.
    """
    strong = ink > _FAINT
    columns = np.flatnonzero(strong.any(axis=0))
    if not len(columns):
        return np.zeros((ROWS, ROWS), np.uint8)
    tight = ink[:, columns[0] : columns[-1] + 1]
    weight = strong[:, columns[0] : columns[-1] + 1].sum(axis=1).astype(np.float64)
    rows = np.arange(len(weight))
    middle = float((weight * rows).sum() / weight.sum())
    spread = float(np.sqrt((weight * (rows - middle) ** 2).sum() / weight.sum()))
    limit = dpi / 25.4
    return levelled(tight, middle, float(np.clip(spread, 0.42 * limit, 2.0 * limit)))


def levelled(tight: Gray, middle: float, spread: float) -> Gray:
    """Scale a line so that its ink's middle row lies in the strip's middle and its spread is `SPREAD`."""
    scale = SPREAD / spread
    if scale < 0.75:
        size = (max(1, round(tight.shape[1] * scale)), max(1, round(tight.shape[0] * scale)))
        middle *= size[1] / tight.shape[0]
        tight, scale = np.asarray(cv2.resize(tight, size, interpolation=cv2.INTER_AREA), np.uint8), 1.0
    margin = 4
    width = int(np.clip(round(tight.shape[1] * scale) + 2 * margin, ROWS, LONGEST))
    across = min(scale, (width - 2 * margin) / tight.shape[1])
    matrix = np.array([[across, 0, margin], [0, scale, ROWS / 2 - 0.5 - scale * middle]])
    return np.asarray(cv2.warpAffine(tight, matrix, (width, ROWS), flags=cv2.INTER_LINEAR), np.uint8)
