"""Conditions on what the machine read or a person keyed, each found by an index or looked at card by card."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeAlias

from sqlalchemy import ColumnElement, String, cast, exists, or_, select, union
from sqlalchemy.orm import InstrumentedAttribute, Session

from review.cards.days import HalfKnownDay
from review.cards.meanings import ANY_END, begins_with, spelt_so
from store.spellings import key_of
from store.tables import Card, Decision, PersonalDecision, PersonalReading, PersonalSpelling, Reading, Record, Waiting

ValueCondition: TypeAlias = Callable[[InstrumentedAttribute[Any]], ColumnElement[bool]]
"""From a column to what its value must be."""


def on_day(name: str, column: InstrumentedAttribute[Any] | None, sought: HalfKnownDay) -> ColumnElement[bool]:
    """Cards of a day by what is settled; while the field waits, by what the machine read."""
    if column is None:
        return said(name, lambda value: value.like(sought.pattern))
    settled = column.between(sought.first, sought.last) if sought.is_span else cast(column, String).like(sought.pattern)
    waits = (
        select(Waiting.card_id)
        .where(Waiting.field == name)
        .join(Reading, (Reading.card_id == Waiting.card_id) & (Reading.field == name))
        .where(Reading.value.like(sought.pattern))
    )
    found = union(select(Record.card_id).where(settled), waits).subquery()
    return Card.id.in_(select(found.c.card_id))


def days(name: str, sought: HalfKnownDay) -> ValueCondition:
    """Condition of a personal value that may be the day; of one half known, by way of the days that were ever said."""
    if sought.whole is not None:
        return lambda value: value == sought.pattern
    known = select(PersonalSpelling.value).where(PersonalSpelling.field == name)
    if sought.is_span:
        known = known.where(PersonalSpelling.key >= str(sought.first), PersonalSpelling.key <= str(sought.last))
    else:
        known = known.where(PersonalSpelling.key.like(sought.pattern))
    return lambda value: value.in_(known)


def written(session: Session, name: str, typed: str) -> ValueCondition:
    """Condition of a value that may be the one that was typed."""
    beginning, ends = typed.removesuffix(ANY_END), typed.endswith(ANY_END)
    key = key_of(beginning)
    if key and ends:
        begun = select(PersonalSpelling.value).where(PersonalSpelling.field == name)
        return lambda value: value.in_(begun.where(begins_with(PersonalSpelling.key, key)))
    if key:
        spellings = spelt_so(session, name, typed)
        return lambda value: value.in_(spellings)
    wanted = beginning.strip().upper()
    ways = sorted({wanted, wanted.replace("А", "A"), wanted.replace("A", "А")})  # passports: Cyrillic and Latin
    return lambda value: or_(*(begins_with(value, way) if ends else value == way for way in ways))


def said_in_private(name: str, is_it: ValueCondition) -> ColumnElement[bool]:
    """Cards of which the machine or a person said this of a personal field; by the index of what was said."""
    halves = (
        (Reading, select(PersonalReading.reading_id).where(is_it(PersonalReading.value))),
        (Decision, select(PersonalDecision.decision_id).where(is_it(PersonalDecision.value))),
    )
    found = (select(kept.card_id).where(kept.field == name, kept.id.in_(half)) for kept, half in halves)
    return Card.id.in_(select(union(*found).subquery().c[0]))


def said(name: str, is_it: ValueCondition) -> ColumnElement[bool]:
    """Cards of which the machine or a person said this of a field; looked at card by card."""
    return or_(*(exists().where(x.card_id == Card.id, x.field == name, is_it(x.value)) for x in (Reading, Decision)))


def any_of(column: InstrumentedAttribute[Any], sought: tuple[str, ...]) -> ColumnElement[bool]:
    """Whether a column has one of these values in capitals or as it was typed; with `ANY_END`, begins so."""
    ways = {way for value in sought for way in (value, value.upper())}
    begins = (column.startswith(way.removesuffix(ANY_END), autoescape=True) for way in ways if way.endswith(ANY_END))
    return or_(column.in_(sorted(ways)), *begins)
