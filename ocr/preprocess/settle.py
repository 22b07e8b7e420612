"""Lay a card at reading resolution, and settle what registration leaves.

Anchors are a centimetre wide and few; here all the print counts, block by block. Where some of it lies beside its place
the card is laid anew from the sheet, so that pixels are resampled once.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache

import cv2
import numpy as np
from numpy.typing import NDArray

from ocr.forms.artwork import raster
from ocr.forms.definition import Form, Rect
from ocr.geometry import MM_PER_INCH
from ocr.preprocess.background import grey, ink_darkness, without_tint
from ocr.preprocess.crop_zone import Registration, cut
from ocr.sheet import Sheet

BLOCK_MM = 8.0
"""Side of the blocks, about: within one, paper hardly stretches."""

SETTLED_MM = 0.12
"""Shift that the recovery of ink does not notice: print may show so much wider than it was drawn."""

_ROUNDS = 2
"""Times that a card is laid anew at most."""

_SOFT = 1.0
"""Blur in pixels of half the reading resolution: a shift of a line's width can still be told."""

_AROUND_MM, _AROUND = 20.0, 0.3
"""How far around a block its neighbours are listened to (a standard deviation), and their weight: they decide where a
block's own print does not say, as along a single line."""

_DOUBT = 3e-4
"""Weight of 'no shift' beside the mean squared gradient of a block's print: what little print says, or print under much
writing, is not believed."""

_SEEN = 0.15
"""Print that shows less dark than this share of what was drawn tells nothing of where it lies."""


@dataclass(frozen=True, eq=False)
class LaidCard:
    """A card at reading resolution.

    Attributes
    ----------
    pixels
        uint8 (H, W) or (H, W, 3) blue, green, red; what lies outside the sheet is white.
    dark
        uint8 (H, W): `ink_darkness` of the pixels.
    dpi
        Pixels per inch; the paper's top left corner is that of the first pixel.
    registration
        With the shifts that were found.
    """

    pixels: NDArray[np.uint8]
    dark: NDArray[np.uint8]
    dpi: float
    registration: Registration


def lay(sheet: Sheet, registration: Registration, dpi: float) -> LaidCard:
    """Cut the whole card out of the sheet at `dpi` and settle its print."""
    form = registration.form
    height, width = raster(form, dpi).shape[:2]
    whole = Rect(x=0, y=0, w=width * MM_PER_INCH / dpi, h=height * MM_PER_INCH / dpi)
    for rounds_left in reversed(range(_ROUNDS + 1)):
        pixels = cut(sheet, registration, whole, dpi)
        dark = ink_darkness(pixels, dpi)
        if not rounds_left or np.abs(moved := block_shifts(dark, form, dpi)).max() < SETTLED_MM:
            break
        registration = replace(registration, shifts=registration.shifts.plus(moved, form.size))
    return LaidCard(pixels, dark, dpi, registration)


def block_shifts(dark: NDArray[np.uint8], form: Form, dpi: float) -> NDArray[np.float32]:
    """How far the print lies from its place in each block of a laid card.

    Lucas and Kanade's step (1981), with the print's darkness as a further unknown, and with a prior for no shift where
    the print does not say (along a single line, or where there is none).

    Parameters
    ----------
    dark
        uint8 (H, W), from `ink_darkness`.

    Returns
    -------
    ndarray
        float32 (rows, columns, 2) millimetres right and down, at the centres of equal blocks that cover the card.
    """
    print_ = _print_blocks(form, dpi)
    seen = cv2.min(_soft(dark), print_.most)
    products = print_.with_neighbours(np.stack([print_.means(seen * part) for part in print_.parts], axis=-1))
    solved = np.linalg.solve(print_.gram, products[..., None])[..., 0]
    shown = solved[..., :1]
    shift = np.where(shown > _SEEN, -solved[..., 1:] / np.maximum(shown, _SEEN), 0)
    return np.asarray(shift * (2 * MM_PER_INCH / dpi), np.float32)


@dataclass(frozen=True, eq=False)
class _PrintBlocks:
    """A form's print at half the reading resolution: darkness and gradients, and their products by block.

    Attributes
    ----------
    parts
        float32 (3, h, w): darkness 0..1, and what a pixel to the right and down adds to it.
    most
        float32 (h, w): darkness of the print nearby; what is darker is a pen.
    down, across
        float32 (rows, h) and (columns, w): weights of pixels in the blocks, of sum 1, falling to 0 at the neighbours'
        centres.
    gram
        float64 (rows, columns, 3, 3): means of products of the parts, those of neighbours among them.
    """

    parts: NDArray[np.float32]
    most: NDArray[np.float32]
    down: NDArray[np.float32]
    across: NDArray[np.float32]
    gram: NDArray[np.float64]

    def means(self, values: NDArray[np.float32]) -> NDArray[np.float32]:
        """Means (rows, columns) of values (h, w)."""
        return np.asarray(self.down @ values @ self.across.T, np.float32)

    def with_neighbours(self, means: NDArray[np.float32]) -> NDArray[np.float32]:
        """Means (rows, columns, n) with a share of those around them."""
        sigma = _AROUND_MM / BLOCK_MM
        parts = [
            cv2.GaussianBlur(part, (0, 0), sigma, borderType=cv2.BORDER_REPLICATE) for part in np.moveaxis(means, -1, 0)
        ]
        return np.asarray(means + _AROUND * np.stack(parts, axis=-1), np.float32)


@lru_cache(maxsize=16)
def _print_blocks(form: Form, dpi: float) -> _PrintBlocks:
    art = _soft(without_tint(grey(raster(form, dpi))))
    along, down = (cv2.Sobel(art, cv2.CV_32F, *order, scale=1 / 8) for order in ((1, 0), (0, 1)))
    blocks = _PrintBlocks(
        np.stack([art, along, down]),
        np.asarray(cv2.dilate(art, np.ones((5, 5), np.uint8)), np.float32),
        _weights(art.shape[0], form.size[1]),
        _weights(art.shape[1], form.size[0]),
        np.diag([1e-6, _DOUBT, _DOUBT]),
    )
    gram = np.stack([blocks.means(a * b) for a in blocks.parts for b in blocks.parts], axis=-1)
    full = blocks.with_neighbours(gram).reshape(*gram.shape[:2], 3, 3)
    return replace(blocks, gram=full + blocks.gram)


def _weights(pixels: int, mm: float) -> NDArray[np.float32]:
    """Triangular weights (blocks, pixels) about the centres of equal blocks along a side."""
    count = max(1, round(mm / BLOCK_MM))
    away = np.abs((np.arange(pixels) + 0.5) / pixels * count - 0.5 - np.arange(count)[:, None])
    weights = np.maximum(0, 1 - away)
    return np.asarray(weights / weights.sum(axis=1, keepdims=True), np.float32)


def _soft(dark: NDArray[np.uint8]) -> NDArray[np.float32]:
    """Darkness 0..1 at half the resolution, blurred; float32 (h / 2, w / 2)."""
    half = cv2.resize(dark, (dark.shape[1] // 2, dark.shape[0] // 2), interpolation=cv2.INTER_AREA)
    return np.asarray(cv2.GaussianBlur(half, (0, 0), _SOFT).astype(np.float32) / np.float32(255), np.float32)
