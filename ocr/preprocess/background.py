"""Grey levels: how dark each place is against the paper around it."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from ocr.geometry import MM_PER_INCH


def grey(pixels: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Grey image (H, W) uint8 of a grey or blue-green-red picture."""
    return pixels if pixels.ndim == 2 else np.asarray(cv2.cvtColor(pixels, cv2.COLOR_BGR2GRAY), dtype=np.uint8)


def above(image: NDArray[np.uint8], level: float) -> NDArray[np.uint8]:
    """255 where an image (H, W) lies above a level, else 0."""
    return np.asarray(cv2.threshold(image, level, 255, cv2.THRESH_BINARY)[1], np.uint8)


def histogram(image: NDArray[np.uint8], mask: NDArray[np.uint8] | None = None) -> NDArray[np.float32]:
    """How many pixels of an image (H, W) have each of the 256 levels, of those alone where a mask is not 0."""
    return np.asarray(cv2.calcHist([image], [0], mask, [256], [0, 256]).reshape(-1), np.float32)


def quantile(counts: NDArray[np.floating], share: float) -> int:
    """The level below which that share of a histogram's pixels lies."""
    return int(np.searchsorted(np.cumsum(counts), share * counts.sum()))


def darkness(image: NDArray[np.uint8], reach: int) -> NDArray[np.float32]:
    """Darkness of each pixel against the paper around it.

    Parameters
    ----------
    image
        uint8 (H, W).
    reach
        Pixels; larger than the thickest stroke, smaller than shadows and tinted panels.

    Returns
    -------
    ndarray
        float32 (H, W): 0 paper, 1 black. The paper's level is the blurred local maximum, so uneven light, tints
        and grey photocopies cancel.
    """
    step = max(1, reach // 4)
    h, w = image.shape
    # Means of whole pixels are many times faster than those of parts, hence the border up to a multiple of the step.
    whole = cv2.copyMakeBorder(image, 0, -h % step, 0, -w % step, cv2.BORDER_REPLICATE)
    small = cv2.resize(whole, (whole.shape[1] // step, whole.shape[0] // step), interpolation=cv2.INTER_AREA)
    window = np.ones((2 * (reach // step) + 1,) * 2, np.uint8)
    paper = np.maximum(cv2.blur(cv2.dilate(small, window), window.shape), 1)
    level = cv2.resize(paper, (whole.shape[1], whole.shape[0]), interpolation=cv2.INTER_LINEAR)[:h, :w]
    share = cv2.divide(image, level, dtype=cv2.CV_32F)
    return np.maximum(np.subtract(1.0, share, out=share), 0.0, out=share)


_PAPER_MM = 5.0
"""Side of the window whose brightest place is paper: wider than writing is dense, narrower than shadows and stains."""

_RED_GREEN = np.array([[0.0, 0.65, 0.35]])
"""Weights of blue, green and red."""

_MOST_BASE = 51
"""Darkness (0..255) of clean paper at most: by noise the brightest places, its level, are too bright."""


def ink_darkness(pixels: NDArray[np.uint8], dpi: float) -> NDArray[np.uint8]:
    """Share of light that each pixel takes away from the paper around it, as ink recovery needs it.

    Of a colour scan only green and red count: pens of all colours show there, while yellowed paper and tea, which
    show in blue, hardly do. Shading, tint and stains wider than some millimetres are paper.

    Parameters
    ----------
    pixels
        uint8, (h, w) or (h, w, 3) blue, green, red.

    Returns
    -------
    ndarray
        uint8 (h, w): 0 paper, 255 black.
    """
    tone = pixels if pixels.ndim == 2 else cv2.transform(pixels, _RED_GREEN)
    small = cv2.resize(tone, None, fx=0.25, fy=0.25, interpolation=cv2.INTER_AREA)
    reach = max(3, round(_PAPER_MM * dpi / MM_PER_INCH / 4))
    paper = cv2.morphologyEx(small, cv2.MORPH_CLOSE, np.ones((reach, reach), np.uint8), borderType=cv2.BORDER_REFLECT)
    paper = cv2.blur(paper, (reach // 2, reach // 2), borderType=cv2.BORDER_REFLECT)
    level = cv2.resize(paper, tone.shape[::-1], interpolation=cv2.INTER_LINEAR)
    dark = cv2.bitwise_not(cv2.divide(tone, np.maximum(level, 1), scale=255))
    base = min(quantile(histogram(np.asarray(dark, np.uint8)[::4]), 0.5), _MOST_BASE)
    stretched = np.clip((np.arange(256) - base) * (255 / (255 - base)), 0, 255)
    return np.asarray(cv2.LUT(dark, np.rint(stretched).astype(np.uint8)), np.uint8)


def without_tint(blank: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Darkness of a form's printed strokes, uint8 (h, w), from its artwork uint8 (h, w); a tinted panel is paper."""
    tint = cv2.morphologyEx(blank, cv2.MORPH_CLOSE, np.ones((9, 9), np.uint8), borderType=cv2.BORDER_REFLECT)
    return np.asarray(cv2.bitwise_not(cv2.divide(blank, np.maximum(tint, 1), scale=255)), np.uint8)
