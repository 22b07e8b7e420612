"""The one place that moves pixels: registered zones are cut straight from the sheet, resampled once."""

from __future__ import annotations

import math
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from ocr.form import Form, Rect
from ocr.geometry import MM_PER_INCH, Matrix, Points, apply, mm_to_pixels, rect_quad, translation
from ocr.sheet import Sheet
from ocr.spline import Spline

MESH_MM = 5.0
"""Spacing of the mesh along which a crop follows the paper."""


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
    """

    form: Form
    matrix: Matrix
    stretch: Spline
    residual_mm: float
    rotation: int


def to_sheet(registration: Registration, points: Points) -> Points:
    """Map points (N, 2) in millimetres to sheet pixels, following the paper where it has stretched."""
    return apply(registration.matrix, points + registration.stretch.at(points))


def zone_quad(registration: Registration, rect: Rect) -> Points:
    """Corners (4, 2) of a zone in sheet pixels, clockwise from its top left on the form."""
    return to_sheet(registration, rect_quad(*rect.xywh))


def crop_size(rect: Rect, dpi: float) -> tuple[int, int]:
    """Width and height in pixels of a zone cut at `dpi`."""
    return max(1, round(rect.w * dpi / MM_PER_INCH)), max(1, round(rect.h * dpi / MM_PER_INCH))


def crop_to_mm(rect: Rect, dpi: float) -> Matrix:
    """Matrix from a crop's pixels to the form's millimetres."""
    return translation(rect.x, rect.y) @ np.linalg.inv(mm_to_pixels(dpi))


def cut(sheet: Sheet, registration: Registration, rect: Rect, dpi: float) -> NDArray[np.uint8]:
    """Cut one zone upright from a sheet at `dpi`.

    Returns
    -------
    ndarray
        uint8, (h, w) or (h, w, 3) as the sheet; what lies outside the sheet is white.
    """
    width, height = crop_size(rect, dpi)
    columns, rows = (max(2, 1 + math.ceil(side / MESH_MM)) for side in (rect.w, rect.h))
    # The mesh's nodes are the centres of its cells, so that cv2.resize, which aligns edges, interpolates it rightly.
    xs = rect.x + (np.arange(columns) + 0.5) * rect.w / columns
    ys = rect.y + (np.arange(rows) + 0.5) * rect.h / rows
    nodes = to_sheet(registration, np.stack(np.meshgrid(xs, ys), axis=-1).reshape(-1, 2))
    residual = nodes - apply(registration.matrix, np.stack(np.meshgrid(xs, ys), axis=-1).reshape(-1, 2))
    shift = cv2.resize(residual.reshape(rows, columns, 2).astype(np.float32), (width, height))
    straight = registration.matrix @ crop_to_mm(rect, dpi)
    return resample(sheet.pixels, straight, (width, height), np.asarray(shift, np.float32))


def resample(
    pixels: NDArray[np.uint8], to_source: Matrix, size: tuple[int, int], shift: NDArray[np.float32] | None = None
) -> NDArray[np.uint8]:
    """Resample through a matrix from target to source pixels; white outside.

    Where the source is more than 1.5 times finer than the target the result is computed at twice the size and
    averaged, so that thin strokes do not alias.

    Parameters
    ----------
    shift
        (h, w, 2) source pixels to add to where the matrix leads.
    """
    fine = 2 if np.sqrt(abs(np.linalg.det(to_source[:2, :2]))) > 1.5 else 1
    offset = 0.5 / fine - 0.5
    xs, ys = np.meshgrid(np.arange(size[0] * fine) / fine + offset, np.arange(size[1] * fine) / fine + offset)
    flat = apply(to_source, np.column_stack([xs.ravel(), ys.ravel()])).astype(np.float32)
    places = flat.reshape(size[1] * fine, size[0] * fine, 2)
    if shift is not None:
        places = places + cv2.resize(shift, (size[0] * fine, size[1] * fine))
    out = cv2.remap(
        pixels,
        places[..., 0],
        places[..., 1],
        cv2.INTER_LINEAR,
        borderMode=cv2.BORDER_CONSTANT,
        borderValue=(255, 255, 255),
    )
    if fine == 2:
        out = cv2.resize(out, size, interpolation=cv2.INTER_AREA)
    return np.asarray(out, dtype=np.uint8)
