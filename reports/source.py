"""The queries behind the tables. The database counts; only the counts come here, so memory does not grow."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, FromClause, Integer, case, false, func, select
from sqlalchemy.orm import Session

from reports.period import Period
from store.tables import Record, RecordValue, Scan

records = Record.__table__
scans = Scan.__table__
beside = RecordValue.__table__

_CROSSES = records.c.direction != ""
"""Cards of other forms than departures and returns count in no table."""


def within(period: Period) -> ColumnElement[bool]:
    """Condition that a record is of a crossing, and its date lies in the period."""
    return _CROSSES & records.c.crossing_date.between(period.start, period.end)


def count_by(session: Session, columns: Sequence[str], *conditions: ColumnElement[bool]) -> list[tuple[Any, ...]]:
    """Number of records for each combination of values: tuples of the columns' values, then the number.

    A name that is no column of the records is that of a variable kept beside them; only records that have it count.
    """
    keys: list[ColumnElement[Any]] = []
    source: FromClause = records
    for name in columns:
        if name in records.c:
            keys.append(records.c[name])
        else:
            one = beside.alias()
            source = source.join(one, (one.c.card_id == records.c.card_id) & (one.c.variable == name))
            keys.append(one.c.value)
    query = select(*keys, func.count()).select_from(source).where(*conditions).group_by(*keys)
    return [tuple(row) for row in session.execute(query)]


def undated(session: Session) -> dict[str, int]:
    """Number of records without a settled crossing date, by direction."""
    found = count_by(session, ["direction"], _CROSSES, records.c.crossing_date.is_(None))
    return {"D": 0, "A": 0} | dict(found)


def daily(session: Session, period: Period) -> list[tuple[date, str, int]]:
    """(day, direction, number of records) for the days that have any."""
    keys = (records.c.crossing_date, records.c.direction)
    query = select(*keys, func.count()).where(within(period)).group_by(*keys)
    return [(day, direction, number) for day, direction, number in session.execute(query)]


def answers(
    session: Session, period: Period, fields: Sequence[str], empty: Collection[str]
) -> dict[str, dict[str, tuple[int, int, int, int]]]:
    """By direction and field: cards, those left empty, those not in the dictionary, those not settled.

    A number is either there or not settled: its column tells no more.
    """
    sums: list[ColumnElement[int]] = []
    for name in fields:
        value = records.c[name]
        wanted = [value.in_(empty), value == "?", value.is_(None)]
        if isinstance(value.type, Integer):
            wanted[:2] = [false(), false()]
        sums += [func.sum(case((condition, 1), else_=0)) for condition in wanted]
    query = select(records.c.direction, func.count(), *sums).where(within(period))
    found: dict[str, dict[str, tuple[int, int, int, int]]] = {}
    for direction, cards, *numbers in session.execute(query.group_by(records.c.direction)):
        triples = zip(numbers[::3], numbers[1::3], numbers[2::3], strict=True)
        found[direction] = {name: (cards, *triple) for name, triple in zip(fields, triples, strict=True)}
    return found


def sheets(session: Session) -> list[tuple[str, str | None, int]]:
    """(outcome, reason, number) of all scans."""
    query = select(scans.c.outcome, scans.c.reason, func.count()).group_by(scans.c.outcome, scans.c.reason)
    return [(outcome, reason, number) for outcome, reason, number in session.execute(query)]
