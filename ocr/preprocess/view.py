"""The working view of a sheet: grey, and reduced to the resolution that registration needs."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import cv2
import numpy as np
from numpy.typing import NDArray

from ocr.geometry import Matrix, pixel_scaling
from ocr.preprocess.background import grey
from ocr.sheet import Sheet

VIEW_DPI, VIEW_PX = 150.0, 1750.0
"""Resolution down to which sheets are reduced before registration; pixels of the longer side where they state none."""

_LEAST_PX = 800.0
"""Pixels of the longer side that are kept whatever resolution a sheet states: it may be wrong."""

_SMALLEST_LEVEL = 64
"""Pixels of the shorter side from which on a picture is halved no further."""


def reduced(image: NDArray[np.uint8], factor: int) -> tuple[NDArray[np.uint8], Matrix]:
    """The image with `factor` x `factor` pixels averaged to one, and the matrix from its pixels to the image's.

    What is left over at the right and bottom, less than `factor` pixels, is dropped: means of whole pixels are a
    hundred times faster than those of parts.
    """
    factor = max(1, min(factor, *image.shape))
    h, w = (side // factor for side in image.shape)
    small = cv2.resize(image[: h * factor, : w * factor], (w, h), interpolation=cv2.INTER_AREA)
    return np.asarray(small, dtype=np.uint8), pixel_scaling(factor)


@dataclass(frozen=True, eq=False)
class View:
    """A sheet in grey, reduced to what registration needs.

    Attributes
    ----------
    image
        uint8 (H, W).
    to_sheet
        Matrix from its pixels to the sheet's.
    dpi
        Its resolution, None where the sheet states none.
    factor
        Sheet pixels per pixel.
    """

    image: NDArray[np.uint8]
    to_sheet: Matrix
    dpi: float | None
    factor: float

    @cached_property
    def levels(self) -> tuple[NDArray[np.uint8], ...]:
        """The image and its reductions to a half, a quarter and so on (Burt & Adelson 1983, with box means)."""
        levels = [self.image]
        while min(levels[-1].shape) >= 2 * _SMALLEST_LEVEL:
            levels.append(reduced(levels[-1], 2)[0])
        return tuple(levels)

    def reduced_to(self, longer_px: float) -> tuple[NDArray[np.uint8], Matrix]:
        """The first level at most `longer_px` long, else the last, and the matrix from its pixels to the image's."""
        fits = [max(level.shape) <= longer_px for level in self.levels]
        number = fits.index(True) if any(fits) else len(fits) - 1
        return self.levels[number], pixel_scaling(2**number)

    def laid(self, to_image: Matrix, size: tuple[int, int]) -> NDArray[np.uint8]:
        """The view through a matrix from target to image pixels, (height, width) of `size` (w, h); white outside.

        Taken from the level whose pixels are nearest to the target's in size, so that strokes do not alias.
        """
        scale = float(np.sqrt(abs(np.linalg.det(to_image[:2, :2]))))
        number = int(np.clip(np.rint(np.log2(max(scale, 1e-6))), 0, len(self.levels) - 1))
        matrix = np.linalg.inv(pixel_scaling(2**number)) @ to_image
        flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
        return np.asarray(
            cv2.warpPerspective(self.levels[number], matrix, size, flags=flags, borderValue=(255,)), dtype=np.uint8
        )


def view_of(sheet: Sheet) -> View:
    """The working view of a sheet."""
    image = grey(sheet.pixels)
    longer = max(image.shape)
    factor = max(1, int(min(sheet.dpi / VIEW_DPI, longer / _LEAST_PX) if sheet.dpi else longer / VIEW_PX))
    if factor == 1:
        return View(image, np.eye(3), sheet.dpi, 1.0)
    small, to_sheet = reduced(image, factor)
    return View(small, to_sheet, sheet.dpi / factor if sheet.dpi else None, factor)
