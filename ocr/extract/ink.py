"""Recover ink: what a person put on a printed form, without the form.

The blank form is known, so it is not guessed at but taken away: paper level and printed darkness are measured on the
card itself, then everything that the artwork explains goes. Strokes that cross a printed line are joined again through
it. All of it is done once for the whole card, in bytes; a field's ink is then cut out and cleaned by itself, since pens
and noise differ from field to field.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import cv2
import numpy as np
from numpy.typing import NDArray

from ocr.extract.bands import without_bands
from ocr.extract.framing import Gray
from ocr.extract.ink_cleaning import clean, normalise, without_streaks
from ocr.extract.printed import HIDDEN, Printed
from ocr.extract.seen_lines import SeenLines, elsewhere, seen_lines, with_seen_lines
from ocr.extract.strokes import strokes
from ocr.geometry import MM_PER_INCH
from ocr.preprocess.background import above

EMPTY_MM2 = 0.75
"""Less ink than this is no writing: a thin figure one has about twice as much."""

_EDGE_MM = 2.0
"""Strokes that keep to so narrow a strip along the crop's edge are ends of other fields' writing."""

STROKE_MM = 1.2
"""Diagonal of the smallest stroke that may be writing; what is smaller is a crumb."""

_BRIDGE_MM = 1.15
"""Widest printed line that a stroke is joined through."""

_LEAST_GAIN, _GAIN_PERCENT = 0.3, 80
"""Print shows at least so dark, as a share of what was drawn; and the percentile over its cores that says how dark."""

_AS_DARK_AS_INK, _BLACK = 157, 204
"""Printed darkness (0..255) above which print is no paler than ink, and above which nothing shows on it."""

_LEAST_LIGHT = 13
"""Light (0..255) that is left over print at least."""


def recover(dark: Gray, form: Printed, dpi: float) -> Gray:
    """Take the printed form away from a card or a part of it, and clean what is left as one field.

    Parameters
    ----------
    dark
        uint8 (h, w) from `ocr.preprocess.background.ink_darkness`, registered to within 0.1 mm.
    form
        The print of the same place.
    dpi
        Pixels per inch of both.

    Returns
    -------
    ndarray
        uint8 (h, w), 255 = full ink, 0 = paper; faint pens are raised to full ink.

    Raises
    ------
    ValueError
        The two are not of the same size.
    """
    seen = beyond_print(dark, form, dpi)
    return field_ink(seen.ink, seen.hidden, form.fringe, dpi)


@dataclass(frozen=True, eq=False)
class Beyond:
    """A card without its print.

    Attributes
    ----------
    ink
        uint8 (h, w): darkness of the ink by itself, 0..255.
    hidden
        uint8 (h, w): 255 where print tells nothing of what lies under it, else 0.
    form
        The print.
    elsewhere
        bool (n,): which pieces of its lines (`PrintedLines`) lie elsewhere than it says.
    """

    ink: Gray
    hidden: Gray
    form: Printed
    elsewhere: NDArray[np.bool_]

    def lines_elsewhere(self, window: tuple[slice, slice]) -> float:
        """Share of the straight lines within a window (rows, columns) that lie elsewhere than the form says, 0..1."""
        if not self.elsewhere.any():
            return 0.0
        inside = self.form.lines.within(window)
        return float(self.elsewhere[inside].mean()) if inside.any() else 0.0


def beyond_print(dark: Gray, form: Printed, dpi: float, lean: float = 0.0) -> Beyond:
    """What is darker than the print explains, and where print hides what lies under it.

    Parameters
    ----------
    lean
        Tangent by which the sheet's axes are turned clockwise: along them rollers leave bands.

    Raises
    ------
    ValueError
        As `recover`.
    """
    if dark.shape != form.art.shape:
        raise ValueError(f"a crop of {dark.shape} pixels has artwork of {form.art.shape}")
    dark = without_bands(dark, form.clear, dpi, lean)
    printed, seen = _printed(dark, form, dpi)
    light = cv2.divide(cv2.bitwise_not(dark), np.maximum(cv2.bitwise_not(printed), _LEAST_LIGHT), scale=255)
    ink = cv2.subtract(cv2.bitwise_not(light), above(printed, _BLACK))
    hidden = above(printed, HIDDEN)
    joined = _bridge(np.asarray(ink, np.uint8), dark, printed, hidden, form, dpi / MM_PER_INCH)
    return Beyond(joined, hidden, form, elsewhere(joined, form.lines, seen, dpi))


def field_ink(ink: Gray, hidden: Gray, fringe: Gray, dpi: float) -> Gray:
    """One field's ink from what lies beyond the print, with streaks, specks and crumbs of print taken away.

    Parameters
    ----------
    ink, hidden
        The field's part of `beyond_print`.
    fringe
        The field's part of `Printed.fringe`.

    Returns
    -------
    ndarray
        As `recover`.
    """
    return clean(normalise(without_streaks(ink, hidden), hidden), hidden, fringe, dpi / MM_PER_INCH)


def _printed(dark: Gray, form: Printed, dpi: float) -> tuple[Gray, SeenLines]:
    """How dark the print may be at each pixel, uint8 (h, w): as wide as prepared, or as seen here; as dark as seen."""
    gains = [_gain(dark.reshape(-1)[kind.cores] * kind.paleness) for kind in form.kinds]
    words, lines = (cv2.convertScaleAbs(kind.reach, alpha=gain) for kind, gain in zip(form.kinds, gains, strict=True))
    prepared = np.asarray(cv2.max(words, lines), np.uint8)
    seen = seen_lines(dark, form.lines, dpi)
    return with_seen_lines(prepared, form.lines, seen, dpi), seen


def _gain(shown: np.ndarray[tuple[int], np.dtype[np.float32]]) -> float:
    """How dark a kind of print shows, as a multiple of what was drawn; 1 where there is none."""
    if not len(shown):
        return 1.0
    at = _GAIN_PERCENT * (len(shown) - 1) // 100
    return max(_LEAST_GAIN, float(np.partition(shown, at)[at]))


@lru_cache(maxsize=16)
def _needle(length: int, degrees: float) -> Gray:
    """Straight structuring element through a square's middle, counter-clockwise from the x axis."""
    half, angle = length // 2, np.deg2rad(degrees)
    x, y = round(half * np.cos(angle)), round(half * np.sin(angle))
    needle = np.zeros((2 * half + 1, 2 * half + 1), np.uint8)
    cv2.line(needle, (half + x, half - y), (half - x, half + y), 1)
    return needle[half - abs(y) : half + abs(y) + 1, half - abs(x) : half + abs(x) + 1]


