"""What every sheet that was scanned is, one thing each, so that these add up to the sheets; the database counts."""

from __future__ import annotations

from collections import Counter
from typing import Any

from sqlalchemy import ColumnElement, FromClause, case, exists, func, select
from sqlalchemy.orm import Session

from reports.period import Period
from reports.source import records, within
from store.batch_account import NO_CARD
from store.queries import AnySelect
from store.tables import Batch, Card, Record, Run, Scan

OPEN = _WAITING, _SETTLED = "cards_waiting", "cards_settled"
"""Finer names of a sheet that has a record: whether anything of its card waits for people."""


def whole(session: Session, period: Period) -> Counter[tuple[str, str]]:
    """Sheets by what they are and by its finer name.

    Millions of sheets are not joined to their records: one that was read is a card, of which an index of the records
    says when it crossed, and a card without a record was scanned before.
    """
    unread = sheets(Scan.outcome.in_(("cover", "refused", "back")), kind_of(period), part_of())
    queries = unread, _with_record(period)
    found = Counter({(kind, part): int(n) for query in queries for kind, part, n in session.execute(query)})
    again = _number(session, Scan.outcome == "read") - sum(n for (_, part), n in found.items() if part in OPEN)
    replaced = _number(session, Card.replaced_by.is_not(None), ~exists().where(Record.card_id == Card.id))
    return found + Counter({("scanned_again", "replaced"): replaced, ("scanned_again", "duplicate"): again - replaced})


def _with_record(period: Period) -> AnySelect:
    """Number of sheets that have a record; an index is counted by day, and what the days mean is said of few rows."""
    keys = (records.c.crossing_first, records.c.crossing_last, records.c.direction, records.c.pending)
    days = select(*keys, func.count().label("cards")).group_by(*keys).subquery()
    named = select(_crossing(period, days).label("kind"), _open(days).label("part"), days.c.cards).subquery()
    return select(named.c.kind, named.c.part, func.sum(named.c.cards)).group_by(named.c.kind, named.c.part)


def _number(session: Session, *conditions: ColumnElement[bool]) -> int:
    return session.scalar(select(func.count()).where(*conditions)) or 0


def sheets(only: ColumnElement[bool], *keys: ColumnElement[Any]) -> AnySelect:
    """Number of sheets by keys, with their card, its record, their batch and their run, as far as there are any."""
    named = [key.label(f"key_{i}") for i, key in enumerate(keys)]
    query = select(*named).select_from(Scan).where(only).outerjoin(Card, Card.scan_id == Scan.id)
    query = query.outerjoin(Record, Record.card_id == Card.id).outerjoin(Batch, Batch.id == Scan.batch_id)
    return _number_by(query.outerjoin(Run, Run.id == Scan.run_id))


def _number_by(each: AnySelect) -> AnySelect:
    """Number of rows that are alike; of a subquery, since PostgreSQL does not take the same bound values for alike."""
    rows = each.subquery()
    return select(*rows.c, func.count()).group_by(*rows.c)


def kind_of(period: Period) -> ColumnElement[str]:
    """What a sheet is; the first that holds."""
    return case(
        (Scan.outcome == "cover", "cover"),
        (Scan.rescanned_by.is_not(None), "scanned_again"),
        ((Scan.outcome == "back") | Scan.reason.in_(list(NO_CARD)), "without_card"),
        (Scan.outcome == "refused", "refused"),
        (Record.card_id.is_(None), "scanned_again"),
        else_=_crossing(period),
    )


def _crossing(period: Period, of: FromClause = records) -> ColumnElement[str]:
    """What a sheet is that has a record, of which `of` has the columns."""
    first, last = of.c.crossing_first, of.c.crossing_last
    return case(
        (of.c.direction == "", "other_form"),
        (within(period, of), "inside"),
        ((last < period.start) | (first > period.end), "outside"),
        else_="undated",
    )


def part_of() -> ColumnElement[str]:
    """A finer name of what a sheet is: why it was refused, which scan of it counts, what is open of its card."""
    return case(
        (Scan.outcome == "cover", ""),
        (Scan.rescanned_by.is_not(None), "read_later"),
        (Scan.outcome == "back", "empty_back"),
        (Scan.outcome == "refused", Scan.reason),
        (Card.replaced_by.is_not(None), "replaced"),
        (Record.card_id.is_(None), "duplicate"),
        else_=_open(),
    )


def _open(of: FromClause = records) -> ColumnElement[str]:
    return case((of.c.pending > 0, _WAITING), else_=_SETTLED)
