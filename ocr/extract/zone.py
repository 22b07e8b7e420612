"""What ink near a field belongs to it, and whether its writing goes on outside."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from ocr.extract.framing import Gray
from ocr.extract.reader import Crop
from ocr.geometry import MM_PER_INCH

_FAINT = 40
"""Level of recovered ink (0..255) from which on it is part of a stroke."""

_INSIDE_SHARE = 0.35
"""Share of its ink that a stroke has in the field at least, to belong to it."""

_REACH_MM = 0.3
"""How far around its printed box a field reaches."""

_SPILT_MM2 = 0.6
"""Ink behind the right edge from which on the writing goes on there."""

_ABOVE_MM2 = 0.4
"""Ink of other strokes above a comb from which on somebody wrote there; the mark over a letter has less."""

_APART_MM, _LITTLE = 7.0, 0.2
"""Strokes so far from the others, with less than this share of the largest group's ink, is none of the writing."""


def belonging(ink: Gray, crop: Crop) -> Gray:
    """Ink without strokes that lie mostly outside the field's box: ends of neighbouring writing, remains of print."""
    dark = ink > _FAINT
    count, labels = cv2.connectedComponents(dark.view(np.uint8), connectivity=8, ltype=cv2.CV_16U)
    inked = np.flatnonzero(dark)
    stroke = labels.reshape(-1)[inked]
    total = np.bincount(stroke, minlength=count)
    within = np.bincount(stroke[_inside(inked, crop, _REACH_MM)], minlength=count)
    foreign = inked[(within < _INSIDE_SHARE * total)[stroke]]
    if not len(foreign):
        return ink
    kept = ink.copy()
    kept.reshape(-1)[foreign] = 0
    return kept


def together(ink: Gray, dpi: float) -> Gray:
    """Ink without what lies far to the side of the writing and is little: stamps' edges, streaks, blots."""
    scale = dpi / MM_PER_INCH
    inked = (ink > 90).sum(axis=0)
    groups = _groups(np.flatnonzero(inked), _APART_MM * scale)
    amounts = [int(inked[a:b].sum()) for a, b in groups]
    kept = np.zeros(ink.shape[1], bool)
    for (a, b), amount in zip(groups, amounts, strict=True):
        kept[max(0, a - 3) : b + 3] = amount >= _LITTLE * max(amounts)
    return np.asarray(np.where(kept[None], ink, 0), np.uint8)


def _groups(columns: NDArray[np.intp], gap: float) -> list[tuple[int, int]]:
    """Runs of columns, first and behind the last, with less than `gap` between neighbours."""
    if not len(columns):
        return []
    breaks = np.flatnonzero(np.diff(columns) > gap)
    starts, ends = [0, *(breaks + 1)], [*breaks, len(columns) - 1]
    return [(int(columns[a]), int(columns[b]) + 1) for a, b in zip(starts, ends, strict=True)]


def overflows(ink: Gray, crop: Crop) -> bool:
    """Whether writing goes on behind the field's right edge, as when the boxes did not suffice."""
    scale = crop.dpi / MM_PER_INCH
    right = round((crop.spec.box.right - crop.rect.x + _REACH_MM) * scale)
    return float((ink[:, right:] > 90).sum()) / scale**2 > _SPILT_MM2


def is_written_above(ink: Gray, crop: Crop) -> bool:
    """Whether strokes that do not belong to the field stand right above it.

    In boxes there is no other place for the right letter when the first one was struck out, often with a line so thin
    that the struck letter still looks sure.

    Parameters
    ----------
    ink
        As from `belonging`.
    """
    scale, box = crop.dpi / MM_PER_INCH, crop.spec.box
    middle = round((box.y + box.h / 2 - crop.rect.y) * scale)
    above = (crop.ink[:middle] > 90) & (ink[:middle] <= 90)
    return float(above.sum()) / scale**2 > _ABOVE_MM2


def _inside(places: NDArray[np.intp], crop: Crop, reach: float) -> NDArray[np.bool_]:
    """Whether pixels, numbered row by row, lie within `reach` millimetres of the field's box."""
    scale, box = crop.dpi / MM_PER_INCH, crop.spec.box
    rows, columns = np.divmod(places, crop.pixels.shape[1])
    x, y = columns / scale + crop.rect.x, rows / scale + crop.rect.y
    across = (x > box.x - reach) & (x < box.right + reach)
    return np.asarray(across & (y > box.y - reach) & (y < box.bottom + reach))
