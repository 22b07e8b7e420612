"""The queries behind the tables. The database counts; only the counts come here, so memory does not grow."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import astuple, dataclass
from datetime import date
from operator import add
from typing import Any

from sqlalchemy import ColumnElement, FromClause, Integer, case, false, func, select, true
from sqlalchemy.orm import Session

from ocr.forms.codebook import Role, codebook
from reports.levels import NOT_CLASSIFIED
from reports.period import Period
from reports.specs import Spec
from store.queries import record_columns
from store.record_values import BORN_LATER, GROUP, TOO_OLD
from store.tables import Record

records = Record.__table__

PURPOSE = codebook().column_of(Role.PURPOSE)

_CROSSES = records.c.direction != ""
"""Cards of other forms than departures and returns count in no table."""


def within(period: Period, of: FromClause = records) -> ColumnElement[bool]:
    """Condition that a record is of a crossing, and of all days that this may have been on each lies in the period.

    Parameters
    ----------
    of
        Whose columns are asked.
    """
    first, last = of.c.crossing_first, of.c.crossing_last
    return (of.c.direction != "") & first.between(period.start, period.end) & (last <= period.end)


def only(spec: Spec) -> list[ColumnElement[bool]]:
    """Conditions for the cards that a table is about, besides the period."""
    return [records.c[name].in_(wanted) for name, wanted in spec.fixed.items()]


def count_by(session: Session, columns: Sequence[str], *conditions: ColumnElement[bool]) -> list[tuple[Any, ...]]:
    """Number of records for each combination of values: tuples of the columns' values, then the number.

    A name that is no column of the records is that of a variable kept beside them; only records that have it count.
    """
    keys, source = record_columns(columns)
    query = select(*keys, func.count()).select_from(source).where(*conditions).group_by(*keys)
    return [tuple(row) for row in session.execute(query)]


def undated(session: Session, period: Period, *conditions: ColumnElement[bool]) -> dict[str, int]:
    """Number of records by direction of which it is not settled whether the crossing lies in the period."""
    first, last = records.c.crossing_first, records.c.crossing_last
    earliest = date(period.start.year, 1, 1)  # the days that a crossing may have been on lie in one year
    open_ended = first.between(earliest, period.end) & (last >= period.start)
    open_ended &= (first < period.start) | (last > period.end)
    found = count_by(session, ["direction"], _CROSSES, first.is_(None) | open_ended, *conditions)
    return {"D": 0, "A": 0} | dict(found)


def daily(session: Session, period: Period, *conditions: ColumnElement[bool]) -> list[tuple[date, date, str, int]]:
    """(first day, last day, direction, number of records); the days are one where the crossing's is settled."""
    keys = (records.c.crossing_first, records.c.crossing_last, records.c.direction)
    query = select(*keys, func.count()).where(within(period), *conditions).group_by(*keys)
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


@dataclass(frozen=True)
class Answers:
    """What came of a field on some cards: those that have it, and those of them that give no answer, by why.

    A number is either there or not settled: its column tells no more.
    """

    cards: int = 0
    not_stated: int = 0
    not_classified: int = 0
    implausible: int = 0
    awaiting: int = 0

    def __add__(self, other: Answers) -> Answers:
        return Answers(*map(add, astuple(self), astuple(other)))

    @property
    def answered(self) -> int:
        """Cards that give one."""
        return self.cards - self.not_stated - self.not_classified - self.implausible - self.awaiting


def answers(
    session: Session, period: Period, fields: Mapping[str, Asked], *conditions: ColumnElement[bool]
) -> dict[str, dict[str, Answers]]:
    """What came of fields, by direction and field."""
    sums = [func.sum(case((condition, 1), else_=0)) for asked in fields.values() for condition in _no_answer(asked)]
    query = select(records.c.direction, func.count(), *sums).where(within(period), *conditions)
    found: dict[str, dict[str, Answers]] = {}
    for direction, cards, *numbers in session.execute(query.group_by(records.c.direction)):
        four = zip(*(numbers[k::4] for k in range(4)), strict=True)
        found[direction] = {name: Answers(cards, *each) for name, each in zip(fields, four, strict=True)}
    return found


def _no_answer(asked: Asked) -> tuple[ColumnElement[bool], ...]:
    """That a column gives no answer, in the order of `Answers`."""
    value, signs = records.c[asked.column], asked.signs
    if isinstance(value.type, Integer):
        return false(), false(), false(), value.is_(None)
    group = value.like(f"%{GROUP}") & (func.length(value) < signs + len(GROUP) if signs else true())
    empty, impossible = value.in_(asked.empty), value.in_((BORN_LATER, TOO_OLD))
    return empty, value == NOT_CLASSIFIED, impossible, value.is_(None) | group
