"""Reject-against-error curves and calibration error, from scores and whether each reading was right."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray


@dataclass(frozen=True)
class CurvePoint:
    """What happens when every reading that scores at least `threshold` is accepted.

    Attributes
    ----------
    accepted
        Share of readings accepted, 0..1.
    wrong
        Share wrong among the accepted, 0..1.
    """

    threshold: float
    accepted: float
    wrong: float


def accepted_and_wrong(
    scores: ArrayLike, right: ArrayLike
) -> tuple[NDArray[np.float64], NDArray[np.int64], NDArray[np.int64]]:
    """Count the accepted and the wrong among them for every useful threshold.

    Parameters
    ----------
    scores, right
        (N,) scores, higher is surer, and bool whether each reading was right.

    Returns
    -------
    ndarray, ndarray, ndarray
        (M,) distinct scores, falling; number of readings scoring at least each; number of wrong ones among them.
    """
    values = np.asarray(scores, dtype=np.float64)
    wrong = ~np.asarray(right, dtype=bool)
    order = np.argsort(-values, kind="stable")
    values, wrong = values[order], wrong[order]
    last = np.flatnonzero(np.append(values[1:] != values[:-1], True)[: len(values)])
    return values[last], last + 1, np.cumsum(wrong, dtype=np.int64)[last]


def risk_curve(scores: ArrayLike, right: ArrayLike, *, points: int = 200) -> tuple[CurvePoint, ...]:
    """Reject-against-error curve, from the surest reading alone to all of them.

    Parameters
    ----------
    scores, right
        (N,) scores or probabilities, and bool whether each reading was right.
    points
        At most so many points are kept, evenly spread over the distinct scores; the last always is.
    """
    values, accepted, wrong = accepted_and_wrong(scores, right)
    if not len(values):
        return ()
    kept = np.unique(np.linspace(0, len(values) - 1, min(points, len(values))).round().astype(int))
    total = accepted[-1]
    return tuple(CurvePoint(float(values[i]), float(accepted[i] / total), float(wrong[i] / accepted[i])) for i in kept)


def expected_calibration_error(probabilities: ArrayLike, right: ArrayLike, *, bins: int = 15) -> float:
    """Mean distance between stated probability and observed share right (Naeini et al., AAAI 2015).

    Readings are grouped into bins of equal count, which does not depend on how probabilities crowd near 1.

    Parameters
    ----------
    probabilities, right
        (N,) in 0..1 and bool, N at least 1.

    Raises
    ------
    ValueError
        There are no readings.
    """
    stated = np.asarray(probabilities, dtype=np.float64)
    observed = np.asarray(right, dtype=np.float64)
    if not len(stated):
        raise ValueError("no readings, no calibration error")
    order = np.argsort(stated, kind="stable")
    groups = np.array_split(order, min(bins, len(order)))
    gaps = [abs(stated[g].mean() - observed[g].mean()) * len(g) for g in groups]
    return float(np.sum(gaps) / len(stated))
