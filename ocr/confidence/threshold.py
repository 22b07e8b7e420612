"""The smallest threshold that keeps a promised error, proven by an exact binomial bound."""

from __future__ import annotations

from dataclasses import dataclass

from numpy.typing import ArrayLike
from scipy.stats import beta

from ocr.confidence.curve import accepted_and_wrong

LEVEL = 0.95


@dataclass(frozen=True)
class Threshold:
    """From which score on readings are accepted, and what was measured there.

    Attributes
    ----------
    accepted, wrong
        Counts at this threshold, among the readings it was chosen on.
    bound
        Upper bound of the share wrong among the accepted.
    """

    score: float
    accepted: int
    wrong: int
    bound: float


def upper_bound(wrong: int, total: int, level: float = LEVEL) -> float:
    """One-sided upper bound of a share (Clopper & Pearson 1934); 1 when nothing was counted.

    Raises
    ------
    ValueError
        Not 0 <= `wrong` <= `total`, or `level` is not between 0 and 1.
    """
    if not 0 <= wrong <= total or not 0 < level < 1:
        raise ValueError(f"{wrong} of {total} at level {level} is no share")
    return 1.0 if wrong == total else float(beta.ppf(level, wrong + 1, total - wrong))


def smallest_threshold(scores: ArrayLike, right: ArrayLike, promise: float, level: float = LEVEL) -> Threshold | None:
    """The lowest score from which on the bound of the error stays within the promise.

    Parameters
    ----------
    scores, right
        (N,) scores and bool whether each reading was right.
    promise
        Largest share wrong among the accepted, 0..1.

    Returns
    -------
    Threshold or None
        None where no threshold keeps the promise: too many errors, or too few readings to prove anything (with
        none wrong it takes about ``3 / promise`` of them).
    """
    values, accepted, wrong = accepted_and_wrong(scores, right)
    for value, n, k in zip(values[::-1], accepted[::-1], wrong[::-1], strict=True):
        bound = upper_bound(int(k), int(n), level)
        if bound <= promise:
            return Threshold(float(value), int(n), int(k), bound)
    return None
