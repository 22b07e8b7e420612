"""Points and 3 x 3 matrices; no pixels.

Conventions, everywhere in the project: a point is (x, y), x to the right and y down; pixel centres lie at
integer coordinates; a matrix maps column vectors (x, y, 1) and is float64 of shape (3, 3); millimetres are
measured from the top left corner of the card's paper.
"""

from __future__ import annotations

from typing import TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray

Matrix: TypeAlias = NDArray[np.float64]
Points: TypeAlias = NDArray[np.float64]
Quad: TypeAlias = tuple[tuple[float, float], tuple[float, float], tuple[float, float], tuple[float, float]]

MM_PER_INCH = 25.4


def apply(matrix: Matrix, points: ArrayLike) -> Points:
    """Map points of shape (N, 2) through a homography.

    Points that fall on the line at infinity become ``inf``; nothing is clipped.
    """
    pts = np.atleast_2d(np.asarray(points, dtype=np.float64))
    mapped = np.c_[pts, np.ones(len(pts))] @ matrix.T
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.asarray(mapped[:, :2] / mapped[:, 2:3])


def translation(dx: float, dy: float) -> Matrix:
    """Matrix that moves points by (dx, dy)."""
    return np.array([[1.0, 0.0, dx], [0.0, 1.0, dy], [0.0, 0.0, 1.0]])


def scaling(sx: float, sy: float | None = None) -> Matrix:
    """Matrix that scales about the origin; `sy` defaults to `sx`."""
    return np.diag([sx, sx if sy is None else sy, 1.0])


def rotation(degrees: float, centre: tuple[float, float] = (0.0, 0.0)) -> Matrix:
    """Matrix that turns points clockwise on the screen (y points down) by `degrees` about `centre`."""
    a = np.deg2rad(degrees)
    turn = np.array([[np.cos(a), -np.sin(a), 0.0], [np.sin(a), np.cos(a), 0.0], [0.0, 0.0, 1.0]])
    return np.asarray(translation(*centre) @ turn @ translation(-centre[0], -centre[1]))


def pixel_scaling(sx: float, sy: float | None = None) -> Matrix:
    """Matrix from the pixels of a raster to those of the same picture `sx` times as wide; `sy` defaults to `sx`.

    Pixel centres lie at integers, so it is the edge of the first pixel, at -0.5, that stays where it is.
    """
    return translation(-0.5, -0.5) @ scaling(sx, sy) @ translation(0.5, 0.5)


def mm_to_pixels(dpi: float) -> Matrix:
    """Matrix from millimetres to the pixels of a raster whose left edge is at 0 mm.

    The half pixel comes from pixel centres lying at integers while the paper's edge is the first pixel's edge.
    """
    return translation(-0.5, -0.5) @ scaling(dpi / MM_PER_INCH)


def rect_quad(x: float, y: float, w: float, h: float) -> Points:
    """Corners (4, 2) of a rectangle: top left, top right, bottom right, bottom left."""
    return np.array([[x, y], [x + w, y], [x + w, y + h], [x, y + h]], dtype=np.float64)


def as_quad(points: Points) -> Quad:
    """Freeze four corners (4, 2) into a tuple of float pairs."""
    a, b, c, d = ((float(x), float(y)) for x, y in points)
    return (a, b, c, d)


def fit_affine(src: Points, dst: Points, weights: NDArray[np.float64] | None = None) -> Matrix:
    """Least-squares affine map of `src` (N, 2) onto `dst` (N, 2); needs three points not on a line.

    Raises
    ------
    numpy.linalg.LinAlgError
        The points do not determine an affine map.
    """
    w = np.ones(len(src)) if weights is None else np.sqrt(weights)
    design = np.c_[src, np.ones(len(src))] * w[:, None]
    solution, _, rank, _ = np.linalg.lstsq(design, dst * w[:, None], rcond=None)
    if rank < 3:
        raise np.linalg.LinAlgError("points on a line do not determine an affine map")
    return np.vstack([solution.T, [0.0, 0.0, 1.0]])


def quad_to_quad(src: Points, dst: Points) -> Matrix:
    """Homography that maps four corners (4, 2) exactly onto four others (Hartley & Zisserman, ch. 4)."""
    rows = []
    for (x, y), (u, v) in zip(src, dst, strict=True):
        rows += [[x, y, 1, 0, 0, 0, -u * x, -u * y], [0, 0, 0, x, y, 1, -v * x, -v * y]]
    h = np.linalg.solve(np.array(rows, dtype=np.float64), dst.reshape(-1))
    return np.append(h, 1.0).reshape(3, 3)


def parabola_vertex(before: ArrayLike, at: ArrayLike, after: ArrayLike) -> NDArray[np.float64]:
    """Where parabolas through three equally spaced samples peak, in samples from the middle one; shaped as they are.

    Within ±0.5 where the middle sample is the largest; 0 where the samples do not bend down.
    """
    first, middle, last = (np.asarray(samples, dtype=np.float64) for samples in (before, at, after))
    bend = first - 2 * middle + last
    return np.asarray(np.where(bend < 0, 0.5 * (first - last) / np.where(bend < 0, bend, -1.0), 0.0))


def area(quad: Points) -> float:
    """Signed area of a polygon (N, 2); positive when its corners run clockwise on the screen."""
    x, y = quad[:, 0], quad[:, 1]
    return float(0.5 * np.sum(x * np.roll(y, -1) - np.roll(x, -1) * y))
