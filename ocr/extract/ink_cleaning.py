"""What is taken from recovered ink: streaks of the scanner, noise, specks, clouds and crumbs of print."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from ocr.extract.framing import Gray
from ocr.extract.printed import disc
from ocr.extract.strokes import strokes
from ocr.preprocess.background import above, histogram, quantile

_SPECK_MM2 = 0.05
"""Ink of a smaller area is dust: a full stop of a thin pen has more."""

_CRUMB_MM2, _CRUMB_SHARE = 0.6, 0.85
"""Area of the largest crumb of print, and the share of a piece of ink that lies on print at least to be left of it."""

_REMAINS_MM, _ON_PRINT_MM = 0.55, 0.2
"""How thick a straight remainder of a printed line may be, of whatever length, and how far print reaches for it: ones
and dashes beside a line do not lie wholly on it."""

_STREAK_INK, _STREAK_SHARE = 30, 0.93
"""Darkness (0..255) of a streak's pixels at least, and the share of the crop's rows that it runs through."""

_VEILED = 0.6
"""Share of a streak's rows that print may hide: of more than that nothing is known."""

_LEAN, _LEAN_PX = 0.09, 12
"""How far a streak may lean from one edge to the other: a share of its length, and pixels at the most."""

_ROWS = 40
"""Rows at which a streak is looked for, about."""

_NOISE, _LEAST_INK, _LEAST_NOISY = 3.0, 18.0, 56.0
"""Ink begins at so many standard deviations of the paper's noise, and at least at that level (0..255); a pen is
measured above the third."""

_PENS, _USUAL_PEN = (76.0, 242.0), 153.0
"""Darkness (0..255) that pens have, and the darkness taken where too little ink tells."""

_INKED, _STRONG = 60, 130
"""Level (0..255) of ink that belongs to a stroke, and which a stroke reaches somewhere."""


def without_streaks(ink: Gray, hidden: Gray) -> Gray:
    """Drop straight lines through the whole crop, nearly upright or level: scanner streaks and folds.

    Print may hide parts of them. Whoever writes stays away from at least one of the crop's margins.
    """
    dark = above(ink, _STREAK_INK)
    for turn in (False, True):
        streaks = _upright_streaks(*((dark.T, hidden.T) if turn else (dark, hidden)))
        if streaks is not None:
            ink = np.where(streaks.T if turn else streaks, 0, ink).astype(np.uint8)
    return ink


def _upright_streaks(dark: Gray, hidden: Gray) -> NDArray[np.bool_] | None:
    """Pixels (h, w) of lines from the upper to the lower edge, or None where there are none."""
    h, w = dark.shape
    if np.count_nonzero(dark.max(axis=1)) <= (1 - _VEILED) * h:
        return None  # too few rows hold any ink
    lean = min(int(np.ceil(_LEAN * h)), _LEAN_PX)
    step = max(1, h // _ROWS)
    seen, veil = (np.ascontiguousarray(image[::step]) for image in (dark, hidden))
    seen = np.asarray(cv2.dilate(seen, np.ones((1, 3), np.uint8)), np.uint8)
    candidates = _candidates(seen, veil, lean)
    if not len(candidates):
        return None
    mask = np.zeros((h, w), bool)
    rows = np.arange(h)[:, None]
    every = np.arange(len(seen))[:, None]
    for shift in range(-lean, lean + 1, 3):
        away = np.round(shift * (rows / (h - 1) - 0.5)).astype(int)
        columns = np.clip(candidates + away[::step], 0, w - 1)
        line, cover = (image[every, columns] for image in (seen, veil))
        through = ((line | cover).mean(axis=0) > _STREAK_SHARE * 255) & (cover.mean(axis=0) < _VEILED * 255)
        mask[rows, np.clip(candidates[through] + away, 0, w - 1)] = True
    if not mask.any():
        return None
    wide = cv2.dilate(mask.astype(np.uint8), np.ones((1, 3), np.uint8))
    return np.asarray((wide > 0) & (cv2.morphologyEx(wide, cv2.MORPH_OPEN, np.ones((1, 13), np.uint8)) == 0))


def _candidates(dark: Gray, hidden: Gray, lean: int) -> NDArray[np.intp]:
    """Columns near which a streak may run, every second: inked where print hides nothing, and nowhere interrupted."""
    reach = np.ones((1, 2 * lean + 1), np.uint8)
    seen, full = (
        cv2.reduce(cv2.dilate(image, reach), 0, cv2.REDUCE_AVG, dtype=cv2.CV_32F)[0] / 255
        for image in (cv2.subtract(dark, hidden), cv2.max(dark, hidden))
    )
    return 2 * np.flatnonzero(((seen > 1 - _VEILED) & (full > _STREAK_SHARE))[::2])


def normalise(ink: Gray, hidden: Gray) -> Gray:
    """Stretch to 0..255 between the paper's noise and the crop's own pen, both measured where print hides nothing."""
    levels = np.arange(256)
    counts = histogram(ink[::2], np.asarray(cv2.bitwise_not(hidden[::2]), np.uint8))
    noise = 1.4826 * quantile(_histogram_of(np.abs(levels - quantile(counts, 0.5)), counts), 0.5)
    strong = np.where(levels > max(_LEAST_NOISY, (_NOISE + 1) * noise), counts, 0)
    pen = float(np.clip(quantile(strong, 0.85), *_PENS)) if strong.sum() > 6 else _USUAL_PEN
    low = max(_LEAST_INK, _NOISE * noise)
    return np.asarray(
        cv2.LUT(ink, np.clip((levels - low) / (0.85 * pen - low) * 255, 0, 255).astype(np.uint8)), np.uint8
    )


def _histogram_of(values: NDArray[np.intp], counts: NDArray[np.float32]) -> NDArray[np.float32]:
    """Histogram of whole numbers that occur so many times."""
    return np.bincount(values, weights=counts, minlength=256).astype(np.float32)


def clean(ink: Gray, hidden: Gray, fringe: Gray, scale: float) -> Gray:
    """Drop specks, pale clouds (bleed-through, stains) and remains of print: crumbs in its fringe, lines upon it."""
    out = np.zeros_like(ink)
    x, y, w, h = cv2.boundingRect(above(ink, _INKED))
    part = slice(max(0, y - 1), y + h + 1), slice(max(0, x - 1), x + w + 1)
    if w:
        out[part] = _clean(ink[part], hidden[part], fringe[part], scale)
    return out


def _clean(ink: Gray, hidden: Gray, fringe: Gray, scale: float) -> Gray:
    labels, stats = strokes(ink, _INKED)
    count, inked = len(stats), labels > 0
    own = labels[inked]
    area = stats[:, cv2.CC_STAT_AREA]
    least = _CRUMB_SHARE * area
    crumb = (np.bincount(own[fringe[inked] > 0], minlength=count) > least) & (area < _CRUMB_MM2 * scale**2)
    upon = cv2.dilate(hidden, disc(_ON_PRINT_MM * scale))
    thickness = stats[:, [cv2.CC_STAT_WIDTH, cv2.CC_STAT_HEIGHT]].min(axis=1)
    remains = (np.bincount(own[upon[inked] > 0], minlength=count) > least) & (thickness <= _REMAINS_MM * scale)
    strong = np.bincount(own[ink[inked] >= _STRONG], minlength=count) > 0
    kept = strong & (area >= _SPECK_MM2 * scale**2) & ~crumb & ~remains
    kept[0] = False
    near = cv2.dilate(np.where(kept, 255, 0).astype(np.uint8)[labels], np.ones((3, 3), np.uint8))
    return np.asarray(cv2.bitwise_and(ink, near), np.uint8)
