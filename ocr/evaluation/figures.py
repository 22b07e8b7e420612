"""Figures of one group of scored fields: one row of any table."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt

import numpy as np
from numpy.typing import ArrayLike

from ocr.confidence.curve import CurvePoint, accepted_and_wrong, expected_calibration_error, risk_curve
from ocr.confidence.threshold import upper_bound
from ocr.evaluation.fields import FieldScore

BINS = 10
_Z = 1.959964
"""Normal quantile of a two-sided 95 % interval."""


@dataclass(frozen=True)
class Bin:
    """Readings of like probability: the mean probability stated and the share right observed, with its interval."""

    count: int
    stated: float
    observed: float
    low: float
    high: float


@dataclass(frozen=True)
class FieldFigures:
    """Figures of a group of fields.

    Attributes
    ----------
    exact, exact_low, exact_high
        Share of fields whose value is right, an unread field counting as wrong, with its 95 % interval. Fields of one
        card share a hand and a scan, so the true uncertainty is somewhat larger.
    reachable
        Share whose written text the dictionaries decode to the right value; None where not all is handwritten.
    beside
        Share another reader gets right; None where none was asked or not all is handwritten.
    cer
        Character error rate of the raw text; None for marks and for fields nobody wrote in.
    accepted
        Share accepted without a person.
    wrong
        Share wrong among the accepted; None when none is accepted.
    wrong_bound
        Upper 95 % bound of `wrong` (Clopper & Pearson 1934).
    target_error
        Largest share wrong aimed at, the strictest where several are.
    at_target_error
        Largest share that a threshold chosen on these very fields would accept within the target error; no proof,
        but what the reader's probabilities could carry.
    ece
        Expected calibration error of the probabilities of fields that were read.
    """

    name: str
    count: int
    exact: float
    exact_low: float
    exact_high: float
    reachable: float | None
    beside: float | None
    cer: float | None
    accepted: float
    wrong: float | None
    wrong_bound: float | None
    target_error: float
    at_target_error: float
    ece: float | None
    curve: tuple[CurvePoint, ...]
    bins: tuple[Bin, ...]


def figures(name: str, group: Sequence[FieldScore]) -> FieldFigures:
    """Figures of one group of fields, which must not be empty."""
    accepted = [field for field in group if field.accepted]
    wrong = sum(not field.right for field in accepted)
    length = sum(field.length for field in group)
    known = [field for field in group if field.decoded is not None]
    judged = [field for field in group if field.judged]
    probabilities = np.array([field.probability for field in judged])
    right = np.array([field.right for field in judged], dtype=bool)
    target_error = min(field.target_error for field in group)
    hits = sum(field.right for field in group)
    low, high = wilson(hits, len(group))
    handwritten, asked = all(field.group for field in group), any(field.beside is not None for field in group)
    return FieldFigures(
        name=name,
        count=len(group),
        exact=hits / len(group),
        exact_low=low,
        exact_high=high,
        reachable=_share([field.decoded == field.value for field in known]) if handwritten and known else None,
        beside=_share([field.beside == field.value for field in group]) if handwritten and asked else None,
        cer=sum(field.errors for field in group) / length if length else None,
        accepted=len(accepted) / len(group),
        wrong=wrong / len(accepted) if accepted else None,
        wrong_bound=upper_bound(wrong, len(accepted)) if accepted else None,
        target_error=target_error,
        at_target_error=most_accepted(probabilities, right, target_error) / len(group),
        ece=expected_calibration_error(probabilities, right) if judged else None,
        curve=risk_curve(probabilities, right),
        bins=reliability(probabilities, right),
    )


def wilson(part: int, whole: int) -> tuple[float, float]:
    """Two-sided 95 % interval of a share (Wilson 1927).

    Raises
    ------
    ValueError
        Not 0 <= `part` <= `whole`, or `whole` is 0.
    """
    if not 0 <= part <= whole or not whole:
        raise ValueError(f"{part} of {whole} is no share")
    share, weight = part / whole, _Z**2 / whole
    middle = (share + weight / 2) / (1 + weight)
    half = sqrt(share * (1 - share) * weight + weight**2 / 4) / (1 + weight)
    return max(0.0, min(share, middle - half)), min(1.0, max(share, middle + half))


def most_accepted(probabilities: ArrayLike, right: ArrayLike, target_error: float) -> int:
    """The most readings that a threshold can accept while at most the share `target_error` of them is wrong."""
    _, accepted, wrong = accepted_and_wrong(probabilities, right)
    return int(accepted[wrong <= target_error * accepted].max(initial=0))


def reliability(probabilities: ArrayLike, right: ArrayLike, bins: int = BINS) -> tuple[Bin, ...]:
    """Stated against observed, in bins of equal count by rising probability (Niculescu-Mizil & Caruana, ICML 2005).

    Parameters
    ----------
    probabilities, right
        (N,) in 0..1 and bool.
    """
    stated, observed = np.asarray(probabilities, dtype=np.float64), np.asarray(right, dtype=bool)
    groups = np.array_split(np.argsort(stated, kind="stable"), bins)
    return tuple(
        Bin(len(g), float(stated[g].mean()), float(observed[g].mean()), *wilson(int(observed[g].sum()), len(g)))
        for g in groups
        if len(g)
    )


def _share(hits: Sequence[bool]) -> float:
    return sum(hits) / len(hits)
