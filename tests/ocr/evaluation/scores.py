"""Scored fields and pages made by hand."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from ocr.evaluation.fields import FieldScore
from ocr.evaluation.score import PageScore

PLAIN = FieldScore(
    scan="a.jpg", page=0, faults=(), source="one writer", field="occupation", kind="comb", group="occupations",
    style="comb", coded=True, state="filled", written="ПОВАР", struck="", raw="ПОВАР", value="5120", got="5120",
    decoded="5120", beside=None, accepted=False, probability=0.9, score=0.5, target_error=0.003, errors=0, length=5,
    boxes=0, wrong_boxes=0, offsets_mm=(0.1, 0.1, 0.1, 0.5),
)  # fmt: skip


def score(**changes: Any) -> FieldScore:
    """An occupation read rightly, but for the changes."""
    return replace(PLAIN, **changes)


def tick(right: bool, accepted: bool, probability: float = 0.9, boxes: int = 2) -> FieldScore:
    """A field of ticks."""
    return score(
        field="sex", kind="one_of", group="", coded=False, written="M", raw="M", value="M", got="M" if right else "F",
        decoded="M", accepted=accepted, probability=probability, length=0, boxes=boxes, wrong_boxes=0 if right else 2,
    )  # fmt: skip


def page(expect: str, outcome: str, fields: tuple[FieldScore, ...] = (), offset: float = 0.1) -> PageScore:
    """A page on its right form."""
    return PageScore("a.jpg", 0, expect, outcome, "f", True, True, offset, 0.1, (), fields)
