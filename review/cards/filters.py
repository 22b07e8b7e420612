"""What may be asked of a card, as conditions of a query. Values always travel as parameters."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal, TypeAlias

from sqlalchemy import ColumnElement, Date, Integer, Select, Subquery, exists, false, or_, select, union
from sqlalchemy.orm import InstrumentedAttribute

from ocr.forms.codebook import VariableKind
from ocr.forms.definition import FieldSpec
from ocr.lexicon.normalise import normalise_name
from store.queries import decisions, readings
from store.tables import (
    Card,
    Decision,
    Flag,
    PersonalDecision,
    PersonalReading,
    Reading,
    Record,
    RecordValue,
    Scan,
    Waiting,
)

CardStatus: TypeAlias = Literal["settled", "waits", "flagged", "duplicate"]
"""Nothing waits; a field waits, be it for an audit; a person set the card aside; it was scanned before."""

ANY_END = "*"
"""At the end of a searched value: whatever begins so."""

_NUMBER = re.compile(r"[0-9]{1,4}")


@dataclass(frozen=True)
class Filters:
    """What a card must have; empty and None ask nothing.

    Attributes
    ----------
    values
        (field, value) pairs. A code or number of the record is compared with the value that holds. What the record
        lacks, as personal fields, and dates: a card is found if the machine read the value or a person keyed it, also
        when that does not hold: who looks for a person wants the doubtful cards too. These may end with `ANY_END`.
    batch
        Id of the batch.
    crossed_from, crossed_to
        First and last day of crossing.
    person
        Login of somebody who decided a field of it.
    """

    values: tuple[tuple[str, str], ...] = ()
    batch: int | None = None
    checkpoint: str = ""
    crossed_from: date | None = None
    crossed_to: date | None = None
    state: CardStatus | None = None
    serial: str = ""
    person: str = ""


def conditions(filters: Filters, specs: Mapping[str, FieldSpec]) -> list[ColumnElement[bool]]:
    """What a query over cards, their scans and (outer) their records has to ask for.

    Parameters
    ----------
    specs
        Fields of all forms by name.
    """
    return [
        *(_has(specs.get(name), name, value) for name, value in filters.values),
        *([Scan.batch_id == filters.batch] if filters.batch is not None else []),
        *([Record.checkpoint == filters.checkpoint] if filters.checkpoint else []),
        *([Record.crossing_first >= filters.crossed_from] if filters.crossed_from else []),
        *([Record.crossing_last <= filters.crossed_to] if filters.crossed_to else []),
        *([_in_state(filters.state)] if filters.state else []),
        *([Card.id.in_(_with_serial(filters.serial))] if filters.serial else []),
        *([Card.id.in_(select(Decision.card_id).where(Decision.person == filters.person))] if filters.person else []),
    ]


def _in_state(state: CardStatus) -> ColumnElement[bool]:
    waits = exists().where(Waiting.card_id == Card.id)
    states = {"settled": ~waits, "waits": waits, "flagged": is_flagged(), "duplicate": Record.card_id.is_(None)}
    return states[state]


def is_flagged() -> ColumnElement[bool]:
    """Whether a person set the card aside and nobody has looked at it yet."""
    return exists().where(Flag.card_id == Card.id, Flag.resolved_at.is_(None))


def _with_serial(serial: str) -> Select[*tuple[Any, ...]]:
    """Cards with a number, as it was read or as a person corrected it."""
    found = union(select(Card.id).where(Card.serial == serial), select(Record.card_id).where(Record.serial == serial))
    return select(found.subquery().c.id)


def _has(spec: FieldSpec | None, name: str, value: str) -> ColumnElement[bool]:
    if spec is None:
        return false()
    about = spec.about
    if about.column is not None:
        column: InstrumentedAttribute[Any] = getattr(Record, about.column)
        if isinstance(column.type, Integer):
            return column == int(value) if _NUMBER.fullmatch(value) else false()
        if not isinstance(column.type, Date):
            return column == value
    elif about.kind is VariableKind.STATISTICAL and not spec.personal:
        kept = (RecordValue.variable == name) & _like(RecordValue.value, value)
        return Card.id.in_(select(RecordValue.card_id).where(kept))
    return Card.id.in_(select(_said(name, value, personal=spec.personal).c.card_id))


def _said(name: str, value: str, *, personal: bool) -> Subquery:
    """Cards of which the machine or a person said this of the field."""
    reading, decision = (PersonalReading, PersonalDecision) if personal else (Reading, Decision)
    read = readings(Reading.card_id).where(Reading.field == name, _like(reading.value, value))
    made = decisions(Decision.card_id).where(Decision.field == name, _like(decision.value, value))
    return union(read, made).subquery()


def _like(column: InstrumentedAttribute[Any], value: str) -> ColumnElement[bool]:
    """Whether a column has a value, or begins with it, in one of the ways it may be written."""
    wanted = value.removesuffix(ANY_END).strip().upper()
    ways = {wanted, normalise_name(wanted) or wanted}
    if any(character.isdigit() for character in wanted):
        ways = {wanted, wanted.replace("А", "A"), wanted.replace("A", "А")}  # passports: Cyrillic and Latin
    if not value.endswith(ANY_END):
        return column.in_(sorted(ways))
    return or_(*(column.startswith(way, autoescape=True) for way in sorted(ways)))
