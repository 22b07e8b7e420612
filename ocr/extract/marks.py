"""Read tick marks: crosses, ticks, dots and blackened boxes; circled, underlined and ticked words.

Ink is recovered against the empty form, split into strokes, and every stroke is given to the one option it is mostly
in, so that a swing into a neighbouring box does not count there. What each option holds is then judged beside the
others of its field: a pen resting in one box is nothing next to a cross in another.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from ocr.extract.ink import recover
from ocr.extract.reader import Crop, Raw
from ocr.forms.definition import FieldKind, Option, Rect
from ocr.geometry import MM_PER_INCH
from ocr.reading import FieldState

_OWN_SHARE, _SHARED, _SHARED_MM2 = 0.12, 0.5, 0.8
_BOX_MM2, _WORD_MM2, _STEEPNESS = 0.7, 1.4, 5.0
_UNSURE = 0.3
_CLUTTER_MM2, _LOOSE_MM2 = 15.0, 1.5
_NEIGHBOUR_MM = 3.0
_INKED = 90


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
    """

    ink: float
    foreign: float
    solidity: float
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
    """Features of each option in the form's order, and the ink that may be no mark at all (mm²).

    That is ink far from all options, and strokes that run on beyond the crop's upper or lower edge.
    """
    scale = crop.dpi / MM_PER_INCH
    strokes = _strokes(recover(crop.pixels, crop.blank, crop.dpi), scale)
    zones = [_pixels(_zone(option), crop, scale) for option in crop.spec.options]
    held = np.array([strokes.by_stroke(zone) for zone in zones])
    most = held.max(axis=0)
    belongs = (most > _OWN_SHARE * strokes.ink) & (np.arange(len(most)) > 0)
    features = []
    for option, hold in zip(crop.spec.options, held, strict=True):
        owned = belongs & (hold == most)
        strays = owned & _strays(option, crop, strokes, scale)
        shared = belongs & (hold < most) & (hold > _SHARED * most)
        core = strokes.pixels[_pixels(_core(option), crop, scale)]
        mine = hold * (owned & ~strays)
        features.append(
            Features(
                ink=float((mine * np.minimum(1, strokes.diagonal)).sum()),
                foreign=float(hold[shared | (strays & (hold > _SHARED_MM2))].sum()),
                solidity=float((core > _INKED).mean()),
                is_word=option.style == "word",
            )
        )
    small = strokes.cut & (strokes.diagonal < _NEIGHBOUR_MM)
    loose = (~belongs & ~small) | (belongs & strokes.cut)
    return tuple(features), float(strokes.ink[1:][loose[1:]].sum())


@dataclass(frozen=True, eq=False)
class _Strokes:
    """Ink of one crop in connected strokes; index 0 is paper.

    Attributes
    ----------
    pixels, labels
        (h, w) ink 0..255, and each pixel's stroke.
    ink, diagonal, top, bottom
        (N,) per stroke: its ink in mm², its bounding box's diagonal in mm, first row and the row after its last.
    cut
        (N,) whether it touches the crop's upper or lower edge.
    mm2
        Square millimetres of one pixel.
    """

    pixels: NDArray[np.uint8]
    labels: NDArray[Any]
    ink: NDArray[np.float64]
    diagonal: NDArray[np.float64]
    top: NDArray[Any]
    bottom: NDArray[Any]
    mm2: float

    @property
    def cut(self) -> NDArray[np.bool_]:
        return np.asarray((self.top == 0) | (self.bottom == self.pixels.shape[0]))

    def by_stroke(self, zone: tuple[slice, slice]) -> NDArray[np.float64]:
        """Ink of each stroke within a zone, in mm²."""
        return _sums(self.labels[zone], self.pixels[zone], len(self.ink)) * self.mm2


