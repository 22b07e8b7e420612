"""Figures over many scored pages: what `migcards evaluate` prints."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from ocr.confidence.curve import CurvePoint, expected_calibration_error, risk_curve
from ocr.confidence.threshold import upper_bound
from ocr.evaluation.score import FieldScore, PageScore
from ocr.reading import Refusal

WITHIN_MM = 0.3


@dataclass(frozen=True)
class FieldFigures:
    """One row of the table by field.

    Attributes
    ----------
    exact
        Share of fields whose value is right, an unread field counting as wrong.
    cer
        Character error rate of the raw text; None for marks and for fields nobody wrote in.
    accepted
        Share accepted without a person.
    wrong
        Share wrong among the accepted; None when none is accepted.
    wrong_bound
        Upper 95 % bound of `wrong` (Clopper & Pearson 1934).
    ece
        Expected calibration error of the probabilities of fields that were read.
    """

    name: str
    count: int
    exact: float
    cer: float | None
    accepted: float
    wrong: float | None
    wrong_bound: float | None
    ece: float | None
    curve: tuple[CurvePoint, ...]


@dataclass(frozen=True)
class Registered:
    """How well readable cards were found.

    Attributes
    ----------
    within
        Cards whose zones' corners lie, on average, within `WITHIN_MM` of the truth.
    median_mm, p99_mm, worst_mm
        Of that average, over cards.
    corners_within, farthest_mm
        Share of single corners within `WITHIN_MM`, and the farthest of all.
    """

    readable: int
    read: int
    wrong_form: int
    wrong_rotation: int
    within: int
    median_mm: float
    p99_mm: float
    worst_mm: float
    corners_within: float
    farthest_mm: float


@dataclass(frozen=True)
class Evaluation:
    """All figures of one evaluation.

    Attributes
    ----------
    refusals
        (expected, outcome) to count, over all pages.
    ticks, wrong_ticks
        Tick boxes of accepted mark fields, and those among them seen wrongly.
    """

    pages: int
    registered: Registered
    refusals: dict[tuple[str, str], int]
    ticks: int
    wrong_ticks: int
    by_field: tuple[FieldFigures, ...]
    by_kind: tuple[FieldFigures, ...]


def summarise(pages: Sequence[PageScore]) -> Evaluation:
    """Figures of scored pages."""
    fields = [field for page in pages if page.expect == "read" and page.right_form for field in page.fields]
    marks = [field for field in fields if field.boxes and field.accepted]
    return Evaluation(
        pages=len(pages),
        registered=_registered(pages),
        refusals=dict(sorted(Counter((page.expect, page.outcome) for page in pages).items())),
        ticks=sum(field.boxes for field in marks),
        wrong_ticks=sum(field.wrong_boxes for field in marks),
        by_field=tuple(figures(name, group) for name, group in _grouped(fields, "field")),
        by_kind=tuple(figures(name, group) for name, group in _grouped(fields, "kind")),
    )


def _grouped(fields: Iterable[FieldScore], by: str) -> list[tuple[str, list[FieldScore]]]:
    groups: dict[str, list[FieldScore]] = {}
    for field in fields:
        groups.setdefault(getattr(field, by), []).append(field)
    return sorted(groups.items())


def figures(name: str, group: Sequence[FieldScore]) -> FieldFigures:
    """Figures of one group of fields, which must not be empty."""
    accepted = [field for field in group if field.accepted]
    wrong = sum(not field.right for field in accepted)
    length = sum(field.length for field in group)
    read = [field for field in group if field.read]
    probabilities = np.array([field.probability for field in read])
    right = np.array([field.right for field in read], dtype=bool)
    return FieldFigures(
        name=name,
        count=len(group),
        exact=sum(field.right for field in group) / len(group),
        cer=sum(field.errors for field in group) / length if length else None,
        accepted=len(accepted) / len(group),
        wrong=wrong / len(accepted) if accepted else None,
        wrong_bound=upper_bound(wrong, len(accepted)) if accepted else None,
        ece=expected_calibration_error(probabilities, right) if read else None,
        curve=risk_curve(probabilities, right) if read else (),
    )


def _registered(pages: Sequence[PageScore]) -> Registered:
    readable = [page for page in pages if page.expect == "read"]
    read = [page for page in readable if page.outcome == "read"]
    offsets = np.array([page.offset_mm for page in read if page.right_form]) if read else np.zeros(0)
    corners = np.array([d for page in read for field in page.fields for d in field.offsets_mm])
    some = len(offsets) > 0
    return Registered(
        readable=len(readable),
        read=len(read),
        wrong_form=sum(not page.right_form for page in read),
        wrong_rotation=sum(not page.right_rotation for page in read),
        within=int((offsets <= WITHIN_MM).sum()),
        median_mm=float(np.median(offsets)) if some else 0.0,
        p99_mm=float(np.percentile(offsets, 99)) if some else 0.0,
        worst_mm=float(offsets.max()) if some else 0.0,
        corners_within=float((corners <= WITHIN_MM).mean()) if some else 0.0,
        farthest_mm=float(corners.max()) if some else 0.0,
    )


def refused_rightly(evaluation: Evaluation) -> tuple[int, int]:
    """Unreadable pages, and those of them refused for the right reason."""
    unreadable = {key: n for key, n in evaluation.refusals.items() if key[0] in set(Refusal)}
    return sum(unreadable.values()), sum(n for (expected, outcome), n in unreadable.items() if expected == outcome)
