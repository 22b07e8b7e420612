"""Recover ink: what a person put on a printed form, without the form.

The blank form is known, so it is not guessed at but taken away: paper level, place and printed darkness are measured
on the crop itself, then everything that the artwork explains goes. Strokes that cross a printed line are joined again
through it.
"""

from __future__ import annotations

from functools import lru_cache
from itertools import pairwise
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from ocr.geometry import MM_PER_INCH, parabola_vertex

Gray = NDArray[np.uint8]
Shares = NDArray[np.float32]

REACH_MM = 0.55
"""How far the artwork is looked for around the place registration gives it."""

EMPTY_MM2 = 0.75
"""Less ink than this is no writing: a thin figure one has about twice as much."""

_EDGE_MM, _STROKE_MM = 2.0, 1.2
_TILE_MM = 16.0
_PAPER_MM = 5.0
_BRIDGE_MM = 1.15
_LINE_MM = 2.5
_SPECK_MM2 = 0.05
_STREAK_INK, _STREAK_SHARE, _VEILED, _LEAN, _LEAN_PX = 0.12, 0.93, 0.6, 0.09, 12
_HIDDEN = 0.12
"""Printed darkness from which on a pixel by itself does not tell ink from print."""

_AS_DARK_AS_INK = 0.62
_RED_GREEN = np.array([[0.0, 0.65, 0.35]])


