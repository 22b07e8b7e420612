"""The lowest threshold that keeps a target error, proven by exact binomial bounds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from math import ceil

import numpy as np
from numpy.typing import NDArray
from scipy.special import betaincinv

from ocr.confidence.labelled_scores import CountsAbove, LabelledScores, count_above

LEVEL = 0.95
"""Confidence level of the bounds."""

GRID = 50
"""Candidate thresholds at most."""

EDGE, _EDGE_SHARE = 5.0, 0.1
"""Of the least sure that are accepted, a tenth or fewer, at most so many times the target error may be wrong."""

_FIRST, _LATER = 0.25, (0.5, 0.75)
"""Shares of all readings at which the search begins, at the latest, and begins anew."""

_SPARE = 2
"""Wrong readings that a start should bear, so that one of them does not end the search at once."""


@dataclass(frozen=True)
class Threshold:
    """From which score on readings are accepted, and what was measured there.

    Attributes
    ----------
    accepted
        Readings that score at least so much.
    labelled, wrong
        Those among them whose truth is known, and the wrong ones of these.
    bound
        Upper bound of the share wrong among the accepted.
    share
        Accepted among all readings.
    """

    score: float
    accepted: int
    labelled: int
    wrong: int
    bound: float
    share: float


def upper_bound(wrong: int, total: int, level: float = LEVEL) -> float:
    """One-sided upper bound of a share (Clopper & Pearson 1934); 1 when nothing was counted.

    Raises
    ------
    ValueError
        Not 0 <= `wrong` <= `total`, or `level` is not between 0 and 1.
    """
    if not 0 <= wrong <= total or not 0 < level < 1:
        raise ValueError(f"{wrong} of {total} at level {level} is no share")
    if wrong == total:
        return 1.0
    return float(betaincinv(wrong + 1, total - wrong, level))


def lower_bound(wrong: int, total: int, level: float = LEVEL) -> float:
    """One-sided lower bound of a share; 0 when nothing was counted."""
    return 1 - upper_bound(total - wrong, total, level)


def lowest_threshold(evidence: LabelledScores, target_error: float, level: float = LEVEL) -> Threshold | None:
    """The lowest score from which on the share wrong is proven to be at most the target error.

    Candidates are tested from the highest score down, from a first start and again from later ones. Every start has a
    part of the chance 1 - `level` of being wrong, and a candidate that passes hands what it was tested with on to the
    next (the fallback procedure, Wiens 2003; without handing on, the fixed sequences from several starts in
    Angelopoulos et al., *Learn then Test*, 2021, after Geifman & El-Yaniv 2017). So a few wrong among the very surest
    do not end the search: it begins anew where there are enough readings to bear them.

    Starts, order and grid depend on scores only. Take those candidates that exceed the target error, and the first of
    them that passes. None before it passed, and what does not pass hands nothing on: so what it was tested with comes
    from the starts behind the one before it. These are different starts for each, and all starts have 1 - `level`
    together: that bounds the chance that any passes, however many there are. A search from the low end has no bound.

    The first start has enough readings to bear two errors, or else a quarter of all, or as many as prove anything
    without any error. Later ones, at a half and at three quarters, have half of the chance between them; those that
    could not bear two errors are left out, and where none is left the first one has all.

    The bound of one candidate. Of the readings above it, N_s stood by the machine's word and N_r went to people, so
    their share wrong is (N_s p_s + N_r p_r) / (N_s + N_r). The labelled of either stratum are a random sample of it:
    the audit's by its hash, the others since people work them off in an order that does not depend on whether the
    machine was right. So p_s and p_r lie each below its own exact binomial bound (Clopper & Pearson 1934) but for a
    chance of (1 - `level`) / 2, both together but for 1 - `level` (Bonferroni), and the mixture of the bounds bounds
    the mixture. Sampling without replacement only makes the bound safer. Where all readings are of one stratum, that
    one has the whole 1 - `level`.

    The edge. A bound of the whole says little of the least sure that are accepted: a thousand that are never wrong pay
    for fifty that are wrong one time in twenty. Of the candidates that pass, the lowest is chosen at whose edge no more
    than `EDGE` times the target error were wrong: neither of the least sure tenth, nor of half that, nor of a quarter,
    and so on down to as many as bear one error. Five times keeps a value at the edge about as sure as one that a single
    person keyed. All candidates that pass are proven together, so any of them may be chosen.

    Groups. Where a value's group at a coarser level is accepted, most values are sure themselves, and these would pay
    for those that are not, for whose sake the level is there. So of the groups that score enough though their values do
    not, no more than `EDGE` times the target error were wrong either, and as many were seen as bear one error.

    Parameters
    ----------
    target_error
        Largest share wrong among the accepted, 0..1.

    Returns
    -------
    Threshold or None
        None where no threshold keeps it: too many errors, on the whole or at the edge, or too few readings to prove
        anything (with none wrong it takes about ``3 / target_error`` of them).
    """
    if not len(evidence.scores):
        return None
    counts = count_above(evidence)
    passed = _passed(counts, _starts(counts, target_error, 1 - level), target_error)
    sound = [i for i in passed if _is_sound(evidence, counts, i, target_error)]
    if not sound:
        return None
    best = sound[-1]
    accepted, labelled, wrong = (int(a[:, best].sum()) for a in (counts.readings, counts.labelled, counts.wrong))
    bound = float(counts.bounds(level, counts.wrong)[best])
    return Threshold(float(counts.scores[best]), accepted, labelled, wrong, bound, accepted / len(evidence.scores))


def _is_sound(evidence: LabelledScores, counts: CountsAbove, i: int, target_error: float) -> bool:
    """Whether the edge of a candidate is sound, and so are the groups that it accepts of doubtful values."""
    if not _is_edge_sound(counts, i, target_error):
        return False
    if evidence.value_scores is None:
        return True
    lifted = evidence.lifted(float(counts.scores[i]))
    seen = int(lifted.labelled.sum())
    if seen < ceil(1 / (EDGE * target_error)):
        return False
    return count_above(lifted).edge_error(-1, seen) <= EDGE * target_error * (1 + 1e-9)


def _is_edge_sound(counts: CountsAbove, i: int, target_error: float) -> bool:
    """Whether of the least sure readings down to a candidate not too many were wrong, however many are looked at."""
    fewest, tenth = ceil(1 / (EDGE * target_error)), int(_EDGE_SHARE * counts.labelled[:, i].sum())
    sizes = [fewest]
    while 2 * sizes[-1] <= tenth:
        sizes.append(2 * sizes[-1])
    return all(counts.edge_error(i, size) <= EDGE * target_error * (1 + 1e-9) for size in (*sizes, max(fewest, tenth)))


def _starts(counts: CountsAbove, target_error: float, miss: float) -> dict[int, float]:
    """Indices of the candidates at which the search begins, and the part of the chance `miss` that each has.

    Empty where too few are labelled for any proof.
    """
    part = miss / 2 / len(_LATER)
    borne = _provable(counts, target_error, part, _SPARE)
    later = [i for i in _places(counts, _LATER) if borne[i]]
    rest = miss - part * len(later)
    flawless = _provable(counts, target_error, rest, 0)
    if not flawless.any():
        return {}
    bearing = np.append(_provable(counts, target_error, rest, _SPARE), True)
    first = max(int(flawless.argmax()), min(int(bearing.argmax()), *_places(counts, [_FIRST])))
    return {first: rest} | {i: part for i in later if i > first}


def _provable(counts: CountsAbove, target_error: float, miss: float, wrong: int) -> NDArray[np.bool_]:
    """Whether each candidate would pass if so many were wrong."""
    bounds = counts.bounds(1 - miss, np.minimum(counts.labelled, wrong))
    return np.asarray(bounds <= target_error)


def _places(counts: CountsAbove, shares: Sequence[float]) -> list[int]:
    """Indices of the first candidates that at least such shares of all readings reach."""
    total = counts.readings.sum(axis=0)
    return [int(i) for i in np.searchsorted(total, np.multiply(shares, total[-1]))]


def _passed(counts: CountsAbove, starts: Mapping[int, float], target_error: float) -> list[int]:
    """Indices of the candidates that are proven, from the highest score down."""

    @cache
    def bounds(miss: float) -> NDArray[np.float64]:
        return counts.bounds(1 - miss, counts.wrong)

    if not starts:
        return []
    passed: list[int] = []
    handed = 0.0
    for i in sorted({*np.linspace(min(starts), len(counts.scores) - 1, GRID).round().astype(int).tolist(), *starts}):
        miss = handed + starts.get(i, 0.0)
        proven = miss > 0 and bounds(miss)[i] <= target_error
        handed = miss if proven else 0.0
        passed += [i] if proven else []
    return passed
