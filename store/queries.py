"""The two queries on which everything rests: readings and decisions with their personal halves.

A personal field's content lies in a table of its own, so every reader of readings or decisions has to join it; and a
card that was read by several editions of the software has readings of each, of which the newest hold. Both are said
here once. Columns are added by the caller; conditions too.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, TypeAlias

from sqlalchemy import ColumnElement, FromClause, Select, func, select
from sqlalchemy.orm import Session

from ocr.reading import LevelReading
from store.card_state import Decided, StoredReading
from store.engine import AnyRow
from store.tables import Card, Decision, PersonalDecision, PersonalReading, Reading, Record, RecordValue, Scan

AnySelect: TypeAlias = Select[*tuple[Any, ...]]

READ_RAW = func.coalesce(Reading.raw, PersonalReading.raw).label("raw")
READ_CANDIDATES = func.coalesce(Reading.candidates, PersonalReading.candidates).label("candidates")
READ_VALUE = func.coalesce(Reading.value, PersonalReading.value).label("value")
READ_LEVELS = func.coalesce(Reading.levels, PersonalReading.levels).label("levels")
"""What a reading says, be it personal; for `readings` and `newest_readings`."""

DECIDED_VALUE = func.coalesce(Decision.value, PersonalDecision.value).label("value")
"""What a decision says, be it personal; for `decisions`."""


def record_columns(names: Iterable[str]) -> tuple[list[ColumnElement[Any]], FromClause]:
    """Columns of the records by name, and from where to select them.

    A name that is no column of the records is that of a variable kept beside them; only records that have it are there.
    """
    records, beside = Record.__table__, RecordValue.__table__
    columns: list[ColumnElement[Any]] = []
    source: FromClause = records
    for name in names:
        if name in records.c:
            columns.append(records.c[name])
        else:
            one = beside.alias()
            source = source.join(one, (one.c.card_id == records.c.card_id) & (one.c.variable == name))
            columns.append(one.c.value)
    return columns, source


def day_of_card(session: Session, card_id: int) -> date | None:
    """The day of a card's crossing, as far as its year is settled: the first day that it may be."""
    query = select(Record.crossing_first, Record.crossing_last).where(Record.card_id == card_id)
    first, last = session.execute(query).one_or_none() or (None, None)
    return first if first and last and first.year == last.year else None


def is_unread() -> ColumnElement[bool]:
    """Whether a scan was refused and its sheet has not been scanned again."""
    return (Scan.outcome == "refused") & Scan.rescanned_by.is_(None)


def readings(*columns: Any) -> AnySelect:
    """Readings of all editions, `PersonalReading` joined."""
    return select(*columns).select_from(Reading).outerjoin(PersonalReading, PersonalReading.reading_id == Reading.id)


def newest_readings(*columns: Any) -> AnySelect:
    """Readings of the edition that holds, with their `Card`; `PersonalReading` joined."""
    return readings(*columns).join(Card, (Card.id == Reading.card_id) & (Card.edition == Reading.edition))


def decisions(*columns: Any) -> AnySelect:
    """Decisions, `PersonalDecision` joined."""
    joined = PersonalDecision.decision_id == Decision.id
    return select(*columns).select_from(Decision).outerjoin(PersonalDecision, joined)


def decision_log(*more: Any) -> AnySelect:
    """Decisions in the order in which they were made, card by card, with the columns that `decided` takes.

    Parameters
    ----------
    more
        Further columns.
    """
    columns = (Decision.id, Decision.card_id, Decision.field, DECIDED_VALUE, Decision.undoes, Decision.kind)
    query = decisions(*columns, Decision.person, Decision.policy, Decision.agrees, Decision.shown, *more)
    return query.order_by(Decision.card_id, Decision.id)


def decided(row: AnyRow) -> Decided:
    """A decision from a row of `decision_log`."""
    about = (row.kind, row.person, row.policy, row.agrees, row.shown)
    return Decided(row.id, row.field, row.value, row.undoes, *about)


def stored_reading(row: AnyRow) -> StoredReading:
    """A reading from a row with its columns."""
    levels = tuple(LevelReading(**level) for level in row.levels or ())
    candidates = tuple((one["value"], one["probability"]) for one in row.candidates or ())
    about = (tuple(row.review), row.quad, row.read_at, levels, row.probability, candidates)
    return StoredReading(row.id, row.value, *about)


@dataclass
class CardLog:
    """A card's newest readings by field, and its decisions in the order of their ids."""

    readings: dict[str, StoredReading] = field(default_factory=dict)
    log: list[Decided] = field(default_factory=list)


def card_logs(session: Session, card_ids: Sequence[int]) -> defaultdict[int, CardLog]:
    """Newest readings and all decisions of cards, personal ones with their values; locks nothing."""
    found: defaultdict[int, CardLog] = defaultdict(CardLog)
    columns = (Reading.id, Reading.card_id, Reading.field, READ_VALUE, Reading.review, Reading.quad, Reading.read_at)
    newest = newest_readings(*columns, Reading.probability, READ_CANDIDATES, READ_LEVELS)
    for row in session.execute(newest.where(Reading.card_id.in_(card_ids))):
        found[row.card_id].readings[row.field] = stored_reading(row)
    for row in session.execute(decision_log().where(Decision.card_id.in_(card_ids))):
        found[row.card_id].log.append(decided(row))
    return found
