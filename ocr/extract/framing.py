"""Bring recovered ink to the size the network knows: one strip per line of writing, and one per comb.

Reading and training go through the same functions.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from ocr.extract.strokes import strokes
from ocr.geometry import MM_PER_INCH

Gray = NDArray[np.uint8]

ROWS, SPREAD = 40, 6.6
"""Pixels of a strip's height, and of the standard deviation of its ink's rows: capitals come out some 23 tall."""

LONGEST = 1280
"""Most columns of a strip."""

STRIDE = 4
"""Columns of a strip that become one step of the network."""

PARTS_OF_CELL = 3
"""Places at which the network looks at a comb's cell: around its left third, its middle and its right third."""

_NARROWEST, _WIDEST = 15.0, 32.0
"""Columns of a strip that a comb's cell takes: small writing in wide cells is not enlarged to the full."""

_FAINT = 60
_MARGIN = 4


@dataclass(frozen=True, eq=False)
class CombStrip:
    """A comb's writing at the networks' height.

    Attributes
    ----------
    strip
        uint8 (ROWS, w), of the inked cells alone.
    first
        Number of the first cell shown.
    edges
        Columns of the strip at which the shown cells begin and the last one ends.
    """

    strip: Gray
    first: int
    edges: tuple[float, ...]


def comb_strip(ink: Gray, edges: Sequence[float], top: float, bottom: float) -> CombStrip | None:
    """A comb's writing as one strip: letters that reach into the next cell stay whole.

    Strokes that lie wholly above or below the comb's middle half, ends of other fields' writing, are taken out.

    Parameters
    ----------
    ink
        uint8 (h, w) of the whole comb with a margin.
    edges
        Columns of the cells' edges, from left to right: one more than there are cells.
    top, bottom
        Rows of the comb's upper and lower edge.

    Returns
    -------
    CombStrip or None
        None where nothing is written.
    """
    ink = _within(ink, top, bottom)
    strong = ink > _FAINT
    columns = np.flatnonzero(strong.any(axis=0))
    if not len(columns):
        return None
    pitch = (edges[-1] - edges[0]) / (len(edges) - 1)
    first = int(np.clip(np.searchsorted(edges, columns[0], side="right") - 1, 0, len(edges) - 2))
    last = int(np.clip(np.searchsorted(edges, columns[-1], side="right") - 1, first, len(edges) - 2))
    left = max(0, round(min(edges[first], columns[0])))
    right = min(ink.shape[1], round(max(edges[last + 1], columns[-1] + 1)))
    middle, spread = _rows(strong[:, left:right])
    spread = float(np.clip(spread, SPREAD * pitch / _WIDEST, SPREAD * pitch / _NARROWEST))
    framed, across = levelled(ink[:, left:right], middle, spread)
    shown = edges[first : last + 2]
    return CombStrip(framed, first, tuple(_MARGIN + across * (edge - left) for edge in shown))


def windows(edges: Sequence[float], width: int) -> NDArray[np.float32]:
    """Weights by which the network's steps are pooled for each part of each cell.

    Parameters
    ----------
    edges
        Columns of a strip at which cells begin, and where the last ends.
    width
        Columns of the strip.

    Returns
    -------
    ndarray
        float32 (PARTS_OF_CELL * cells, steps), each row a Gaussian that sums to one.
    """
    begins, ends = np.array(edges[:-1]), np.array(edges[1:])
    share = (np.arange(PARTS_OF_CELL) + 0.5) / PARTS_OF_CELL
    middles = (begins[:, None] + (ends - begins)[:, None] * share).reshape(-1, 1)
    sigma = np.repeat((ends - begins) / PARTS_OF_CELL * 0.6, PARTS_OF_CELL)[:, None]
    steps = STRIDE * (np.arange(-(-width // STRIDE)) + 0.5)
    weights = np.exp(-0.5 * ((steps - middles) / np.maximum(sigma, 1.0)) ** 2) + 1e-9
    return np.asarray(weights / weights.sum(axis=1, keepdims=True), np.float32)


def _within(ink: Gray, top: float, bottom: float) -> Gray:
    """Ink without strokes that lie wholly above or below a comb's middle half: ends of other fields' writing."""
    found = strokes(ink, _FAINT)
    quarter = (bottom - top) / 8
    upper, height = found.stats[:, cv2.CC_STAT_TOP], found.stats[:, cv2.CC_STAT_HEIGHT]
    outside = (upper + height < top - quarter) | (upper > bottom + quarter)
    outside[0] = False
    if not outside.any():
        return ink
    nearest = cv2.dilate(found.labels.astype(np.uint16), np.ones((3, 3), np.uint8))  # faint edges are of their stroke
    return np.asarray(np.where(outside[nearest], 0, ink), np.uint8)


def _rows(strong: NDArray[np.bool_]) -> tuple[float, float]:
    """Mean and standard deviation of the rows of ink."""
    weight = strong.sum(axis=1).astype(np.float64)
    rows = np.arange(len(weight))
    middle = float((weight * rows).sum() / weight.sum())
    return middle, float(np.sqrt((weight * (rows - middle) ** 2).sum() / weight.sum()))


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
    middle, spread = _rows(strong[:, columns[0] : columns[-1] + 1])
    limit = dpi / MM_PER_INCH
    tight = ink[:, columns[0] : columns[-1] + 1]
    return levelled(tight, middle, float(np.clip(spread, 0.42 * limit, 2.0 * limit)))[0]


def levelled(tight: Gray, middle: float, spread: float) -> tuple[Gray, float]:
    """Scale a line so that its ink's middle row lies in the strip's middle and its spread is `SPREAD`.

    Returns
    -------
    ndarray, float
        The strip, and how many of its columns one of the line's takes.
    """
    scale = SPREAD / spread
    original = tight.shape[1]
    if scale < 0.75:
        size = (max(1, round(tight.shape[1] * scale)), max(1, round(tight.shape[0] * scale)))
        middle *= size[1] / tight.shape[0]
        tight, scale = np.asarray(cv2.resize(tight, size, interpolation=cv2.INTER_AREA), np.uint8), 1.0
    width = int(np.clip(round(tight.shape[1] * scale) + 2 * _MARGIN, ROWS, LONGEST))
    across = min(scale, (width - 2 * _MARGIN) / tight.shape[1])
    matrix = np.array([[across, 0, _MARGIN], [0, scale, ROWS / 2 - 0.5 - scale * middle]])
    framed = cv2.warpAffine(tight, matrix, (width, ROWS), flags=cv2.INTER_LINEAR)
    return np.asarray(framed, np.uint8), across * tight.shape[1] / original
