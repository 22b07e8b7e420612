"""Normalised cross-correlation that cannot be fooled by blank paper."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray
from scipy import fft

from ocr.geometry import Points, parabola_vertex

_FLOOR = 0.25


def normalised(template: NDArray[np.float32]) -> tuple[NDArray[np.float32], float]:
    """A template with mean 0 and norm 1, and the norm it had."""
    centred = template - template.mean()
    norm = float(np.linalg.norm(centred))
    return np.asarray(centred / max(norm, 1e-6), dtype=np.float32), norm


def window_norms(images: NDArray[np.float32], size: tuple[int, int]) -> NDArray[np.float32]:
    """Norm, about its own mean, of every window of (height, width) `size` in each of a stack of images.

    Parameters
    ----------
    images
        (N, H, W).

    Returns
    -------
    ndarray
        float32 (N, H - height + 1, W - width + 1), by the window's first row and column.
    """
    tables = cv2.integral2(np.ascontiguousarray(images).reshape(-1, images.shape[2]))
    total, squares = (_window_sums(np.asarray(table), images.shape[:2], size) for table in tables)
    variance = squares - total**2 / (size[0] * size[1])
    return np.asarray(np.sqrt(np.maximum(variance, 0)), dtype=np.float32)


def _window_sums(table: NDArray[np.float64], stack: tuple[int, ...], size: tuple[int, int]) -> NDArray[np.float64]:
    """Sums over windows, from the integral image of a stack of (count, height) images below each other."""
    height, width = size
    upper = table[:-1].reshape(*stack, -1)[:, : stack[1] - height + 1]
    lower = table[1:].reshape(*stack, -1)[:, height - 1 :]
    rows = lower - upper
    return np.asarray(rows[:, :, width:] - rows[:, :, :-width], dtype=np.float64)


def spectra(units: NDArray[np.float32], size: tuple[int, int]) -> NDArray[np.complex64]:
    """Conjugate spectra of templates (N, h, w), to be correlated with images of (height, width) `size`."""
    return np.asarray(np.conj(fft.rfft2(units, _room(size))), dtype=np.complex64)


def _room(size: tuple[int, int]) -> tuple[int, int]:
    """Height and width of the transform for images of this size."""
    return fft.next_fast_len(size[0], real=True), fft.next_fast_len(size[1], real=True)


def correlate(
    images: NDArray[np.float32],
    patterns: NDArray[np.complex64],
    template_norms: NDArray[np.floating],
    size: tuple[int, int],
    turned: bool = False,
) -> NDArray[np.float32]:
    """Correlation of each template with every window of its image, -1..1.

    As zero-mean normalised cross-correlation, but a window with far less structure than the template counts as having
    a quarter of it: on blank paper the plain quotient is noise divided by noise, and often 1.

    Parameters
    ----------
    images
        (N, H, W), one for each template, or (1, H, W) for all.
    patterns
        From `spectra`, for images of this height and width.
    template_norms
        (N,) from `normalised`.
    size
        Height and width of the templates.
    turned
        Take the templates upside down.

    Returns
    -------
    ndarray
        float32 (N, H - height + 1, W - width + 1).
    """
    (rows, columns), shape = size, _room((images.shape[1], images.shape[2]))
    high, wide = images.shape[1] - rows + 1, images.shape[2] - columns + 1
    # To correlate with a template that is turned is to convolve with the template, but for the place of the result.
    product = fft.rfft2(images, shape) * (np.conj(patterns) if turned else patterns)
    y, x = (rows - 1, columns - 1) if turned else (0, 0)
    raw = fft.irfft2(product, shape)[:, y : y + high, x : x + wide]
    floors = np.asarray(_FLOOR * template_norms, dtype=np.float32)[:, None, None]
    return np.asarray(raw / np.maximum(window_norms(images, size), np.maximum(floors, 1e-6)), dtype=np.float32)


def best_places(match: NDArray[np.float32]) -> tuple[Points, NDArray[np.float64]]:
    """Highest point (N, 2) and value (N,) of each correlation surface of (N, h, w).

    To a fraction of a pixel, by a parabola along each axis; on a border to the pixel.
    """
    n, h, w = match.shape
    y, x = np.divmod(match.reshape(n, -1).argmax(axis=1), w)
    rows = np.arange(n)
    peaks = match[rows, y, x].astype(np.float64)
    left, right = match[rows, y, np.maximum(x - 1, 0)], match[rows, y, np.minimum(x + 1, w - 1)]
    upper, lower = match[rows, np.maximum(y - 1, 0), x], match[rows, np.minimum(y + 1, h - 1), x]
    dx = np.where((x > 0) & (x < w - 1), parabola_vertex(left, peaks, right), 0.0)
    dy = np.where((y > 0) & (y < h - 1), parabola_vertex(upper, peaks, lower), 0.0)
    return np.stack([x + dx, y + dy], axis=1), peaks
