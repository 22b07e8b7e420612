"""From a reader's score to a probability, and to the decision whether a person must look.

Calibrations are data: measured on labelled scans, frozen in ``ocr/data/calibration.json``, one entry for each reader
and kind of field. What was never measured is never accepted.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import ArrayLike, NDArray
from pydantic import BaseModel, ConfigDict, ValidationError
from scipy.optimize import isotonic_regression

from ocr.confidence.threshold import LEVEL, Threshold, smallest_threshold
from ocr.errors import BadInputError
from ocr.form import Entry, FieldSpec
from ocr.reading import FieldState

CALIBRATION = Path(__file__).parent.parent / "data" / "calibration.json"
PROMISE = 0.003
"""Largest share wrong among accepted values of a field, by default."""

STRICT_PROMISE = 0.0014
"""The same where a wrong value changes the main tables."""

LINK_PROMISE = 0.01
"""The same for the printed serial number: in no table, a wrong one only fails to find the card's other side."""

PROMISES = (STRICT_PROMISE, PROMISE, LINK_PROMISE)

STRICT_FIELDS = frozenset({"sex", "residence_region", "crossing_date", "birth_date"})


def promise(field: str) -> float:
    """Largest share wrong that is promised for accepted values of a field."""
    if field == "card_no":
        return LINK_PROMISE
    return STRICT_PROMISE if field in STRICT_FIELDS else PROMISE


def kind_of(spec: FieldSpec, state: FieldState) -> str:
    """The kind under which readings are calibrated together.

    Empty zones are judged by their ink, not by their text, so they have a kind of their own; so have marks on printed
    words, which are harder to see than marks in boxes.
    """
    kind = "word" if spec.options and spec.options[0].style == "word" else spec.kind.value
    source = "" if spec.entry is Entry.HAND else f"{spec.entry.value} "
    empty = " empty" if state is FieldState.EMPTY else ""
    return f"{source}{kind}{empty}"


@dataclass(frozen=True)
class Sample:
    """One reading on a labelled scan: who read what kind of field, how sure, and was the value right?"""

    reader: str
    kind: str
    score: float
    right: bool


@dataclass(frozen=True)
class Verdict:
    """Probability that a value is right, and whether it stands without a person."""

    probability: float
    accepted: bool


class Judge(Protocol):
    """Says what a score is worth."""

    def judge(self, reader: str, spec: FieldSpec, state: FieldState, score: float) -> Verdict:
        """Probability that the value is right, and whether it stands without a person."""
        ...


class Uncalibrated:
    """Passes raw scores through and accepts nothing: for measuring."""

    def judge(self, reader: str, spec: FieldSpec, state: FieldState, score: float) -> Verdict:
        """The score itself."""
        return Verdict(score, False)


class Kept(BaseModel):
    """A promise and the threshold that keeps it; None where nothing may be accepted."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    promise: float
    threshold: Threshold | None


class Scale(BaseModel):
    """How one reader's scores on one kind of field turn into probabilities.

    Attributes
    ----------
    count, wrong
        Readings it was measured on, and the wrong ones among them.
    scores, probabilities
        Corners of a rising, piecewise linear function; level outside.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    reader: str
    kind: str
    count: int
    wrong: int
    scores: tuple[float, ...]
    probabilities: tuple[float, ...]
    kept: tuple[Kept, ...]

    def threshold(self, promise: float) -> Threshold | None:
        """The threshold of the strictest promise that is at least as strict as this one."""
        fitting = [k for k in self.kept if k.promise <= promise * (1 + 1e-9)]
        return max(fitting, key=lambda k: k.promise).threshold if fitting else None


