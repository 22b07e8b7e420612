"""Normalised cross-correlation that cannot be fooled by blank paper."""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from ocr.geometry import parabola_vertex

_FLOOR = 0.25


def normalised(template: NDArray[np.float32]) -> tuple[NDArray[np.float32], float]:
    """A template with mean 0 and norm 1, and the norm it had."""
    centred = template - template.mean()
    norm = float(np.linalg.norm(centred))
    return np.asarray(centred / max(norm, 1e-6), dtype=np.float32), norm


def window_norms(image: NDArray[np.float32], size: tuple[int, int]) -> NDArray[np.float32]:
    """Norm, about its own mean, of every window of (height, width) `size` inside the image."""
    return norms_near(integrals(image), size, slice(None), slice(None))


def integrals(image: NDArray[np.float32]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Integral images (H + 1, W + 1) of an image and of its squares."""
    total, squares = cv2.integral2(image)
    return np.asarray(total, dtype=np.float64), np.asarray(squares, dtype=np.float64)


def norms_near(
    tables: Sequence[NDArray[np.float64]], size: tuple[int, int], rows: slice, columns: slice
) -> NDArray[np.float32]:
    """As `window_norms`, of those windows only whose first row and first column lie in a range.

    Parameters
    ----------
    tables
        From `integrals`.
    """
    height, width = size
    total, squares = (_windows(table, height, width, rows, columns) for table in tables)
    variance = squares - total**2 / (height * width)
    return np.asarray(np.sqrt(np.maximum(variance, 0)), dtype=np.float32)


def _windows(table: NDArray[np.floating], height: int, width: int, rows: slice, columns: slice) -> NDArray[np.float64]:
    """Sums over windows, from an integral image."""
    upper, lower = table[:-height][rows], table[height:][rows]
    left, right = (slice(None), slice(None, -width)), (slice(None), slice(width, None))
    a, b, c, d = (part[side][:, columns] for part in (upper, lower) for side in (left, right))
    return np.asarray(d - b - c + a, dtype=np.float64)


def correlate(
    image: NDArray[np.float32], unit: NDArray[np.float32], norms: NDArray[np.float32], template_norm: float
) -> NDArray[np.float32]:
    """Correlation of a template with every window, -1..1.

    As zero-mean normalised cross-correlation, but a window with far less structure than the template counts as having
    a quarter of it: on blank paper the plain quotient is noise divided by noise, and often 1.

    Parameters
    ----------
    unit, template_norm
        From `normalised`.
    norms
        From `window_norms`, of the same image and the template's size.
    """
    raw = cv2.matchTemplate(image, unit, cv2.TM_CCORR)
    return np.asarray(raw / np.maximum(norms, _FLOOR * template_norm), dtype=np.float32)


def best_place(match: NDArray[np.float32]) -> tuple[float, float, float]:
    """Highest point (x, y, value) of a correlation surface, to a fraction of a pixel by a parabola along each axis."""
    _, best, _, (x, y) = cv2.minMaxLoc(match)
    h, w = match.shape
    dx = parabola_vertex(*match[y, x - 1 : x + 2].tolist()) if 0 < x < w - 1 else 0.0
    dy = parabola_vertex(*match[y - 1 : y + 2, x].tolist()) if 0 < y < h - 1 else 0.0
    return x + dx, y + dy, float(best)