def _bridge(ink: Gray, dark: Gray, printed: Gray, hidden: Gray, form: Printed, scale: float) -> Gray:
    """Join strokes through the print: between ink on both sides, a dark pixel is ink.

    Along a line nothing is joined, only across it. Where the print is paler than ink, the pixel must also be darker
    than the print.
    """
    joined, length = ink, round(_BRIDGE_MM * scale) | 1
    for degrees in np.arange(0, 180, 22.5):
        across = cv2.morphologyEx(ink, cv2.MORPH_CLOSE, _needle(length, float(degrees)))
        if min(degrees, 180 - degrees) < 40:
            across = cv2.subtract(across, form.level)
        elif abs(degrees - 90) < 40:
            across = cv2.subtract(across, form.upright)
        joined = np.asarray(cv2.max(joined, across), np.uint8)
    seen = cv2.min(dark, cv2.add(ink, ink))
    cv2.copyTo(dark, above(printed, _AS_DARK_AS_INK), seen)
    return np.asarray(cv2.max(ink, cv2.bitwise_and(cv2.min(joined, seen), hidden)), np.uint8)


def writing_mm2(ink: Gray, dpi: float) -> float:
    """Ink that may be writing, in square millimetres.

    Specks do not count, nor do ends of strokes that reach in from neighbouring fields and stay near the crop's edge,
    nor thin crumbs.
    """
    scale = dpi / MM_PER_INCH
    h, w = ink.shape
    left, top, width, height, area = strokes(ink, 90).stats.T
    edge = _EDGE_MM * scale
    inside = (top + height > edge) & (top < h - edge) & (left + width > edge) & (left < w - edge)
    long = np.hypot(width, height) > STROKE_MM * scale
    return float(area[1:][(inside & long)[1:]].sum()) / scale**2


def is_empty(ink: Gray, dpi: float) -> bool:
    """Whether recovered ink holds no writing; a single thin digit does."""
    return writing_mm2(ink, dpi) < EMPTY_MM2
