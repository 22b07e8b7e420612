"""What a decision says about a reading: whether its value, and its group at each coarser level, was right. Pure.

A field that waited was decided blind, so its decision is a label. A value that stood, or its group at a coarser level,
has one only if it was drawn for the audit: that somebody corrected it is no random sample, and would make the reader
look worse than it is.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from ocr.confidence.values import canonical
from ocr.forms.codebook import Coarser
from ocr.forms.definition import FieldSpec, Form
from ocr.lexicon.levels import code_at
from ocr.reading import LevelReading, Why, settled_level
from store.card_state import Decided, StoredReading, in_force

BY_SCORE = frozenset({Why.NOT_SURE, Why.STOPPED, Why.UNMEASURED, Why.AUDIT})
"""Reasons to wait that follow from the score; a field that waits for another one would wait at any threshold."""

NOT_BLIND = ("prefilled", "group")
"""What was shown where the machine's reading was in sight."""


@dataclass(frozen=True)
class ReadingLabel:
    """Whether a reading was right.

    Attributes
    ----------
    level
        The coarser level at which it is judged, with its score there; None where its value is.
    right
        None where nobody has looked.
    stood
        Whether it stood when it was read, so that only the audit looks at it.
    """

    level: LevelReading | None
    right: bool | None
    stood: bool


@dataclass(frozen=True)
class FieldLabel:
    """The outcome of an audit: a label of a reading that stood, and the decision from which it is."""

    field: str
    level: str
    reading_id: int
    decision_id: int
    right: bool


def stood(review: Sequence[str]) -> bool:
    """Whether the machine's value stood when it was read: nobody was to look, or only the audit."""
    return set(review) <= {Why.AUDIT}


def is_by_score(review: Sequence[str]) -> bool:
    """Whether a threshold decides about a reading, or about its group at some level."""
    return set(review) <= BY_SCORE | {Why.AMBIGUOUS}


def labels(
    spec: FieldSpec, value: str, review: Sequence[str], levels: Sequence[LevelReading], decision: Decided | None
) -> Iterator[ReadingLabel]:
    """Labels of a reading and of what it says at coarser levels, by the blind decision in force if there is one."""
    audited, stands = Why.AUDIT in review, stood(review)
    if Why.AMBIGUOUS not in review:
        known = decision if not stands or audited else None
        right = None if known is None else canonical(spec, value) == canonical(spec, known.value or "")
        yield ReadingLabel(None, right, stands)
    settled = settled_level(levels, review)
    for one in levels:
        stands = stands or one == settled
        known = decision if not stands or audited else None
        right = None if known is None else code_at(spec, Coarser(one.level), known.value or "") == one.code
        yield ReadingLabel(one, right, stands)


def audit_labels(form: Form, readings: Mapping[str, StoredReading], log: Sequence[Decided]) -> Iterator[FieldLabel]:
    """What the audits of a card found, one for each value and each group that stood."""
    if not any(decision.kind == "audit" for decision in log):
        return
    for field, decision in in_force(log).items():
        read = readings.get(field)
        if read is None or read.value is None or decision.shown in NOT_BLIND or not is_by_score(read.review):
            continue
        for label in labels(form.by_name[field], read.value, read.review, read.levels, decision):
            if label.stood and label.right is not None:
                level = label.level.level if label.level else ""
                yield FieldLabel(field, level, read.id, decision.id, label.right)
