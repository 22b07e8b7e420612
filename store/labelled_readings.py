"""What people's decisions say about the readers: every reading that was judged by its score, right or wrong or unknown.

A field that waited was decided blind, so its decision is a label. A value that stood, or its group at a coarser level,
has one only if it was drawn for the audit: that somebody corrected it is no random sample, and would make the reader
look worse than it is.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from ocr.confidence.fit import ScoredReading
from ocr.confidence.kinds import kind_of
from ocr.confidence.values import canonical
from ocr.forms.codebook import Coarser
from ocr.forms.definition import FieldSpec
from ocr.lexicon.levels import code_at
from ocr.reading import FieldState, LevelReading, Why, settled_level
from store.card_state import Decided, in_force
from store.engine import AnyRow
from store.queries import READ_LEVELS, READ_VALUE, AnySelect, decided, decision_log, newest_readings
from store.records import CHUNK, forms_of
from store.tables import Card, Decision, Reading

BY_SCORE = frozenset({Why.NOT_SURE, Why.STOPPED, Why.UNMEASURED, Why.AUDIT})
"""Reasons to wait that follow from the score; a field that waits for another one would wait at any threshold."""

NOT_BLIND = ("prefilled", "group")
"""What was shown where the machine's reading was in sight."""


@dataclass(frozen=True)
class LabelledReading:
    """One reading, and the decision in force about its field if there is one.

    Attributes
    ----------
    decision_id
        In the order in which people decided.
    """

    sample: ScoredReading
    spec: FieldSpec
    read_at: datetime
    decision_id: int | None


def stood(review: Sequence[str]) -> bool:
    """Whether the machine's value stood when it was read: nobody was to look, or only the audit."""
    return set(review) <= {Why.AUDIT}


def labelled_readings(session: Session) -> Iterator[LabelledReading]:
    """All cards' newest readings that a threshold decides about."""
    last = 0
    while ids := session.scalars(select(Card.id).where(Card.id > last).order_by(Card.id).limit(CHUNK)).all():
        yield from _of_cards(session, ids)
        last = ids[-1]


def audited(session: Session, since: datetime | None) -> list[LabelledReading]:
    """Audited readings with their outcome, in the order in which people decided.

    Parameters
    ----------
    since
        Only what was read since then.
    """
    query = select(Decision.card_id).where(Decision.kind == "audit").distinct().order_by(Decision.card_id)
    if since is not None:
        query = query.where(Decision.at >= since)
    ids = session.scalars(query).all()
    chunks = (ids[i : i + CHUNK] for i in range(0, len(ids), CHUNK))
    found = [
        item
        for chunk in chunks
        for item in _of_cards(session, chunk)
        if item.sample.stood and item.sample.right is not None and (since is None or item.read_at >= since)
    ]
    return sorted(found, key=lambda item: item.decision_id or 0)


def newest_versions(session: Session) -> dict[str, str]:
    """The version of each reader that read last."""
    newest = select(func.max(Reading.id)).group_by(Reading.reader)
    query = select(Reading.reader, Reading.reader_version).where(Reading.id.in_(newest))
    return {row.reader: row.reader_version for row in session.execute(query)}


def _of_cards(session: Session, card_ids: Sequence[int]) -> Iterator[LabelledReading]:
    rows = session.execute(_readings(card_ids)).all()
    forms = forms_of(session, (row.form_id for row in rows))
    decisions, blind = blind_decisions(session, card_ids)
    for row in rows:
        if row.state not in (FieldState.READ, FieldState.EMPTY) or not set(row.review) <= BY_SCORE | {Why.AMBIGUOUS}:
            continue
        decision = decisions[row.card_id].get(row.field)
        known = decision if decision is not None and decision.id in blind else None
        spec = forms[row.form_id].by_name[row.field]
        if Why.AMBIGUOUS not in row.review:
            yield _of_value(row, spec, known)
        yield from _of_levels(row, spec, known)


def _of_value(row: AnyRow, spec: FieldSpec, decision: Decided | None) -> LabelledReading:
    """The reading as it says the value of a field."""
    stands = stood(row.review)
    label = decision if not stands or row.review else None
    right = None if label is None else canonical(spec, row.value) == canonical(spec, label.value or "")
    kind = kind_of(spec, FieldState(row.state))
    sample = ScoredReading(row.reader, row.reader_version, kind, row.score, right, stands)
    return LabelledReading(sample, spec, row.read_at, label.id if label else None)


def _of_levels(row: AnyRow, spec: FieldSpec, decision: Decided | None) -> Iterator[LabelledReading]:
    """The reading as it says the groups of the value. What stood, with its value or alone, only the audit labels."""
    levels = tuple(LevelReading(**level) for level in row.levels or ())
    settled, stands = settled_level(levels, row.review), stood(row.review)
    for one in levels:
        stands = stands or one == settled
        label = decision if not stands or Why.AUDIT in row.review else None
        level = Coarser(one.level)
        right = None if label is None else code_at(spec, level, label.value or "") == one.code
        kind = kind_of(spec, FieldState(row.state), level)
        sample = ScoredReading(row.reader, row.reader_version, kind, one.score, right, stands, row.score)
        yield LabelledReading(sample, spec, row.read_at, label.id if label else None)


def _readings(card_ids: Sequence[int]) -> AnySelect:
    about = (Reading.card_id, Reading.field, Reading.state, Reading.review, Reading.score, Reading.read_at)
    query = newest_readings(Card.form_id, *about, Reading.reader, Reading.reader_version, READ_VALUE, READ_LEVELS)
    return query.where(Reading.card_id.in_(card_ids), Reading.score.is_not(None), READ_VALUE.is_not(None))


def blind_decisions(session: Session, card_ids: Sequence[int]) -> tuple[dict[int, dict[str, Decided]], set[int]]:
    """Decisions in force by card and field, and the ids of all that were made without the machine's value in sight."""
    logs: defaultdict[int, list[Decided]] = defaultdict(list)
    blind = set()
    for row in session.execute(decision_log().where(Decision.card_id.in_(card_ids))):
        logs[row.card_id].append(decided(row))
        if row.shown not in NOT_BLIND:
            blind.add(row.id)
    return defaultdict(dict, {card_id: in_force(log) for card_id, log in logs.items()}), blind
