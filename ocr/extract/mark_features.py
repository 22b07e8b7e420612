"""What the options of a field hold: ink by stroke, each stroke given to the one option it is mostly in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from ocr.extract.reader import Crop
from ocr.extract.strokes import strokes
from ocr.forms.definition import Option, Rect
from ocr.geometry import MM_PER_INCH

SHARED_MM2 = 0.8
"""Ink in an option from a stroke of another one, from which on it cannot be told which of the two was meant."""

_OWN_SHARE = 0.12
"""Share of its ink that a stroke has in an option at least, to belong to one at all."""

_SHARED = 0.5
"""A stroke lies in two options where the second holds more than this share of what the first holds."""

_NEIGHBOUR_MM = 3.0
"""Shorter strokes that the crop's upper or lower edge cuts are ends of other fields' writing."""

_INKED = 90
"""Level of recovered ink (0..255) that counts as inked."""


@dataclass(frozen=True)
class Features:
    """What one option holds; areas in square millimetres.

    Attributes
    ----------
    ink
        Ink of the strokes that belong to this option; short strokes count less.
    foreign
        Ink of strokes that lie almost as much in this option as in the one they belong to.
    solidity
        Share of the box's inside that is inked, 0..1; for a word the share of its middle band.
    is_word
        Whether the option is a printed word.
    trace
        How clearly a box holds more than the card's usual box, before pens are made alike: 1 where it is darker than
        boxes are by chance; 0 of words.
    """

    ink: float
    foreign: float
    solidity: float
    is_word: bool
    trace: float


def measure(crop: Crop, traces: Sequence[float]) -> tuple[tuple[Features, ...], float]:
    """Features of each option in the form's order, and the ink that may be no mark at all (mm²).

    That is ink far from all options, and strokes that run on beyond the crop's upper or lower edge. `traces` come from
    `ocr.extract.mark_traces`, one an option.
    """
    scale = crop.dpi / MM_PER_INCH
    found = _measured(crop.ink, scale)
    zones = [_pixels(_zone(option), crop, scale) for option in crop.spec.options]
    held = np.array([found.by_stroke(zone) for zone in zones])
    most = held.max(axis=0)
    belongs = (most > _OWN_SHARE * found.ink) & (np.arange(len(most)) > 0)
    features = []
    for option, hold, trace in zip(crop.spec.options, held, traces, strict=True):
        owned = belongs & (hold == most)
        strays = owned & _strays(option, crop, found, scale)
        shared = belongs & (hold < most) & (hold > _SHARED * most)
        core = found.pixels[_pixels(_core(option), crop, scale)]
        mine = hold * (owned & ~strays)
        features.append(
            Features(
                ink=float((mine * np.minimum(1, found.diagonal)).sum()),
                foreign=float(hold[shared | (strays & (hold > SHARED_MM2))].sum()),
                solidity=float((core > _INKED).mean()),
                is_word=option.style == "word",
                trace=trace,
            )
        )
    small = found.cut & (found.diagonal < _NEIGHBOUR_MM)
    loose = (~belongs & ~small) | (belongs & found.cut)
    return tuple(features), float(found.ink[1:][loose[1:]].sum())


@dataclass(frozen=True, eq=False)
class _Strokes:
    """Ink of one crop in connected strokes; index 0 is paper.

    Attributes
    ----------
    pixels
        (h, w) ink 0..255.
    rows, columns, stroke, amount
        (M,) of each inked pixel: its place, its stroke, and its ink in mm².
    ink, diagonal, top, bottom
        (N,) per stroke: its ink in mm², its bounding box's diagonal in mm, first row and the row after its last.
    cut
        (N,) whether it touches the crop's upper or lower edge.
    """

    pixels: NDArray[np.uint8]
    rows: NDArray[np.intp]
    columns: NDArray[np.intp]
    stroke: NDArray[np.uint16]
    amount: NDArray[np.float64]
    diagonal: NDArray[np.float64]
    top: NDArray[Any]
    bottom: NDArray[Any]

    @cached_property
    def ink(self) -> NDArray[np.float64]:
        return self._sums(slice(None))

    @property
    def cut(self) -> NDArray[np.bool_]:
        return np.asarray((self.top == 0) | (self.bottom == self.pixels.shape[0]))

    def by_stroke(self, zone: tuple[slice, slice]) -> NDArray[np.float64]:
        """Ink of each stroke within a zone, in mm²."""
        down, across = zone
        inside = (self.rows >= down.start) & (self.rows < down.stop)
        return self._sums(inside & (self.columns >= across.start) & (self.columns < across.stop))

    def _sums(self, which: slice | NDArray[np.bool_]) -> NDArray[np.float64]:
        sums = np.bincount(self.stroke[which], weights=self.amount[which], minlength=len(self.top))
        return np.asarray(sums, np.float64)


def _measured(pixels: NDArray[np.uint8], scale: float) -> _Strokes:
    labels, stats = strokes(pixels, _INKED)
    inked = np.flatnonzero(pixels > _INKED)
    rows, columns = np.divmod(inked, pixels.shape[1])
    width, height, top = (stats[:, i] for i in (cv2.CC_STAT_WIDTH, cv2.CC_STAT_HEIGHT, cv2.CC_STAT_TOP))
    diagonal = np.hypot(width, height) / scale
    amount = pixels.reshape(-1)[inked] / 255 / scale**2
    return _Strokes(pixels, rows, columns, labels.reshape(-1)[inked], amount, diagonal, top, top + height)


def _strays(option: Option, crop: Crop, strokes: _Strokes, scale: float) -> NDArray[np.bool_]:
    """Strokes that come in over the crop's upper or lower edge and stop short of the option's middle."""
    upper = (option.box.y + 0.35 * option.box.h - crop.rect.y) * scale
    lower = (option.box.y + 0.65 * option.box.h - crop.rect.y) * scale
    from_above = (strokes.top == 0) & (strokes.bottom < upper)
    from_below = (strokes.bottom == crop.pixels.shape[0]) & (strokes.top > lower)
    return np.asarray(from_above | from_below)


def _zone(option: Option) -> Rect:
    """Where ink counts for an option: inside a box's printed line; around a word, where people circle and underline."""
    box = option.box
    if option.style == "word":
        return Rect(x=max(0.0, box.x - 0.4), y=max(0.0, box.y - 0.8), w=box.w + 0.8, h=box.h + 1.6)
    return Rect(x=box.x + 0.35, y=box.y + 0.35, w=box.w - 0.7, h=box.h - 0.7)


def _core(option: Option) -> Rect:
    """The part of an option that blackening covers and other marks leave mostly free."""
    box = option.box
    if option.style == "word":
        return Rect(x=box.x + 0.25 * box.w, y=box.y + 0.25 * box.h, w=0.5 * box.w, h=0.5 * box.h)
    return Rect(x=box.x + 0.5, y=box.y + 0.5, w=box.w - 1, h=box.h - 1)


def _pixels(rect: Rect, crop: Crop, scale: float) -> tuple[slice, slice]:
    """Rows and columns of a crop that show a rectangle."""
    top, left = (rect.y - crop.rect.y) * scale, (rect.x - crop.rect.x) * scale
    bottom, right = top + rect.h * scale, left + rect.w * scale
    return slice(max(0, round(top)), max(1, round(bottom))), slice(max(0, round(left)), max(1, round(right)))
