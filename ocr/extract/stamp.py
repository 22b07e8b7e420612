"""Turn a rubber stamp upright and take its frame away."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from ocr.geometry import MM_PER_INCH

Gray = NDArray[np.uint8]

MOST_DEGREES = 8.0
_FRAME_MM = 7.0
_ENLARGED = 1.5


def upright(ink: Gray, dpi: float) -> Gray:
    """A stamp's type, level and without its frame, somewhat enlarged.

    Parameters
    ----------
    ink
        uint8 (h, w), 255 = ink: the recovered ink of the zone the stamp lies in.
    dpi
        Pixels per inch.

    Returns
    -------
    ndarray
        uint8, 255 = ink, larger than `ink`.
    """
    scale = dpi / MM_PER_INCH
    level = rotated(ink, -skew(ink), _ENLARGED)
    return without_frame(level, scale * _ENLARGED)


def skew(ink: Gray) -> float:
    """Degrees by which lines of type fall to the right, within `MOST_DEGREES`.

    The angle at which the projection onto the vertical is most uneven (Postl 1986), first in steps of a degree on a
    reduced image, then refined by a parabola.
    """
    small = np.asarray(cv2.resize(ink, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA), dtype=np.uint8)
    angles = np.arange(-MOST_DEGREES, MOST_DEGREES + 1)
    contrast = np.array([_unevenness(small, angle) for angle in angles])
    best = int(contrast.argmax())
    if not 0 < best < len(angles) - 1:
        return float(angles[best])
    a, b, c = contrast[best - 1 : best + 2]
    return float(angles[best] + 0.5 * (a - c) / (a - 2 * b + c))


def _unevenness(ink: NDArray[np.uint8], degrees: float) -> float:
    rows = rotated(ink, -degrees, 1.0).sum(axis=1, dtype=np.float64)
    return float(np.square(np.diff(rows)).sum())


def rotated(ink: Gray, degrees: float, zoom: float) -> Gray:
    """The image turned clockwise on the screen about its middle and enlarged, on a canvas that holds all of it."""
    h, w = ink.shape
    turn = cv2.getRotationMatrix2D(((w - 1) / 2, (h - 1) / 2), -degrees, zoom)
    width, height = (np.abs(turn[:, :2]) @ (w, h)).round().astype(int)
    turn[:, 2] += (width - w) / 2, (height - h) / 2
    return np.asarray(cv2.warpAffine(ink, turn, (int(width), int(height)), flags=cv2.INTER_LINEAR), np.uint8)


def without_frame(ink: Gray, scale: float) -> Gray:
    """Drop long level and upright lines, and what of their ink lies next to them."""
    dark = (ink > 70).astype(np.uint8)
    length = round(_FRAME_MM * scale)
    level = cv2.morphologyEx(_closed(dark, (9, 1)), cv2.MORPH_OPEN, np.ones((1, length), np.uint8))
    steep = cv2.morphologyEx(_closed(dark, (1, 9)), cv2.MORPH_OPEN, np.ones((round(0.7 * length), 1), np.uint8))
    frame = cv2.dilate(level | steep, np.ones((5, 5), np.uint8))
    return np.asarray(np.where(frame > 0, 0, ink), np.uint8)


def _closed(dark: Gray, size: tuple[int, int]) -> Gray:
    return np.asarray(cv2.morphologyEx(dark, cv2.MORPH_CLOSE, np.ones(size[::-1], np.uint8)), np.uint8)
