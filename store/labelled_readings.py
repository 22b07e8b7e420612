"""What people's decisions say about the readers: every reading that was judged by its score, right or wrong or unknown.

What is a label of what: `store.labels`.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from ocr.confidence.fit import ScoredReading
from ocr.confidence.kinds import kind_of
from ocr.forms.codebook import Coarser
from ocr.forms.definition import FieldSpec
from ocr.reading import FieldState, LevelReading
from store.card_state import Decided, in_force
from store.labels import NOT_BLIND, is_by_score, labels
from store.queries import READ_LEVELS, READ_VALUE, AnySelect, decided, decision_log, newest_readings
from store.records import CHUNK, forms_of
from store.tables import AuditResult, Card, Decision, Reading

_JUDGED = (FieldState.READ, FieldState.EMPTY)
"""What readers were sure or unsure of; anything else waits whatever its score."""


@dataclass(frozen=True)
class LabelledReading:
    """One reading, and the field that it is of."""

    sample: ScoredReading
    spec: FieldSpec


@dataclass(frozen=True)
class Audited:
    """A reading that stood and that the audit looked at; `kind` as in `ocr.confidence.kinds`."""

    reader: str
    version: str
    kind: str
    spec: FieldSpec
    right: bool


def labelled_readings(session: Session) -> Iterator[LabelledReading]:
    """All cards' newest readings that a threshold decides about."""
    last = 0
    while ids := session.scalars(select(Card.id).where(Card.id > last).order_by(Card.id).limit(CHUNK)).all():
        yield from _of_cards(session, ids)
        last = ids[-1]


def audited(session: Session, since: datetime | None) -> list[Audited]:
    """Audited readings with their outcome, in the order in which people decided.

    Parameters
    ----------
    since
        Only what was read since then.
    """
    about = (Reading.field, Reading.state, Reading.reader, Reading.reader_version)
    query = select(Card.form_id, *about, AuditResult.level, AuditResult.right).select_from(AuditResult)
    query = query.join(Reading, Reading.id == AuditResult.reading_id).join(Card, Card.id == AuditResult.card_id)
    query = query.where(Reading.state.in_(_JUDGED), Reading.score.is_not(None))
    if since is not None:
        query = query.where(Reading.read_at >= since)
    rows = session.execute(query.order_by(AuditResult.decision_id, AuditResult.level)).all()
    forms = forms_of(session, {form_id for form_id, *_ in rows})

    @cache
    def audit(form_id: int, field: str, state: str, reader: str, version: str, level: str, right: bool) -> Audited:
        spec = forms[form_id].by_name[field]
        kind = kind_of(spec, FieldState(state), Coarser(level) if level else None)
        return Audited(reader, version, kind, spec, right)

    return [audit(*row) for row in rows]  # few are unlike the others


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
        if row.state not in _JUDGED or not is_by_score(row.review):
            continue
        decision = decisions[row.card_id].get(row.field)
        known = decision if decision is not None and decision.id in blind else None
        spec = forms[row.form_id].by_name[row.field]
        levels = tuple(LevelReading(**level) for level in row.levels or ())
        for label in labels(spec, row.value, row.review, levels, known):
            kind = kind_of(spec, FieldState(row.state), Coarser(label.level.level) if label.level else None)
            score, of_value = (label.level.score, row.score) if label.level else (row.score, None)
            about = (row.reader, row.reader_version, kind, score, label.right, label.stood, of_value)
            yield LabelledReading(ScoredReading(*about), spec)


def _readings(card_ids: Sequence[int]) -> AnySelect:
    about = (Reading.card_id, Reading.field, Reading.state, Reading.review, Reading.score)
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
