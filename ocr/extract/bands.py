"""Bands along a sheet: what dirty rollers and dirty glass draw from one end of the paper to the other."""

from __future__ import annotations

import cv2
import numpy as np

from ocr.extract.framing import Gray
from ocr.geometry import MM_PER_INCH, Matrix

_LONG_MM, _STEP_MM = 60.0, 0.5
"""Least length of a band (at the card's edge half of it): no stroke of a pen runs straight so far. And the length over
which it is evened out, less than strokes lie apart."""

_SEEN, _CLEAR = 0.4, 64
"""Share of the least length that print must leave free; and share (0..255) of the other, to tell anything there."""

_LEAST, _MOST = 12, 180
"""Darkness (0..255) of a band at least, and from which on nothing shows under it."""

_SHOWN = np.where((np.arange(256) < _LEAST) | (np.arange(256) > _MOST), 0, np.arange(256)).astype(np.uint8)
"""Darkness of bands by the darkness along them; 0 where there is none, or nothing shows."""

_RIM_MM = 1.0
"""Nearer to the card's edge than this is the edge of its paper."""


def without_bands(dark: Gray, clear: Gray, dpi: float, lean: float = 0.0) -> Gray:
    """Lighten level and upright bands as if they were paper, so that what is written across them stays.

    A band is what is left of darkness where a long straight line can be laid along it (a morphological opening, Serra
    1982). They are looked for at a quarter of the resolution first: few cards have any.

    Parameters
    ----------
    dark
        uint8 (h, w): 0 paper, 255 black.
    clear
        uint8 (h, w): 255 where no print hides what lies under it, else 0.
    lean
        Tangent by which the bands are turned clockwise against the picture's axes.

    Returns
    -------
    ndarray
        uint8 (h, w), as `dark`.
    """
    seen = np.asarray(cv2.bitwise_and(dark, clear), np.uint8)
    small = [_means(_means(image, 2, 2), 2, 2) for image in (seen, clear)]
    mm = MM_PER_INCH / dpi
    for upright, slope in ((True, -lean), (False, lean)):
        few = (np.ascontiguousarray((image if upright else image.T)[::2]) for image in small)
        if _bands(*few, along=8 * mm, across=4 * mm, slope=slope) is None:
            continue
        step = max(1, round(_STEP_MM / mm))
        all_ = (_means(image, step, 1) if upright else _means(image, 1, step).T for image in (seen, clear))
        bands = _bands(*map(np.ascontiguousarray, all_), along=step * mm, across=mm, slope=slope)
        if bands is not None:
            dark = _lightened(dark, bands, upright=upright)
    return dark


def _means(image: Gray, down: int, across: int) -> Gray:
    """Means over so many rows and columns; what is left over at the end is dropped."""
    rows, columns = image.shape[0] // down, image.shape[1] // across
    whole = image[: rows * down, : columns * across]
    return np.asarray(cv2.resize(whole, (columns, rows), interpolation=cv2.INTER_AREA), np.uint8)


def _bands(amount: Gray, free: Gray, *, along: float, across: float, slope: float) -> Gray | None:
    """How dark upright bands are, uint8 (n, m), 0 where nothing shows under them; None where there are none.

    Parameters
    ----------
    amount, free
        uint8 (n, m): means, over steps down each column, of what is seen, and of where anything can be.
    along, across
        Millimetres from one row to the next, and from one column to the next.
    slope
        How far a band goes to the right, as a share of its way down.
    """
    n, m = free.shape
    slant = slope * along / across
    shear: Matrix = np.array([[1.0, slant, -slant * (n - 1) / 2], [0.0, 1.0, 0.0]])
    leans = abs(slant) * n > 1
    if leans:
        flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
        amount, free = (
            np.asarray(cv2.warpAffine(image, shear, (m, n), flags=flags), np.uint8) for image in (amount, free)
        )
    veiled = cv2.threshold(free, _CLEAR, 255, cv2.THRESH_BINARY_INV)[1]
    dark = cv2.max(cv2.divide(amount, free, scale=255), veiled)
    line = np.ones((round(_LONG_MM / along), 1), np.uint8)
    told = cv2.threshold(cv2.blur(free, line.shape[::-1]), round(_SEEN * 255), 255, cv2.THRESH_BINARY)[1]
    cores = np.asarray(cv2.LUT(cv2.bitwise_and(cv2.erode(dark, line), told), _SHOWN), np.uint8)
    rim = round(_RIM_MM / across)
    cores[:, :rim] = cores[:, m - rim :] = 0
    if n < len(line) or not cores.any():
        return None
    bands = cv2.dilate(cores, line)
    return np.asarray(cv2.warpAffine(bands, shear, (m, n), flags=cv2.INTER_LINEAR) if leans else bands, np.uint8)


def _lightened(dark: Gray, bands: Gray, *, upright: bool) -> Gray:
    """Darkness without bands, of which each row stands for several rows, if upright, else columns of the picture."""
    h, w = dark.shape if upright else dark.shape[::-1]
    level = cv2.resize(bands, (w, h // len(bands) * len(bands)), interpolation=cv2.INTER_LINEAR)
    whole = cv2.copyMakeBorder(level, 0, h - len(level), 0, 0, cv2.BORDER_REPLICATE)
    paper = cv2.bitwise_not(whole if upright else np.ascontiguousarray(whole.T))
    return np.asarray(cv2.bitwise_not(cv2.divide(cv2.bitwise_not(dark), paper, scale=255)), np.uint8)
