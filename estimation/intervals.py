"""Intervals of sums over the cells of a table."""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil

import numpy as np
from scipy.sparse import csr_array
from scipy.special import gammaincinv, ndtri, stdtrit

from estimation.two_phase import Floats, TwoPhase

LEVEL = 0.95

_LARGE = 1e6
"""Shape from which a gamma distribution is normal for every purpose."""


@dataclass(frozen=True)
class Interval:
    """A count of cards with the ends of its interval."""

    estimate: float
    lower: float
    upper: float

    @property
    def margin(self) -> int:
        """How far the farther end lies, rounded up to whole cards."""
        return ceil(max(self.estimate - self.lower, self.upper - self.estimate) - 1e-9)


def count_intervals(cards: TwoPhase, of: csr_array, level: float = LEVEL) -> list[Interval]:
    """Counts with their intervals.

    Parameters
    ----------
    of
        (K, J) which of the K cells each of the J counts sums, 0 or 1.

    Notes
    -----
    What is not certain of a count is a weighted sum of rare events, which leans to the left where it is small: its ends
    are those of the gamma distribution with its mean and variance, which the normal one resembles where it is large.
    Both are widened as Student's distribution is against the normal one, go to whole cards, and never leave what is
    known for certain and what is possible. Errors that no drawing mends are added in squares.
    """
    other, scale = _whole(_other(cards, of, level)), cards.scale
    totals, lower, upper = (scale * end for end in _drawn_ends(cards, of, level))
    below, above = (np.sqrt((totals - end) ** 2 + other) for end in (lower, upper))
    ends = totals, np.maximum(0, np.floor(totals - below + _ROUNDING)), np.ceil(totals + above - _ROUNDING)
    return [Interval(*three) for three in zip(*(end.tolist() for end in ends), strict=True)]


def _drawn_ends(cards: TwoPhase, of: csr_array, level: float) -> tuple[Floats, Floats, Floats]:
    """Counts of the cards that were read, and the ends of their intervals by the drawing alone."""
    totals, (variances, freedom) = cards.totals(of), cards.variances(of)
    known = np.asarray(cards.known @ of, np.float64)
    possible = known + cards.incomplete
    totals = np.clip(totals, known, possible)
    spread = np.where(variances > _ROUNDING, variances * _widening(freedom, level) ** 2, 0.0)
    doubtful = np.maximum(totals - known, np.where(spread > 0, _LEAST, 0.0))
    lower, upper = (known + end for end in _gamma_ends(doubtful, spread, level))
    return totals, np.minimum(lower, totals), np.clip(np.ceil(upper - _ROUNDING), totals, possible)


_ROUNDING = 1e-6
"""What differs by less is the same: the computer rounds."""

_LEAST = 0.5
"""Cards that a count of nothing may hide, where something is in doubt."""


def difference_margins(cards: TwoPhase, of: csr_array, level: float = LEVEL) -> Floats:
    """Half the widths of the intervals of sums whose weights (K, J) are 1, 0 or -1."""
    return np.asarray(np.sqrt(_drawn(cards, of, level) + _whole(_other(cards, of, level))), np.float64)


def ratio_margins(cards: TwoPhase, of: csr_array, level: float = LEVEL) -> Floats:
    """Half the widths of the intervals of sums with any weights (K, J): of ratios, linearised."""
    return np.asarray(np.sqrt(_drawn(cards, of, level) + _other(cards, of, level)), np.float64)


def _drawn(cards: TwoPhase, of: csr_array, level: float) -> Floats:
    """Squares of the margins by the drawing, none wider than what is possible; lost cards lie where the others do."""
    variances, freedom = cards.variances(of)
    known, more, less = cards.known @ of, of.max(axis=0).toarray(), of.min(axis=0).toarray()
    highest, lowest = known + cards.incomplete * np.maximum(0, more), known + cards.incomplete * np.minimum(0, less)
    farthest = np.maximum(0, np.maximum(highest - cards.totals(of), cards.totals(of) - lowest))
    margins = np.minimum(stdtrit(freedom, (1 + level) / 2) * np.sqrt(variances), farthest)
    return np.asarray((cards.scale * margins) ** 2, np.float64)


def _other(cards: TwoPhase, of: csr_array, level: float) -> Floats:
    """Squares of the margins by errors that no drawing mends."""
    return np.asarray(ndtri((1 + level) / 2) ** 2 * cards.other_variances(of), np.float64)


def _whole(squares: Floats) -> Floats:
    """Squares of margins in cards, of which less than half is none."""
    return np.where(squares < 0.25, 0.0, squares)


def _widening(freedom: Floats, level: float) -> Floats:
    return np.asarray(stdtrit(freedom, (1 + level) / 2) / ndtri((1 + level) / 2), np.float64)


def _gamma_ends(mean: Floats, variance: Floats, level: float) -> tuple[Floats, Floats]:
    """Ends of the gamma distributions with these means and variances."""
    shape = np.divide(mean**2, variance, out=np.full_like(mean, _LARGE), where=variance > 0)
    scale = np.divide(variance, mean, out=np.zeros_like(mean), where=mean > 0)
    tails = (1 - level) / 2, (1 + level) / 2
    skewed = [scale * gammaincinv(np.minimum(shape, _LARGE), tail) for tail in tails]
    normal = [mean + ndtri(tail) * np.sqrt(variance) for tail in tails]
    lower, upper = (np.where(shape < _LARGE, one, other) for one, other in zip(skewed, normal, strict=True))
    return lower, upper
