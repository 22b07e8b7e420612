"""The one place that moves pixels: registered zones are cut straight from the sheet, resampled once."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from ocr.forms.definition import Form, Rect
from ocr.geometry import MM_PER_INCH, Matrix, Points, apply, pixel_scaling, rect_quad
from ocr.preprocess.shifts import NO_SHIFTS, Shifts
from ocr.preprocess.spline import Spline
from ocr.sheet import Sheet

MESH_MM = 7.0
"""Spacing at most of the mesh along which a crop follows the paper."""

_FINER = 1.6
"""Sheet pixels per crop pixel from which strokes would alias."""


@dataclass(frozen=True, eq=False)
class Registration:
    """Where a form lies on a sheet.

    Attributes
    ----------
    matrix
        Homography from the form's millimetres to sheet pixels.
    stretch
        Offsets in millimetres to add before `matrix`: how the paper has stretched, from the anchors found.
    residual_mm
        95th percentile over the anchors of the distance between where each was found and where all others say
        it should be.
    rotation
        Degrees the card lies turned clockwise in the sheet: 0, 90, 180 or 270.
    shifts
        What is left between the anchors, to add to `stretch` (`ocr.preprocess.settle`).
    """

    form: Form
    matrix: Matrix
    stretch: Spline
    residual_mm: float
    rotation: int
    shifts: Shifts = NO_SHIFTS


def to_sheet(registration: Registration, points: Points) -> Points:
    """Map points (N, 2) in millimetres to sheet pixels, following the paper where it has stretched."""
    return apply(registration.matrix, points + registration.stretch.at(points) + registration.shifts.at(points))


def sheet_lean(registration: Registration) -> float:
    """Tangent of the angle, within an eighth of a turn, by which the sheet's axes are turned clockwise on the card."""
    across, down = registration.matrix[:2, 0]
    quarter = np.pi / 2
    turned = float(np.arctan2(down, across))
    return float(np.tan(quarter * round(turned / quarter) - turned))


def zone_quads(registration: Registration, rects: Sequence[Rect]) -> Points:
    """Corners (N, 4, 2) of zones in sheet pixels, each clockwise from its top left on the form."""
    corners = np.array([rect_quad(*rect.xywh) for rect in rects]).reshape(-1, 2)
    return to_sheet(registration, corners).reshape(-1, 4, 2)


def crop_size(rect: Rect, dpi: float) -> tuple[int, int]:
    """Width and height in pixels of a zone cut at `dpi`."""
    return max(1, round(rect.w * dpi / MM_PER_INCH)), max(1, round(rect.h * dpi / MM_PER_INCH))


def cut(sheet: Sheet, registration: Registration, rect: Rect, dpi: float) -> NDArray[np.uint8]:
    """Cut one zone upright from a sheet at `dpi`.

    Returns
    -------
    ndarray
        uint8, (h, w) or (h, w, 3) as the sheet; what lies outside the sheet is white.
    """
    size = crop_size(rect, dpi)
    scale = np.sqrt(abs(np.linalg.det(registration.matrix[:2, :2]))) * MM_PER_INCH / dpi
    if scale <= _FINER:
        return _remap(sheet.pixels, _places(registration, rect, dpi, size))
    fine = _remap(sheet.pixels, _places(registration, rect, 2 * dpi, (2 * size[0], 2 * size[1])))
    return np.asarray(cv2.resize(fine, size, interpolation=cv2.INTER_AREA), dtype=np.uint8)


def _places(registration: Registration, rect: Rect, dpi: float, size: tuple[int, int]) -> NDArray[np.float32]:
    """Where in the sheet each pixel of a crop of `size` lies, float32 (h, w, 2).

    Computed on a mesh whose cells are whole pixels wide and which reaches one cell beyond the crop, then interpolated:
    `cv2.resize` aligns edges, so nodes stand in the middle of cells.
    """
    columns, rows = size
    step = MM_PER_INCH / dpi
    cell = max(2, round(min(MESH_MM, registration.shifts.spacing_mm) / step))
    across, down = (math.ceil(n / cell) + 2 for n in size)
    xs = rect.x + (np.arange(-1, across - 1) + 0.5) * cell * step
    ys = rect.y + (np.arange(-1, down - 1) + 0.5) * cell * step
    nodes = to_sheet(registration, np.stack(np.meshgrid(xs, ys), axis=-1).reshape(-1, 2))
    mesh = nodes.reshape(down, across, 2).astype(np.float32)
    places = cv2.resize(mesh, (across * cell, down * cell))
    return np.asarray(places[cell : cell + rows, cell : cell + columns], dtype=np.float32)


def _remap(pixels: NDArray[np.uint8], places: NDArray[np.float32]) -> NDArray[np.uint8]:
    white = (255, 255, 255)
    out = cv2.remap(pixels, places, None, cv2.INTER_LINEAR, None, cv2.BORDER_CONSTANT, white)  # type: ignore[call-overload]
    return np.asarray(out, dtype=np.uint8)


def resample(pixels: NDArray[np.uint8], to_source: Matrix, size: tuple[int, int]) -> NDArray[np.uint8]:
    """Resample through a matrix from target to source pixels; white outside.

    Where the source is more than `_FINER` times finer than the target the result is computed at twice the size and
    averaged, so that thin strokes do not alias; `cut` does the same.
    """
    flags, white = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP, (255, 255, 255)
    if np.sqrt(abs(np.linalg.det(to_source[:2, :2]))) <= _FINER:
        return np.asarray(cv2.warpPerspective(pixels, to_source, size, flags=flags, borderValue=white), dtype=np.uint8)
    double = (size[0] * 2, size[1] * 2)
    fine = cv2.warpPerspective(pixels, to_source @ pixel_scaling(0.5), double, flags=flags, borderValue=white)
    return np.asarray(cv2.resize(fine, size, interpolation=cv2.INTER_AREA), dtype=np.uint8)
