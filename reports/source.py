"""The queries behind the tables. The database counts; only the counts come here, so memory does not grow."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Integer, case, false, func, select, true
from sqlalchemy.orm import Session

from reports.period import Period
from store.queries import record_columns
from store.record_values import GROUP
from store.tables import Record, Scan

records = Record.__table__
scans = Scan.__table__

_CROSSES = records.c.direction != ""
"""Cards of other forms than departures and returns count in no table."""


def within(period: Period) -> ColumnElement[bool]:
    """Condition that a record is of a crossing, and of all days that this may have been on each lies in the period."""
    first, last = records.c.crossing_first, records.c.crossing_last
    return _CROSSES & first.between(period.start, period.end) & (last <= period.end)


def count_by(session: Session, columns: Sequence[str], *conditions: ColumnElement[bool]) -> list[tuple[Any, ...]]:
    """Number of records for each combination of values: tuples of the columns' values, then the number.

    A name that is no column of the records is that of a variable kept beside them; only records that have it count.
    """
    keys, source = record_columns(columns)
    query = select(*keys, func.count()).select_from(source).where(*conditions).group_by(*keys)
    return [tuple(row) for row in session.execute(query)]


def undated(session: Session, period: Period) -> dict[str, int]:
    """Number of records by direction of which it is not settled whether the crossing lies in the period."""
    first, last = records.c.crossing_first, records.c.crossing_last
    open_ended = (first <= period.end) & (last >= period.start) & ((first < period.start) | (last > period.end))
    found = count_by(session, ["direction"], _CROSSES, first.is_(None) | open_ended)
    return {"D": 0, "A": 0} | dict(found)


def daily(session: Session, period: Period) -> list[tuple[date, date, str, int]]:
    """(first day, last day, direction, number of records); the days are one where the crossing's is settled."""
    keys = (records.c.crossing_first, records.c.crossing_last, records.c.direction)
    query = select(*keys, func.count()).where(within(period)).group_by(*keys)
    return [(first, last, direction, number) for first, last, direction, number in session.execute(query)]


@dataclass(frozen=True)
class Asked:
    """A column whose answers are counted.

    Attributes
    ----------
    signs
        How many signs of a group's code suffice for an answer; 0 where no group does.
    empty
        Codes that say that nothing was stated.
    """

    column: str
    signs: int
    empty: tuple[str, ...]


def answers(
    session: Session, period: Period, fields: Mapping[str, Asked]
) -> dict[str, dict[str, tuple[int, int, int, int]]]:
    """By direction and field: cards, those left empty, those not in the dictionary, those not settled.

    A number is either there or not settled: its column tells no more.
    """
    sums: list[ColumnElement[int]] = []
    for asked in fields.values():
        value, signs = records.c[asked.column], asked.signs
        wanted = [false(), false(), value.is_(None)]
        if not isinstance(value.type, Integer):
            group = value.like(f"%{GROUP}") & (func.length(value) < signs + len(GROUP) if signs else true())
            wanted = [value.in_(asked.empty), value == "?", value.is_(None) | group]
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
