"""Recover ink: what a person put on a printed form, without the form.

The blank form is known, so it is not guessed at but taken away: paper level, place and printed darkness are measured
on the crop itself, then everything that the artwork explains goes. Strokes that cross a printed line are joined again
through it.
"""

from __future__ import annotations

from functools import lru_cache

import cv2
import numpy as np

from ocr.extract.framing import Gray
from ocr.extract.ink_cleaning import clean, disc, normalise, without_streaks
from ocr.extract.print_alignment import Shares, align, darkness, without_tint
from ocr.geometry import MM_PER_INCH

EMPTY_MM2 = 0.75
"""Less ink than this is no writing: a thin figure one has about twice as much."""

_EDGE_MM = 2.0
"""Strokes that keep to so narrow a strip along the crop's edge are ends of other fields' writing."""

_STROKE_MM = 1.2
"""Diagonal of the smallest stroke that may be writing; what is smaller is a crumb."""

_BRIDGE_MM = 1.15
"""Widest printed line that a stroke is joined through."""

_LINE_MM = 2.5
"""Least length of a printed line; shorter print is lettering, across which strokes are joined in every direction."""

_HIDDEN = 0.12
"""Printed darkness (0..1) from which on a pixel by itself does not tell ink from print."""

_AS_DARK_AS_INK = 0.62
"""Printed darkness (0..1) from which on print is no paler than ink."""


def recover(pixels: Gray, blank: Gray, dpi: float) -> Gray:
    """Take the printed form away from a crop.

    Parameters
    ----------
    pixels
        uint8, (h, w) or (h, w, 3) blue, green, red; registered to within `print_alignment.REACH_MM`.
    blank
        uint8 (h, w): the artwork alone.
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
    if pixels.shape[:2] != blank.shape:
        raise ValueError(f"a crop of {pixels.shape[:2]} pixels has artwork of {blank.shape}")
    scale = dpi / MM_PER_INCH
    dark = darkness(pixels, scale)
    art = align(without_tint(blank), dark, scale)
    printed = _printed(art, dark, scale)
    beyond = np.clip(1 - (1 - dark) / np.maximum(1 - printed, 0.05), 0, 1) * (printed <= 0.8)
    ink = _bridge(np.asarray(beyond, np.float32), dark, printed, art, scale)
    ink = without_streaks(ink, printed > _HIDDEN)
    return clean(normalise(ink, printed < _HIDDEN), art, scale)


def _printed(art: Shares, dark: Shares, scale: float) -> Shares:
    """How dark the print may be at each pixel, float32 (h, w): a little wider than drawn, as dark as seen here.

    Lines and words are measured apart: a scan may keep black words and lose pale lines, or blacken both.
    """
    near = cv2.dilate(art, disc(0.3 * scale))
    words = near > 0.65
    gained = art.copy()
    for part in (words, ~words):
        core = part & (art > 0.6 * near) & (art > 0.15)
        if core.any():
            gained[part] *= max(0.3, float(np.percentile(dark[core] / art[core], 80)))
    wide = cv2.dilate(gained, disc(0.13 * scale))
    halo = 0.35 * cv2.dilate(gained, disc(0.26 * scale))
    return np.asarray(np.clip(np.maximum(wide, halo), 0, 1), np.float32)


@lru_cache(maxsize=8)
def _needle(length: int, degrees: float) -> Gray:
    """Straight structuring element through a square's middle, counter-clockwise from the x axis."""
    half, angle = length // 2, np.deg2rad(degrees)
    x, y = round(half * np.cos(angle)), round(half * np.sin(angle))
    needle = np.zeros((2 * half + 1, 2 * half + 1), np.uint8)
    cv2.line(needle, (half + x, half - y), (half - x, half + y), 1)
    return needle


def _bridge(ink: Shares, dark: Shares, printed: Shares, art: Shares, scale: float) -> Shares:
    """Join strokes through the print: between ink on both sides, a dark pixel is ink.

    Along a line nothing is joined, only across it. Where the print is paler than ink, the pixel must also be darker
    than the print.
    """
    hidden = printed > _HIDDEN
    if not hidden.any():
        return ink
    length, long = round(_BRIDGE_MM * scale) | 1, round(_LINE_MM * scale)
    reach = disc(0.3 * scale)
    rows = cv2.dilate(cv2.morphologyEx(art, cv2.MORPH_OPEN, np.ones((1, long), np.uint8)), reach) > _HIDDEN
    columns = cv2.dilate(cv2.morphologyEx(art, cv2.MORPH_OPEN, np.ones((long, 1), np.uint8)), reach) > _HIDDEN
    joined = ink
    for degrees in np.arange(0, 180, 22.5):
        along = rows if min(degrees, 180 - degrees) < 40 else columns if abs(degrees - 90) < 40 else None
        across = cv2.morphologyEx(ink, cv2.MORPH_CLOSE, _needle(length, degrees))
        joined = np.maximum(joined, across if along is None else np.where(along, 0, across))
    seen = np.where(printed < _AS_DARK_AS_INK, np.minimum(dark, 2 * ink), dark)
    return np.where(hidden, np.maximum(ink, np.minimum(joined, seen)), ink)


def writing_mm2(ink: Gray, dpi: float) -> float:
    """Ink that may be writing, in square millimetres.

    Specks do not count, nor do ends of strokes that reach in from neighbouring fields and stay near the crop's edge,
    nor thin crumbs.
    """
    scale = dpi / MM_PER_INCH
    h, w = ink.shape
    _, _, stats, _ = cv2.connectedComponentsWithStats((ink > 90).astype(np.uint8), connectivity=8)
    left, top, width, height, area = (stats[:, i] for i in range(5))
    edge = _EDGE_MM * scale
    inside = (top + height > edge) & (top < h - edge) & (left + width > edge) & (left < w - edge)
    long = np.hypot(width, height) > _STROKE_MM * scale
    return float(area[1:][(inside & long)[1:]].sum()) / scale**2


def is_empty(ink: Gray, dpi: float) -> bool:
    """Whether recovered ink holds no writing; a single thin digit does."""
    return writing_mm2(ink, dpi) < EMPTY_MM2
