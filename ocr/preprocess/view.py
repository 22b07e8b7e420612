"""The working view of a sheet: grey, and reduced to the resolution that registration needs."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from ocr.geometry import Matrix, pixel_scaling
from ocr.preprocess.background import grey
from ocr.sheet import Sheet

WORK_PX = 700
"""Longer side of the reduced sheet on which paper and skew are sought."""

VIEW_DPI, VIEW_PX = 200.0, 2200.0
"""Resolution to which sheets are reduced before registration; pixels of the longer side where they state none."""


def reduced(image: NDArray[np.uint8], longer_px: float) -> tuple[NDArray[np.uint8], Matrix]:
    """The image at most `longer_px` long, and the matrix from its pixels to the image's."""
    factor = max(1.0, max(image.shape) / longer_px)
    size = (max(1, round(image.shape[1] / factor)), max(1, round(image.shape[0] / factor)))
    sx, sy = image.shape[1] / size[0], image.shape[0] / size[1]
    small = cv2.resize(image, size, interpolation=cv2.INTER_AREA)
    return np.asarray(small, dtype=np.uint8), pixel_scaling(sx, sy)


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


def view_of(sheet: Sheet) -> View:
    """The working view of a sheet."""
    image = grey(sheet.pixels)
    factor = max(1.0, sheet.dpi / VIEW_DPI if sheet.dpi else max(image.shape) / VIEW_PX)
    if factor < 1.2:
        return View(image, np.eye(3), sheet.dpi, 1.0)
    small, to_sheet = reduced(image, max(image.shape) / factor)
    return View(small, to_sheet, sheet.dpi / factor if sheet.dpi else None, factor)
