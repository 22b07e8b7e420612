"""Bands along a sheet: what dirty rollers and dirty glass draw from one end of the paper to the other."""

from __future__ import annotations

import cv2
import numpy as np

from ocr.extract.framing import Gray
from ocr.geometry import MM_PER_INCH, Matrix

_LONG_MM, _STEP_MM = 60.0, 0.5
"""Least length of a band, since no stroke of a pen runs straight so far; and the length over which it is evened out,
which is less than strokes lie apart."""

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
    small_seen, small_clear = (_means(_means(image, 2, 2), 2, 2) for image in (seen, clear))
    scale = dpi / MM_PER_INCH
    if _upright(small_seen, small_clear, scale / 4, lean) is not None:
        dark = _lightened(dark, _upright(seen, clear, scale, lean), upright=True)
    if _level(small_seen, small_clear, scale / 4, lean) is not None:
        dark = _lightened(dark, _level(seen, clear, scale, lean), upright=False)
    return dark


def _means(image: Gray, down: int, across: int) -> Gray:
    """Means over so many rows and columns; what is left over at the end is dropped."""
    if down == across == 1:
        return image
    rows, columns = image.shape[0] // down, image.shape[1] // across
    whole = image[: rows * down, : columns * across]
    return np.asarray(cv2.resize(whole, (columns, rows), interpolation=cv2.INTER_AREA), np.uint8)


def _step(scale: float) -> int:
    """Pixels over which bands are evened out, along them."""
    return max(1, round(_STEP_MM * scale))


def _upright(seen: Gray, clear: Gray, scale: float, lean: float) -> Gray | None:
    """How dark upright bands are, uint8 (h / step, w); None where there are none."""
    step = _step(scale)
    return _bands(_means(seen, step, 1), _means(clear, step, 1), scale, -lean * step)


def _level(seen: Gray, clear: Gray, scale: float, lean: float) -> Gray | None:
    """How dark level bands are, uint8 (h, w / step); None where there are none."""
    step = _step(scale)
    amount, free = (np.ascontiguousarray(_means(image, 1, step).T) for image in (seen, clear))
    bands = _bands(amount, free, scale, lean * step)
    return None if bands is None else np.ascontiguousarray(bands.T)


def _bands(amount: Gray, free: Gray, scale: float, slant: float) -> Gray | None:
    """Upright bands, uint8 (n, m), from means of what is seen, and of where it is, over steps down each column.

    `slant` says how many columns a band goes to the right from one step to the next.
    """
    n, m = free.shape
    shear: Matrix = np.array([[1.0, slant, -slant * (n - 1) / 2], [0.0, 1.0, 0.0]])
    leans = abs(slant) * n > 1
    if leans:
        flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
        amount, free = (
            np.asarray(cv2.warpAffine(image, shear, (m, n), flags=flags), np.uint8) for image in (amount, free)
        )
    veiled = cv2.threshold(free, _CLEAR, 255, cv2.THRESH_BINARY_INV)[1]
    dark = cv2.max(cv2.divide(amount, free, scale=255), veiled)
    line = np.ones((round(_LONG_MM * scale / _step(scale)), 1), np.uint8)
    told = cv2.threshold(cv2.blur(free, line.shape[::-1]), round(_SEEN * 255), 255, cv2.THRESH_BINARY)[1]
    cores = np.asarray(cv2.LUT(cv2.bitwise_and(cv2.erode(dark, line), told), _SHOWN), np.uint8)
    rim = round(_RIM_MM * scale)
    cores[:, :rim] = cores[:, m - rim :] = 0
    if not cores.any():
        return None
    bands = cv2.dilate(cores, line)
    return np.asarray(cv2.warpAffine(bands, shear, (m, n), flags=cv2.INTER_LINEAR) if leans else bands, np.uint8)


def _lightened(dark: Gray, bands: Gray | None, *, upright: bool) -> Gray:
    """Darkness without bands, of which a row, if upright, else a column stands for several of the picture's."""
    if bands is None:
        return dark
    (h, w), (n, m) = dark.shape, bands.shape
    size = (w, h // n * n) if upright else (w // m * m, h)
    level = cv2.resize(bands, size, interpolation=cv2.INTER_LINEAR)
    whole = cv2.copyMakeBorder(level, 0, h - size[1], 0, w - size[0], cv2.BORDER_REPLICATE)
    return np.asarray(cv2.bitwise_not(cv2.divide(cv2.bitwise_not(dark), cv2.bitwise_not(whole), scale=255)), np.uint8)
