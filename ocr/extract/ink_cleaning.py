"""What is taken from recovered ink: streaks of the scanner, noise, specks, clouds and crumbs of print."""

from __future__ import annotations

from functools import lru_cache

import cv2
import numpy as np
from numpy.typing import NDArray

from ocr.extract.framing import Gray
from ocr.extract.print_alignment import Shares

_SPECK_MM2 = 0.05
"""Ink of a smaller area is dust: a full stop of a thin pen has more."""

_STREAK_INK, _STREAK_SHARE = 0.12, 0.93
"""Darkness (0..1) of a streak's pixels at least, and the share of the crop's rows that it runs through."""

_VEILED = 0.6
"""Share of a streak's rows that print may hide: of more than that nothing is known."""

_LEAN, _LEAN_PX = 0.09, 12
"""How far a streak may lean from one edge to the other: a share of its length, and pixels at the most."""


def without_streaks(ink: Shares, hidden: NDArray[np.bool_]) -> Shares:
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


def normalise(ink: Shares, clear: NDArray[np.bool_]) -> Gray:
    """Stretch to 0..255 between the paper's noise and the crop's own pen."""
    calm = ink[::2, ::2][clear[::2, ::2]] if clear[::2, ::2].any() else ink.reshape(-1)
    noise = 1.4826 * float(np.median(np.abs(calm - np.median(calm))))
    low = max(0.07, 3 * noise)
    strong = ink[ink > max(0.22, 4 * noise)]
    pen = float(np.clip(np.percentile(strong, 85), 0.3, 0.95)) if len(strong) > 12 else 0.6
    return np.asarray(np.clip((ink - low) / (0.85 * pen - low) * 255, 0, 255), np.uint8)


def clean(ink: Gray, art: Shares, scale: float) -> Gray:
    """Drop specks, pale clouds (bleed-through, stains) and crumbs of print."""
    count, labels, stats, _ = cv2.connectedComponentsWithStats((ink > 60).astype(np.uint8), connectivity=8)
    if count == 1:
        return np.zeros_like(ink)
    inked = labels > 0
    strokes = labels[inked]
    fringe = cv2.dilate(art, disc(0.3 * scale))[inked] > 0.15
    area = stats[:, cv2.CC_STAT_AREA]
    crumb = (np.bincount(strokes, weights=fringe, minlength=count) > 0.85 * area) & (area < 0.6 * scale**2)
    strong = np.bincount(strokes[ink[inked] >= 130], minlength=count) > 0
    kept = strong & (area >= _SPECK_MM2 * scale**2) & ~crumb
    kept[0] = False
    near = cv2.dilate(kept[labels].astype(np.uint8), np.ones((3, 3), np.uint8))
    return np.asarray(ink * near, np.uint8)


@lru_cache(maxsize=16)
def disc(radius: float) -> Gray:
    size = 2 * max(1, round(radius)) + 1
    return np.asarray(cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (size, size)), np.uint8)
