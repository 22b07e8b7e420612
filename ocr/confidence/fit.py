"""Scales and thresholds from readings whose truth is known."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ocr.confidence.calibration import Calibration, ProvenThreshold, Scale
from ocr.confidence.familiarity import learn_looks
from ocr.confidence.kinds import TARGET_ERRORS, measured_version
from ocr.confidence.labelled_scores import LabelledScores
from ocr.confidence.threshold import LEVEL, lower_bound, lowest_threshold


@dataclass(frozen=True)
class ScoredReading:
    """One reading: who read what kind of field, how sure, and was the value right?

    Attributes
    ----------
    right
        None where nobody has looked.
    stood
        Whether the machine's value stood when it was read, so that only the audit looks at it.
    value_score
        Score of the value itself where this is its group at a coarser level, else None.
    """

    reader: str
    version: str
    kind: str
    score: float
    right: bool | None
    stood: bool = False
    value_score: float | None = None


@dataclass(frozen=True)
class Key:
    """Readings that are measured together; `version` as in `Scale`."""

    reader: str
    version: str
    kind: str


def grouped(samples: Iterable[ScoredReading]) -> dict[Key, LabelledScores]:
    """Readings by reader, version and kind, in that order."""
    groups: dict[Key, list[ScoredReading]] = {}
    for sample in samples:
        key = Key(sample.reader, measured_version(sample.reader, sample.version), sample.kind)
        groups.setdefault(key, []).append(sample)
    return {key: _evidence(groups[key]) for key in sorted(groups, key=lambda k: (k.reader, k.version, k.kind))}


def _evidence(group: list[ScoredReading]) -> LabelledScores:
    return LabelledScores(
        scores=np.array([s.score for s in group]),
        right=np.array([bool(s.right) for s in group]),
        labelled=np.array([s.right is not None for s in group]),
        stood=np.array([s.stood for s in group]),
        value_scores=_value_scores(group),
    )


def _value_scores(group: list[ScoredReading]) -> NDArray[np.float64] | None:
    found = [s.value_score for s in group if s.value_score is not None]
    return np.array(found) if len(found) == len(group) else None


def fit(
    groups: Mapping[Key, LabelledScores],
    looks: Iterable[tuple[float, ...]] = (),
    *,
    made: date,
    data: str,
    target_errors: Iterable[float] = TARGET_ERRORS,
) -> Calibration:
    """Measure scales and thresholds anew.

    Parameters
    ----------
    groups
        Of one version of each reader; those without any label are left out.
    looks
        Of the cards (`ocr.confidence.familiarity`).
    target_errors
        For each of them a threshold is derived.
    """
    wanted = tuple(sorted(set(target_errors)))
    scales = tuple(_scale(key, group, wanted) for key, group in groups.items() if group.labelled.any())
    return Calibration(made=made, data=data, familiar=learn_looks(looks), scales=scales)


def refit(
    present: Calibration,
    groups: Mapping[Key, LabelledScores],
    *,
    made: date,
    data: str,
    target_errors: Iterable[float] = TARGET_ERRORS,
) -> Calibration:
    """Measure anew what people's decisions suffice for, and keep the rest of the present calibration.

    A threshold that the decisions prove replaces the present one. Where they prove none, the present one stays, unless
    the audit refutes it: the lower bound of the share wrong lies above the target error. Then nothing is accepted.
    """
    wanted = tuple(sorted(set(target_errors)))
    scales = dict(present.by_key)
    for key, group in groups.items():
        if group.labelled.any():
            old = scales.get((key.reader, key.kind))
            scales[key.reader, key.kind] = _merged(old, _scale(key, group, wanted), group)
    ordered = tuple(scales[key] for key in sorted(scales))
    return Calibration(made=made, data=data, familiar=present.familiar, scales=ordered)


def carried_over(present: Calibration, versions: Mapping[str, str]) -> Calibration:
    """The present calibration with readers in another version, whose scores are taken to mean what they meant.

    For a network that was fitted a little further: a beginning for `refit`, which replaces what labels suffice for and
    takes away what they refute.

    Parameters
    ----------
    versions
        New version of each reader, as in `Scale`.
    """
    scales = (
        scale.model_copy(update={"version": versions.get(scale.reader, scale.version)}) for scale in present.scales
    )
    return present.model_copy(update={"scales": tuple(scales)})


def _merged(old: Scale | None, new: Scale, group: LabelledScores) -> Scale:
    if old is None or old.version != new.version:
        return new
    proven = any(k.threshold for k in new.kept)
    kept = tuple(k if k.threshold else _unrefuted(old, k.target_error, group) for k in new.kept)
    return (new if proven else old).model_copy(update={"kept": kept})


def _unrefuted(old: Scale, target_error: float, group: LabelledScores) -> ProvenThreshold:
    """The present threshold for a target error, unless the labelled readings above it show that it is exceeded."""
    threshold = old.threshold(target_error)
    if threshold is None:
        return ProvenThreshold(target_error=target_error, threshold=None)
    seen = group.labelled & group.stood & (group.scores >= threshold.score)
    refuted = lower_bound(int((seen & ~group.right).sum()), int(seen.sum())) > target_error
    return ProvenThreshold(target_error=target_error, threshold=None if refuted else threshold)


def _scale(key: Key, group: LabelledScores, target_errors: tuple[float, ...]) -> Scale:
    known = group.labelled
    corners, probabilities = isotonic(group.scores[known], group.right[known], group.weights[known])
    return Scale(
        reader=key.reader,
        version=key.version,
        kind=key.kind,
        count=len(known),
        labelled=int(known.sum()),
        wrong=int((known & ~group.right).sum()),
        scores=tuple(corners.tolist()),
        probabilities=tuple(probabilities.round(6).tolist()),
        kept=tuple(ProvenThreshold(target_error=p, threshold=lowest_threshold(group, p, LEVEL)) for p in target_errors),
    )


def isotonic(
    scores: ArrayLike, right: ArrayLike, weights: ArrayLike | None = None
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Fit a rising function from score to the share right, by pooling adjacent violators.

    Method of Zadrozny & Elkan (KDD 2002). Each pooled block's share counts half a right and half a wrong reading
    more, so that a few readings without error do not claim certainty; of weighted readings a block counts as many as
    they are worth (Kish's effective sample size).

    Parameters
    ----------
    scores, right
        (N,) scores and bool, N at least 1.
    weights
        (N,) how many readings each speaks for, more than 0; 1 if not given.

    Returns
    -------
    ndarray, ndarray
        Corners (M,) of the function: rising scores, and probabilities that never fall.
    """
    from scipy.optimize import isotonic_regression  # here: reading, which loads this module too, needs none

    order = np.argsort(np.asarray(scores, dtype=np.float64), kind="stable")
    x = np.asarray(scores, dtype=np.float64)[order]
    w = np.ones(len(x)) if weights is None else np.asarray(weights, dtype=np.float64)[order]
    distinct, starts = np.unique(x, return_index=True)
    sums = np.stack([w * np.asarray(right, dtype=np.float64)[order], w, w * w])
    hits, total, squares = np.add.reduceat(sums, starts, axis=1)
    edges = np.asarray(isotonic_regression(hits / total, weights=total).blocks)
    hits, total, squares = np.add.reduceat(np.stack([hits, total, squares]), edges[:-1], axis=1)
    worth = total**2 / squares
    shares = np.maximum.accumulate((hits / total * worth + 0.5) / (worth + 1))
    ends = np.c_[distinct[edges[:-1]], distinct[edges[1:] - 1]].reshape(-1)
    corners, first = np.unique(ends, return_index=True)
    return corners, np.repeat(shares, 2)[first]
