"""Where the printed form lies on a crop: its darkness, and the artwork moved to where it is seen."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from ocr.extract.framing import Gray
from ocr.geometry import parabola_vertex

Shares = NDArray[np.float32]

REACH_MM = 0.55
"""How far the artwork is looked for around the place registration gives it."""

_TILE_MM = 16.0
"""Length of the tiles that are moved each by its own shift: within one the paper hardly stretches."""

_PAPER_MM = 5.0
"""Side of the window whose brightest place is paper: wider than writing is dense, narrower than shadows and stains."""

_RED_GREEN = np.array([[0.0, 0.65, 0.35]])
"""Weights of blue, green and red."""


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


def without_tint(blank: Gray) -> Shares:
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