def recover(pixels: Gray, blank: Gray, dpi: float) -> Gray:
    """Take the printed form away from a crop.

    Parameters
    ----------
    pixels
        uint8, (h, w) or (h, w, 3) blue, green, red; registered to within `REACH_MM`.
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
    art = align(_without_tint(blank), dark, scale)
    printed = _printed(art, dark, scale)
    beyond = np.clip(1 - (1 - dark) / np.maximum(1 - printed, 0.05), 0, 1) * (printed <= 0.8)
    ink = _bridge(np.asarray(beyond, np.float32), dark, printed, art, scale)
    ink = _without_streaks(ink, printed > _HIDDEN)
    return _clean(_normalise(ink, printed < _HIDDEN), art, scale)


def darkness(pixels: Gray, scale: float) -> Shares:
    """Share of light that each pixel takes away from the paper around it, float32 (h, w) in 0..1.

    Of a colour scan only green and red count: pens of all colours show there, while yellowed paper and tea, which
    show in blue, hardly do. Shading, tint and stains wider than some millimetres are paper.
    """
    tone = pixels if pixels.ndim == 2 else cv2.transform(pixels, _RED_GREEN)
    small = cv2.resize(tone, None, fx=0.25, fy=0.25, interpolation=cv2.INTER_AREA)
    reach = max(3, round(_PAPER_MM * scale / 4))
    paper = cv2.morphologyEx(small, cv2.MORPH_CLOSE, np.ones((reach, reach), np.uint8), borderType=cv2.BORDER_REFLECT)
    paper = cv2.blur(paper, (reach // 2, reach // 2), borderType=cv2.BORDER_REFLECT)
    level = cv2.resize(paper, tone.shape[::-1], interpolation=cv2.INTER_LINEAR)
    dark = 1 - tone.astype(np.float32) / np.maximum(level, 1).astype(np.float32)
    base = float(np.clip(np.median(dark), 0, 0.2))
    return np.asarray(np.clip((dark - base) / (1 - base), 0, 1), np.float32)


def _without_tint(blank: Gray) -> Shares:
    """Darkness of the printed strokes, float32 (h, w); a tinted panel is paper."""
    tint = cv2.morphologyEx(blank, cv2.MORPH_CLOSE, np.ones((9, 9), np.uint8), borderType=cv2.BORDER_REFLECT)
    return np.asarray(1 - blank / np.maximum(tint, 1).astype(np.float32), np.float32)


def align(art: Shares, dark: Shares, scale: float) -> Shares:
    """Move the artwork to where it is seen, tile by tile along the crop's longer side.

    Each tile's shift maximises its correlation with the crop, less a penalty that grows with the shift and so decides
    where the artwork says nothing (along a single writing line). Shifts between tile centres are interpolated.
    """
    h, w = art.shape
    count = max(1, round(w / (_TILE_MM * scale)))
    tiles = pairwise(np.linspace(0, w, count + 1).round().astype(int).tolist())
    found = [((a + b) / 2, _shift(art[:, a:b], dark, a, scale)) for a, b in tiles]
    known = [(centre, shift) for centre, shift in found if shift is not None]
    if not known:
        return art
    centres, shifts = [c for c, _ in known], np.array([s for _, s in known])
    columns = np.arange(w, dtype=np.float32)
    dx, dy = (np.interp(columns, centres, shifts[:, i]).astype(np.float32) for i in (0, 1))
    map_x = np.repeat((columns - dx)[None], h, axis=0)
    map_y = np.arange(h, dtype=np.float32)[:, None] - dy[None]
    return np.asarray(cv2.remap(art, map_x, map_y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE), np.float32)


def _shift(tile: Shares, dark: Shares, left: int, scale: float) -> tuple[float, float] | None:
    """Shift (x, y) in pixels of one tile of artwork, or None where there is too little print to tell."""
    energy = float((tile**2).sum())
    if energy < 4 * scale:
        return None
    reach = int(np.ceil(REACH_MM * scale))
    framed = cv2.copyMakeBorder(dark, reach, reach, reach, reach, cv2.BORDER_REPLICATE)
    match = cv2.matchTemplate(framed[:, left : left + tile.shape[1] + 2 * reach], tile, cv2.TM_CCORR)
    away = np.arange(-reach, reach + 1) / reach
    score = match / energy - 0.12 * (away[:, None] ** 2 + away[None] ** 2)
    y, x = np.unravel_index(int(score.argmax()), score.shape)
    return _peak(score[y], int(x)) - reach, _peak(score[:, x], int(y)) - reach


def _peak(values: NDArray[Any], at: int) -> float:
    """Place of a maximum between samples, by a parabola through its neighbours."""
    if not 0 < at < len(values) - 1:
        return float(at)
    return at + parabola_vertex(*(float(v) for v in values[at - 1 : at + 2]))


def _printed(art: Shares, dark: Shares, scale: float) -> Shares:
    """How dark the print may be at each pixel, float32 (h, w): a little wider than drawn, as dark as seen here.

    Lines and words are measured apart: a scan may keep black words and lose pale lines, or blacken both.
    """
    near = cv2.dilate(art, _disc(0.3 * scale))
    words = near > 0.65
    gained = art.copy()
    for part in (words, ~words):
        core = part & (art > 0.6 * near) & (art > 0.15)
        if core.any():
            gained[part] *= max(0.3, float(np.percentile(dark[core] / art[core], 80)))
    wide = cv2.dilate(gained, _disc(0.13 * scale))
    halo = 0.35 * cv2.dilate(gained, _disc(0.26 * scale))
    return np.asarray(np.clip(np.maximum(wide, halo), 0, 1), np.float32)


@lru_cache(maxsize=16)
def _disc(radius: float) -> Gray:
    size = 2 * max(1, round(radius)) + 1
    return np.asarray(cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (size, size)), np.uint8)


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
    reach = _disc(0.3 * scale)
    rows = cv2.dilate(cv2.morphologyEx(art, cv2.MORPH_OPEN, np.ones((1, long), np.uint8)), reach) > _HIDDEN
    columns = cv2.dilate(cv2.morphologyEx(art, cv2.MORPH_OPEN, np.ones((long, 1), np.uint8)), reach) > _HIDDEN
    joined = ink
    for degrees in np.arange(0, 180, 22.5):
        along = rows if min(degrees, 180 - degrees) < 40 else columns if abs(degrees - 90) < 40 else None
        across = cv2.morphologyEx(ink, cv2.MORPH_CLOSE, _needle(length, degrees))
        joined = np.maximum(joined, across if along is None else np.where(along, 0, across))
    seen = np.where(printed < _AS_DARK_AS_INK, np.minimum(dark, 2 * ink), dark)
    return np.where(hidden, np.maximum(ink, np.minimum(joined, seen)), ink)


def _without_streaks(ink: Shares, hidden: NDArray[np.bool_]) -> Shares:
    """Drop straight lines through the whole crop, nearly upright or level: scanner streaks and folds.

    Print may hide parts of them. Whoever writes stays away from at least one of the crop's margins.
    """
    for turn in (False, True):
        seen, veil = (ink.T, hidden.T) if turn else (ink, hidden)
        streaks = _upright_streaks(seen > _STREAK_INK, veil)
        if streaks is not None:
            ink = np.where(streaks.T if turn else streaks, 0, ink).astype(np.float32)
    return ink


def _upright_streaks(dark: NDArray[np.bool_], hidden: NDArray[np.bool_]) -> NDArray[np.bool_] | None:
    """Pixels (h, w) of lines from the upper to the lower edge, or None where there are none."""
    h, w = dark.shape
    lean = min(int(np.ceil(_LEAN * h)), _LEAN_PX)
    dark = cv2.dilate(dark.astype(np.uint8), np.ones((1, 3), np.uint8)) > 0
    reach = np.ones((1, 2 * lean + 1), np.uint8)
    some = slice(None, None, max(1, h // 80))
    seen = cv2.dilate((dark & ~hidden)[some].astype(np.uint8), reach).mean(axis=0)
    full = cv2.dilate((dark | hidden)[some].astype(np.uint8), reach).mean(axis=0)
    candidates = np.flatnonzero((seen > 1 - _VEILED) & (full > _STREAK_SHARE))
    mask = np.zeros((h, w), bool)
    rows = np.arange(h)[:, None]
    for shift in range(-lean, lean + 1, 2) if len(candidates) else ():
        columns = np.clip(candidates + np.round(shift * (rows / (h - 1) - 0.5)).astype(int), 0, w - 1)
        line, veil = (image[rows[some], columns[some]] for image in (dark, hidden))
        through = ((line | veil).mean(axis=0) > _STREAK_SHARE) & (veil.mean(axis=0) < _VEILED)
        mask[rows, columns[:, through]] = True
    if not mask.any():
        return None
    wide = cv2.dilate(mask.astype(np.uint8), np.ones((1, 3), np.uint8))
    return np.asarray((wide > 0) & (cv2.morphologyEx(wide, cv2.MORPH_OPEN, np.ones((1, 13), np.uint8)) == 0))


def _normalise(ink: Shares, clear: NDArray[np.bool_]) -> Gray:
    """Stretch to 0..255 between the paper's noise and the crop's own pen."""
    calm = ink[::2, ::2][clear[::2, ::2]] if clear[::2, ::2].any() else ink.reshape(-1)
    noise = 1.4826 * float(np.median(np.abs(calm - np.median(calm))))
    low = max(0.07, 3 * noise)
    strong = ink[ink > max(0.22, 4 * noise)]
    pen = float(np.clip(np.percentile(strong, 85), 0.3, 0.95)) if len(strong) > 12 else 0.6
    return np.asarray(np.clip((ink - low) / (0.85 * pen - low) * 255, 0, 255), np.uint8)


def _clean(ink: Gray, art: Shares, scale: float) -> Gray:
    """Drop specks, pale clouds (bleed-through, stains) and crumbs of print."""
    count, labels, stats, _ = cv2.connectedComponentsWithStats((ink > 60).astype(np.uint8), connectivity=8)
    if count == 1:
        return np.zeros_like(ink)
    inked = labels > 0
    strokes = labels[inked]
    fringe = cv2.dilate(art, _disc(0.3 * scale))[inked] > 0.15
    area = stats[:, cv2.CC_STAT_AREA]
    crumb = (np.bincount(strokes, weights=fringe, minlength=count) > 0.85 * area) & (area < 0.6 * scale**2)
    strong = np.bincount(strokes[ink[inked] >= 130], minlength=count) > 0
    kept = strong & (area >= _SPECK_MM2 * scale**2) & ~crumb
    kept[0] = False
    near = cv2.dilate(kept[labels].astype(np.uint8), np.ones((3, 3), np.uint8))
    return np.asarray(ink * near, np.uint8)


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
