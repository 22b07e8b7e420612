"""Figures over many scored pages: what `migcards evaluate` prints."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ocr.evaluation.confusions import Confusion, confusions
from ocr.evaluation.doubtful import LevelFigures, by_level
from ocr.evaluation.fields import FieldScore
from ocr.evaluation.figures import FieldFigures
from ocr.evaluation.score import PageScore
from ocr.evaluation.splits import Split, split, splits
from ocr.reading import Refusal

WITHIN_MM = 0.3


@dataclass(frozen=True)
class Registered:
    """How well readable cards were found.

    Attributes
    ----------
    located
        Cards of which the truth knows where their zones lie; the figures below are about these.
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
    located: int
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
    splits
        Tables about handwriting; the first is the headline.
    by_level
        Doubtful fields that are settled at a coarser level.
    """

    pages: int
    registered: Registered
    refusals: dict[tuple[str, str], int]
    ticks: int
    wrong_ticks: int
    by_field: tuple[FieldFigures, ...]
    by_kind: tuple[FieldFigures, ...]
    splits: tuple[Split, ...]
    confusions: tuple[Confusion, ...]
    by_level: tuple[LevelFigures, ...]


def scored_fields(pages: Sequence[PageScore]) -> list[FieldScore]:
    """Fields of all pages that were read as what they are."""
    return [field for page in pages if page.expect == "read" and page.right_form for field in page.fields]


def summarise(pages: Sequence[PageScore]) -> Evaluation:
    """Figures of scored pages."""
    fields = scored_fields(pages)
    marks = [field for field in fields if field.boxes and field.accepted]
    return Evaluation(
        pages=len(pages),
        registered=_registered(pages),
        refusals=dict(sorted(Counter((page.expect, page.outcome) for page in pages).items())),
        ticks=sum(field.boxes for field in marks),
        wrong_ticks=sum(field.wrong_boxes for field in marks),
        by_field=split("by field", fields, lambda field: field.field).rows,
        by_kind=split("by kind", fields, lambda field: field.kind).rows,
        splits=splits(fields),
        confusions=confusions(fields),
        by_level=by_level(fields),
    )


def _registered(pages: Sequence[PageScore]) -> Registered:
    readable = [page for page in pages if page.expect == "read"]
    read = [page for page in readable if page.outcome == "read"]
    offsets = np.array([page.offset_mm for page in read if page.right_form and page.offset_mm is not None])
    corners = np.array([d for page in read for field in page.fields for d in field.offsets_mm])
    some = len(offsets) > 0
    return Registered(
        readable=len(readable),
        read=len(read),
        wrong_form=sum(not page.right_form for page in read),
        wrong_rotation=sum(not page.right_rotation for page in read),
        located=len(offsets),
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
