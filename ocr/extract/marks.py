"""Read tick marks: crosses, ticks, dots and blackened boxes; circled, underlined and ticked words.

Ink is recovered against the empty form, split into strokes, and every stroke is given to the one option it is mostly
in, so that a swing into a neighbouring box does not count there. What each option holds is then judged beside the
others of its field: a pen resting in one box is nothing next to a cross in another.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from ocr.extract.ink import recover
from ocr.extract.reader import Crop, Raw
from ocr.form import FieldKind, Option, Rect
from ocr.geometry import MM_PER_INCH
from ocr.reading import FieldState


@dataclass(frozen=True)
class Features:
    """What one option holds. Areas in square millimetres, lengths in millimetres.

    Attributes
    ----------
    ink
        Ink of the strokes that belong to this option; short strokes count less.
    foreign
        Ink inside the box that belongs to another option's strokes.
    solidity
        Share of the box's inside that is inked, 0..1; for a word the share of its middle band.
    extent
        Diagonal of its largest stroke.
    is_word
        Whether the option is a printed word.
    """

    ink: float
    foreign: float
    solidity: float
    extent: float
    is_word: bool


@dataclass(frozen=True)
class Judgement:
    """What a field's features mean: codes by index, state and certainty."""

    marked: tuple[int, ...]
    state: FieldState
    score: float


class MarksReader:
    """Reads ``one_of`` and ``many_of`` fields."""

    name = "marks"
    version = "1"

    def read(self, crops: Sequence[Crop]) -> list[Raw]:
        """One `Raw` per crop: codes marked, joined by ``|`` in the form's order."""
        return [self._read_one(crop) for crop in crops]

    def _read_one(self, crop: Crop) -> Raw:
        features, clutter = measure(crop)
        verdict = judge(features, clutter, many=crop.spec.kind is FieldKind.MANY_OF)
        text = "|".join(crop.spec.options[i].code for i in verdict.marked)
        return Raw(verdict.state, text, verdict.score)


def measure(crop: Crop) -> tuple[tuple[Features, ...], float]:
    """Features of each option in the form's order, and the ink that belongs to none (mm²)."""
    scale = crop.dpi / MM_PER_INCH
    ink = recover(crop.pixels, crop.blank, crop.dpi)
    count, labels, stats, _ = cv2.connectedComponentsWithStats((ink > 90).astype(np.uint8), connectivity=8)
    share = ink.astype(np.float64) / 255 / scale**2
    total = _by_stroke(labels, share, count)
    zones = [_pixels(_zone(option), crop, scale) for option in crop.spec.options]
    held = np.array([_by_stroke(labels[zone], share[zone], count) for zone in zones])
    owner = held.argmax(axis=0)
    diagonal = np.hypot(stats[:, cv2.CC_STAT_WIDTH], stats[:, cv2.CC_STAT_HEIGHT]) / scale
    belongs = held.max(axis=0) > 0.3 * total
    belongs[0] = False
    features = []
    for i, option in enumerate(crop.spec.options):
        mine = belongs & (owner == i)
        features.append(
            Features(
                ink=float((held[i] * np.minimum(1, diagonal))[mine].sum()),
                foreign=float(held[i][1:].sum() - held[i][mine].sum()),
                solidity=_solidity(ink[_pixels(_core(option), crop, scale)]),
                extent=float(diagonal[mine].max(initial=0.0)),
                is_word=option.style == "word",
            )
        )
    return tuple(features), float(total[1:][~belongs[1:]].sum())


def _by_stroke(labels: NDArray[np.int32], share: NDArray[np.float64], count: int) -> NDArray[np.float64]:
    """Sum of ink by stroke label."""
    return np.bincount(labels.reshape(-1), weights=share.reshape(-1), minlength=count)


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


def _solidity(ink: NDArray[np.uint8]) -> float:
    return float((ink > 90).mean()) if ink.size else 0.0
