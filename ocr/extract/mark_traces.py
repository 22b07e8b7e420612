"""What is to be seen in each box of a card before pens are made alike: pale ticks beside a black blot, and moiré.

The paper inside the boxes is the measure: most boxes of a card are empty, so their usual level, and how far they stray
from it, say what a box without a mark looks like on this card.
"""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from ocr.extract.reader import Crop
from ocr.forms.definition import Rect
from ocr.geometry import MM_PER_INCH

_INSET_MM, _GRAIN_MM = 0.6, 0.3
"""How far inside its printed box paper is looked at, and over what length it is evened out: about a stroke's width."""

_DARKEST = 0.88
"""Share of a box that is no darker than what tells strokes: a tick covers a sixth of it, dust less than an eighth."""

_LEAST_LEVEL, _SPREADS = 12.0, 5.0
"""Darkness (0..255) above the usual box that is a trace at least, and in standard deviations of the boxes."""

_FEWEST = 6
"""Boxes of a card from which on they say what is usual."""


def box_traces(crops: Sequence[Crop]) -> list[list[float]]:
    """How clearly each option of each field holds more than the card's usual box.

    Parameters
    ----------
    crops
        The mark fields of one card.

    Returns
    -------
    list of list of float
        For each field one number an option: 1 where a box is darker than boxes of this card are by chance; 0 for words.
    """
    levels = [_levels(crop) for crop in crops]
    boxes = np.array([x for level in levels for x in level if x is not None])
    usual = stray = 0.0
    if len(boxes) >= _FEWEST:
        usual = float(np.median(boxes))
        stray = 1.4826 * float(np.median(np.abs(boxes - usual)))
    least = max(_LEAST_LEVEL, _SPREADS * stray)
    return [[0.0 if x is None else (x - usual) / least for x in level] for level in levels]


def _levels(crop: Crop) -> list[float | None]:
    """How dark the darker part of each box is, 0..255; None for words."""
    scale = crop.dpi / MM_PER_INCH
    grain = max(1, round(_GRAIN_MM * scale))
    even = np.asarray(cv2.blur(crop.beyond, (grain, grain)), np.uint8)
    return [_level(even, option.box, crop, scale) if option.style == "box" else None for option in crop.spec.options]


def _level(even: NDArray[np.uint8], box: Rect, crop: Crop, scale: float) -> float:
    left, top = box.x + _INSET_MM - crop.rect.x, box.y + _INSET_MM - crop.rect.y
    right, bottom = left + box.w - 2 * _INSET_MM, top + box.h - 2 * _INSET_MM
    inside = even[round(top * scale) : round(bottom * scale), round(left * scale) : round(right * scale)]
    at = round(_DARKEST * (inside.size - 1))
    return float(np.partition(inside, at, axis=None)[at]) if inside.size else 0.0
