"""Whether a card looks like those that certainty was measured on.

Probabilities and thresholds hold for hands, pens, forms and scanners like the measured ones. A card far from all of
them may be read as well, but nothing proves it, so nothing of it stands until such cards were labelled and measured.
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict

KEPT = 0.995
"""Share of the measured cards that are called familiar."""

FEWEST = 100
"""Cards that it takes to say what is familiar."""


class Familiar(BaseModel):
    """The looks of the measured cards, as one normal distribution.

    Attributes
    ----------
    mean
        (d,) of the looks.
    precision
        (d, d) inverse of their covariance.
    limit
        Mahalanobis distance within which `KEPT` of them lie.
    count
        Cards measured.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    mean: tuple[float, ...]
    precision: tuple[tuple[float, ...], ...]
    limit: float
    count: int

    def distance(self, look: tuple[float, ...]) -> float:
        """Mahalanobis distance of a look from the mean of those measured."""
        return float(_distances(np.array([look]), np.array(self.mean), np.array(self.precision))[0])

    def knows(self, look: tuple[float, ...]) -> bool:
        """Whether a card is like those measured."""
        return self.distance(look) <= self.limit


def learn_looks(looks: Iterable[tuple[float, ...]]) -> Familiar | None:
    """Measure what cards look like.

    The covariance is drawn towards its diagonal by d / (n + d), so that few cards claim no correlations that they only
    happen to have (after Ledoit & Wolf 2004, with a fixed intensity). Beyond the limit lie `1 - KEPT` of the cards that
    it was measured on, and not many more of others like them: 8 numbers are learnt from a hundred cards and more.

    Parameters
    ----------
    looks
        One per card, all of one length d.

    Returns
    -------
    Familiar or None
        None of fewer than `FEWEST` cards.
    """
    x = np.array(list(looks), dtype=np.float64)
    if len(x) < FEWEST:
        return None
    n, d = x.shape
    covariance = np.cov(x, rowvar=False)
    shrunk = d / (n + d)
    target = np.diag(np.diag(covariance) + 1e-9)
    precision = np.linalg.inv((1 - shrunk) * covariance + shrunk * target)
    mean = x.mean(axis=0)
    limit = float(np.quantile(_distances(x, mean, precision), KEPT, method="higher"))
    return Familiar(
        mean=tuple(mean.round(6).tolist()),
        precision=tuple(tuple(row) for row in precision.round(6).tolist()),
        limit=round(limit, 6) + 1e-3,
        count=n,
    )


def _distances(
    x: NDArray[np.float64], mean: NDArray[np.float64], precision: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Mahalanobis distances (n,) of rows (n, d)."""
    off = x - mean
    return np.asarray(np.sqrt(np.maximum(0.0, np.einsum("ni,ij,nj->n", off, precision, off))), np.float64)