def _strokes(pixels: NDArray[np.uint8], scale: float) -> _Strokes:
    count, labels, stats, _ = cv2.connectedComponentsWithStats((pixels > _INKED).astype(np.uint8), connectivity=8)
    width, height, top = (stats[:, i] for i in (cv2.CC_STAT_WIDTH, cv2.CC_STAT_HEIGHT, cv2.CC_STAT_TOP))
    ink = _sums(labels, pixels, count) / scale**2
    diagonal = np.hypot(width, height) / scale
    return _Strokes(pixels, labels, ink, np.asarray(diagonal), top, top + height, 1 / scale**2)


def _sums(labels: NDArray[Any], pixels: NDArray[np.uint8], count: int) -> NDArray[np.float64]:
    """Sum of ink (full ink = 1) by label."""
    weights = pixels.reshape(-1).astype(np.float64) / 255
    return np.asarray(np.bincount(labels.reshape(-1), weights=weights, minlength=count), np.float64)


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


def judge(features: Sequence[Features], clutter: float, *, many: bool = False) -> Judgement:
    """Decide over all options of a field together.

    Parameters
    ----------
    features
        What each option holds.
    clutter
        Ink in the field that may be no mark, in mm²: stamps and stains make everything less certain.
    many
        Whether several marks are an ordinary answer.

    Returns
    -------
    Judgement
        `score` is the product of the options' certainties. A blackened option beside a lighter mark was taken back;
        where it cannot be told which was, or a stroke lies in two options, the state is doubtful. So is an unmarked
        field with ink beside its options: somebody may have ringed a box.
    """
    chance = mark_chances(features)
    marked = [i for i, p in enumerate(chance) if p > 0.5]
    certainty = float(np.prod(np.maximum(chance, 1 - chance))) / (1 + clutter / _CLUTTER_MM2)
    shared = any(f.foreign > _SHARED_MM2 for f in features)
    if not marked:
        unsure = shared or clutter > _LOOSE_MM2 or chance.max(initial=0) > _UNSURE
        state = FieldState.DOUBTFUL if unsure else FieldState.EMPTY
        return Judgement((), state, certainty)
    taken_back = _taken_back(features, marked)
    kept = tuple(i for i in marked if i not in taken_back)
    doubtful = shared or min(np.maximum(chance, 1 - chance)) < 1 - _UNSURE or not kept
    if len(kept) > 1 and not many:
        certainty *= 0.5
        doubtful = doubtful or any(features[i].solidity > _blackened(features[i]) for i in marked)
    if doubtful:
        return Judgement(kept or tuple(marked), FieldState.DOUBTFUL, 0.5 * certainty)
    return Judgement(kept, FieldState.CORRECTED if taken_back else FieldState.READ, certainty)


def mark_chances(features: Sequence[Features]) -> NDArray[np.float64]:
    """Chance of each option being marked by its own ink, beside the field's strongest mark; float64 (N,)."""
    ink = np.array([f.ink for f in features])
    least = np.array([_WORD_MM2 if f.is_word else _BOX_MM2 for f in features])
    middle = np.clip(0.25 * ink.max(initial=0), least, 1.6 * least)
    return np.asarray(1 / (1 + (middle / np.maximum(ink, 1e-3)) ** _STEEPNESS))


def _blackened(feature: Features) -> float:
    """Solidity from which on an option looks blackened."""
    return 0.35 if feature.is_word else 0.62


def _taken_back(features: Sequence[Features], marked: Sequence[int]) -> frozenset[int]:
    """Marked options that were blackened while another was marked lightly; all, for a scribble alone over a word."""
    dark = [i for i in marked if features[i].solidity > _blackened(features[i])]
    light = [i for i in marked if i not in dark]
    if not light:
        return frozenset(dark if all(features[i].is_word for i in dark) else ())
    gap = 0.5 if features[light[0]].is_word else 0.7
    lightest = max(features[i].solidity for i in light)
    return frozenset(i for i in dark if lightest < gap * features[i].solidity)