class Calibration(BaseModel):
    """All scales, with where they come from.

    Attributes
    ----------
    made
        Day they were measured.
    data
        What they were measured on, in words.
    level
        Confidence level of the bounds.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    made: date
    data: str
    level: float = LEVEL
    scales: tuple[Scale, ...] = ()

    @cached_property
    def _by_key(self) -> dict[tuple[str, str], Scale]:
        return {(s.reader, s.kind): s for s in self.scales}

    def judge(self, reader: str, spec: FieldSpec, state: FieldState, score: float) -> Verdict:
        """What a score is worth; a reader without data on this kind of field is worth nothing."""
        scale = self._by_key.get((reader, kind_of(spec, state)))
        if scale is None or state is FieldState.UNREAD:
            return Verdict(0.0, False)
        probability = float(np.interp(score, scale.scores, scale.probabilities))
        threshold = scale.threshold(promise(spec.name))
        return Verdict(probability, threshold is not None and score >= threshold.score)


def isotonic(scores: ArrayLike, right: ArrayLike) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Fit a rising function from score to the share right, by pooling adjacent violators.

    Method of Zadrozny & Elkan (KDD 2002). Each pooled block's share counts half a right and half a wrong reading
    more, so that a few readings without error do not claim certainty.

    Parameters
    ----------
    scores, right
        (N,) scores and bool, N at least 1.

    Returns
    -------
    ndarray, ndarray
        Corners (M,) of the function: rising scores, and probabilities that never fall.
    """
    order = np.argsort(np.asarray(scores, dtype=np.float64), kind="stable")
    x = np.asarray(scores, dtype=np.float64)[order]
    distinct, starts = np.unique(x, return_index=True)
    hits = np.add.reduceat(np.asarray(right, dtype=np.float64)[order], starts)
    counts = np.diff(np.append(starts, len(x))).astype(np.float64)
    edges = np.asarray(isotonic_regression(hits / counts, weights=counts).blocks)
    hits, counts = np.add.reduceat(hits, edges[:-1]), np.add.reduceat(counts, edges[:-1])
    shares = np.maximum.accumulate((hits + 0.5) / (counts + 1))
    ends = np.c_[distinct[edges[:-1]], distinct[edges[1:] - 1]].reshape(-1)
    corners, first = np.unique(ends, return_index=True)
    return corners, np.repeat(shares, 2)[first]


def fit(
    samples: Iterable[Sample],
    *,
    made: date,
    data: str,
    promises: Iterable[float] = PROMISES,
) -> Calibration:
    """Measure scales and thresholds on labelled readings."""
    groups: dict[tuple[str, str], list[Sample]] = {}
    for sample in samples:
        groups.setdefault((sample.reader, sample.kind), []).append(sample)
    wanted = tuple(sorted(promises))
    scales = tuple(_scale(*key, group, wanted) for key, group in sorted(groups.items()))
    return Calibration(made=made, data=data, scales=scales)


def _scale(reader: str, kind: str, group: list[Sample], promises: tuple[float, ...]) -> Scale:
    scores, right = [s.score for s in group], [s.right for s in group]
    corners, probabilities = isotonic(scores, right)
    return Scale(
        reader=reader,
        kind=kind,
        count=len(group),
        wrong=right.count(False),
        scores=tuple(corners.tolist()),
        probabilities=tuple(probabilities.round(6).tolist()),
        kept=tuple(Kept(promise=p, threshold=smallest_threshold(scores, right, p)) for p in promises),
    )


def load_calibration(path: Path = CALIBRATION) -> Calibration:
    """Read a calibration; where the file is missing nothing is calibrated, so nothing is accepted.

    Raises
    ------
    BadInputError
        The file is not a calibration.
    """
    if not path.exists():
        return Calibration(made=date.min, data="nothing has been measured")
    try:
        return Calibration.model_validate_json(path.read_text("utf-8"))
    except (OSError, ValidationError, UnicodeDecodeError) as error:
        raise BadInputError(f"{path} is not a calibration: {error}") from error


def save_calibration(calibration: Calibration, path: Path = CALIBRATION) -> None:
    """Write a calibration as JSON."""
    path.write_text(calibration.model_dump_json(indent=1) + "\n", "utf-8")
