"""Thin-plate spline through noisy offsets: how paper has stretched between the places where it was measured."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import xlogy

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


@dataclass(frozen=True, eq=False)
class SplineFit:
    """A spline with what each of its places says of the others.

    Attributes
    ----------
    places, offsets
        (N, 2) millimetres each, as told.
    inverse
        (N + 3, N + 3): the inverse of the equations that were solved.
    """

    places: Points
    offsets: Points
    inverse: NDArray[np.float64]

    @property
    def spline(self) -> Spline:
        """The spline itself."""
        return Spline(self.places, self.inverse[:, : len(self.places)] @ self.offsets)

    @property
    def errors(self) -> NDArray[np.float64]:
        """Distance (N,) between each place's offset and what all others predict there.

        In closed form (Wahba 1990, Spline Models for Observational Data, sections 2.4 and 4.2).
        """
        weights = self.spline.weights[: len(self.places)]
        return np.asarray(np.hypot(weights[:, 0], weights[:, 1]) / self._own)

    @property
    def spread(self) -> NDArray[np.float64]:
        """Standard deviation (N,) of those predictions, with 1 for the median place.

        Less is known where the others are far away or all on one side (Dubrule 1983, Cross validation of kriging in a
        unique neighborhood).
        """
        return np.asarray(np.sqrt(np.median(self._own) / self._own))

    @property
    def _own(self) -> NDArray[np.float64]:
        return np.abs(np.diag(self.inverse)[: len(self.places)])

    def without(self, dropped: NDArray[np.bool_]) -> SplineFit:
        """The fit to all places but the `dropped` (N,), by the inverse of a smaller block and no second inversion."""
        rest = np.r_[~dropped, np.ones(3, dtype=bool)]
        kept, cross = self.inverse[np.ix_(rest, rest)], self.inverse[np.ix_(rest, ~rest)]
        lost = np.linalg.solve(self.inverse[np.ix_(~rest, ~rest)], cross.T)
        return SplineFit(self.places[~dropped], self.offsets[~dropped], kept - cross @ lost)


def fit_spline(places: Points, offsets: Points, smoothing: float) -> SplineFit:
    """Fit offsets (N, 2) at places (N, 2), N at least 4 and not all on a line.

    Parameters
    ----------
    smoothing
        0 passes through every offset; larger values trust single offsets less.

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
    return SplineFit(places, offsets, np.asarray(np.linalg.inv(system)))


def _kernel(a: Points, b: Points) -> NDArray[np.float64]:
    """Thin-plate kernel r² log r between points (M, 2) and (N, 2)."""
    squared = ((a[:, None] - b) ** 2).sum(axis=-1) / UNIT_MM**2
    return np.asarray(0.5 * xlogy(squared, squared))
