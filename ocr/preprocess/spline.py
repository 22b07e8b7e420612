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


def fit_spline(
    places: Points, offsets: Points, smoothing: float
) -> tuple[Spline, NDArray[np.float64], NDArray[np.float64]]:
    """Fit offsets (N, 2) at places (N, 2), N at least 4 and not all on a line.

    Parameters
    ----------
    smoothing
        0 passes through every offset; larger values trust single offsets less.

    Returns
    -------
    tuple
        The spline; for every place the distance (N,) between its offset and what all others predict there, in
        closed form (Wahba 1990, Spline Models for Observational Data, sections 2.4 and 4.2); and the standard
        deviation (N,) of that prediction, with 1 for the median place (Dubrule 1983, Cross validation of kriging in
        a unique neighborhood): less is known where the others are far away or all on one side.

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
    own = np.abs(np.diag(inverse)[:n])
    errors = np.hypot(weights[:n, 0], weights[:n, 1]) / own
    return Spline(places, weights), errors, np.sqrt(np.median(own) / own)


def _kernel(a: Points, b: Points) -> NDArray[np.float64]:
    """Thin-plate kernel r² log r between points (M, 2) and (N, 2)."""
    squared = np.sum(((a[:, None] - b[None]) / UNIT_MM) ** 2, axis=2)
    return np.asarray(0.5 * squared * np.log(np.maximum(squared, 1e-12)))
