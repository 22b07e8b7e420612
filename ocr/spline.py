"""Thin-plate spline through noisy offsets: how paper has stretched between the places where it was measured."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ocr.geometry import Points

UNIT_MM = 50.0
"""Lengths are divided by this, which keeps the equations well conditioned."""


@dataclass(frozen=True, eq=False)
class Spline:
    """A fitted spline.

    Attributes
    ----------
    places
        (N, 2) millimetres.
    weights
        (N + 3, 2): of the N kernels, then of 1, x and y.
    """

    places: Points
    weights: NDArray[np.float64]

    def at(self, points: Points) -> Points:
        """Offsets (M, 2) at points (M, 2)."""
        kernels = _kernel(points, self.places)
        flat = np.c_[np.ones(len(points)), points / UNIT_MM]
        return np.asarray(np.c_[kernels, flat] @ self.weights)


def fit_spline(places: Points, offsets: Points, smoothing: float) -> tuple[Spline, NDArray[np.float64]]:
    """Fit offsets (N, 2) at places (N, 2), N at least 4 and not all on a line.

    Parameters
    ----------
    smoothing
        0 passes through every offset; larger values trust single offsets less.

    Returns
    -------
    tuple
        The spline, and for every place the distance (N,) between its offset and what all others predict there,
        in closed form (Wahba 1990, Spline Models for Observational Data, sections 2.4 and 4.2).

    Raises
    ------
    numpy.linalg.LinAlgError
        The places lie on a line.
    """
    n = len(places)
    system = np.zeros((n + 3, n + 3))
    system[:n, :n] = _kernel(places, places) + smoothing * np.eye(n)
    system[:n, n:] = np.c_[np.ones(n), places / UNIT_MM]
    system[n:, :n] = system[:n, n:].T
    inverse = np.linalg.inv(system)
    weights = inverse[:, :n] @ offsets
    left_out = weights[:n] / np.diag(inverse)[:n, None]
    return Spline(places, weights), np.hypot(left_out[:, 0], left_out[:, 1])


def _kernel(a: Points, b: Points) -> NDArray[np.float64]:
    """Thin-plate kernel r² log r between points (M, 2) and (N, 2)."""
    squared = np.sum(((a[:, None] - b[None]) / UNIT_MM) ** 2, axis=2)
    return np.asarray(0.5 * squared * np.log(np.maximum(squared, 1e-12)))
