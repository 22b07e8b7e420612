"""The one place that moves pixels: registered zones are cut straight from the sheet, resampled once."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from ocr.form import Form, Rect
from ocr.geometry import MM_PER_INCH, Matrix, Points, apply, fit_affine, mm_to_pixels, rect_quad, translation
from ocr.sheet import Sheet

LOCAL_SIGMA_MM = 18.0
"""Reach of a neighbouring anchor when a zone is refined: paper stretches smoothly over centimetres."""


@dataclass(frozen=True, eq=False)
class Registration:
    """Where a form lies on a sheet.

    Attributes
    ----------
    matrix
        Homography from the form's millimetres to sheet pixels.
    anchors
        (N, 2) millimetres: places of the printed artwork that were found again.
    offsets
        (N, 2) millimetres: where each was found minus where `matrix` puts it.
    residual_mm
        95th percentile of the anchors' distances that remain after local refinement, each anchor judged by its
        neighbours alone.
    rotation
        Degrees the card lies turned clockwise in the sheet: 0, 90, 180 or 270.
    """

    form: Form
    matrix: Matrix
    anchors: Points
    offsets: Points
    residual_mm: float
    rotation: int


def local_matrix(registration: Registration, at_mm: Points) -> Matrix:
    """Millimetres to sheet pixels in the neighbourhood of one point (1, 2) or (2,).

    A weighted affine fit to the anchors' offsets (moving least squares, Schaefer et al. 2006), held towards the
    global matrix by a faint prior so that zones without near anchors do not drift.
    """
    anchors, offsets = registration.anchors, registration.offsets
    if len(anchors) < 6:
        return registration.matrix
    distance2 = np.sum((anchors - at_mm) ** 2, axis=1)
    weights = np.exp(-distance2 / (2 * LOCAL_SIGMA_MM**2))
    prior = rect_quad(at_mm[0] - 60, at_mm[1] - 60, 120, 120)
    src = np.vstack([anchors, prior])
    dst = np.vstack([anchors + offsets, prior])
    correction = fit_affine(src, dst, np.append(weights, np.full(4, 0.02)))
    return registration.matrix @ correction


def zone_quad(registration: Registration, rect: Rect) -> Points:
    """Corners (4, 2) of a zone in sheet pixels, clockwise from its top left on the form."""
    corners = rect_quad(*rect.xywh)
    return apply(local_matrix(registration, corners.mean(axis=0)), corners)


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
    at = np.array([rect.x + rect.w / 2, rect.y + rect.h / 2])
    to_sheet = local_matrix(registration, at) @ crop_to_mm(rect, dpi)
    return resample(sheet.pixels, to_sheet, crop_size(rect, dpi))


def resample(pixels: NDArray[np.uint8], to_source: Matrix, size: tuple[int, int]) -> NDArray[np.uint8]:
    """Resample through a matrix from target to source pixels; white outside.

    Where the source is more than 1.5 times finer than the target the result is computed at twice the size and
    averaged, so that thin strokes do not alias.
    """
    scale = np.sqrt(abs(np.linalg.det(to_source[:2, :2])))
    white = (255, 255, 255)
    flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    if scale <= 1.5:
        out = cv2.warpPerspective(pixels, to_source, size, flags=flags, borderValue=white)
    else:
        half = np.array([[0.5, 0, -0.25], [0, 0.5, -0.25], [0, 0, 1.0]])
        double = (size[0] * 2, size[1] * 2)
        fine = cv2.warpPerspective(pixels, to_source @ half, double, flags=flags, borderValue=white)
        out = cv2.resize(fine, size, interpolation=cv2.INTER_AREA)
    return np.asarray(out, dtype=np.uint8)
