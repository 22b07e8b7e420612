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
    scores: ArrayLike, right: ArrayLike, weights: ArrayLike | None = None
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    """Count the accepted and the wrong among them for every useful threshold.

    Parameters
    ----------
    scores, right
        (N,) scores, higher is surer, and bool whether each reading was right.
    weights
        (N,) how many readings each speaks for; 1 if not given.

    Returns
    -------
    ndarray, ndarray, ndarray
        (M,) distinct scores, falling; number of readings scoring at least each; number of wrong ones among them.
    """
    values = np.asarray(scores, dtype=np.float64)
    each = np.ones(len(values)) if weights is None else np.asarray(weights, dtype=np.float64)
    order = np.argsort(-values, kind="stable")
    values, each, wrong = values[order], each[order], ~np.asarray(right, dtype=bool)[order]
    last = np.flatnonzero(np.append(values[1:] != values[:-1], True)[: len(values)])
    return values[last], np.cumsum(each)[last], np.cumsum(each * wrong)[last]


def risk_curve(
    scores: ArrayLike, right: ArrayLike, *, weights: ArrayLike | None = None, points: int = 200
) -> tuple[CurvePoint, ...]:
    """Reject-against-error curve, from the surest reading alone to all of them.

    Parameters
    ----------
    scores, right
        (N,) scores or probabilities, and bool whether each reading was right.
    weights
        (N,) how many readings each speaks for; 1 if not given.
    points
        At most so many points are kept, evenly spread over the distinct scores; the last always is.
    """
    values, accepted, wrong = accepted_and_wrong(scores, right, weights)
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
