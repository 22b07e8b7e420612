"""What may be asked of a card, as conditions of a query. Values always travel as parameters."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal, TypeAlias

from sqlalchemy import ColumnElement, Integer, exists, false, or_, select, union
from sqlalchemy.orm import InstrumentedAttribute, Session

from ocr.forms.codebook import Role, VariableKind
from ocr.forms.definition import FieldSpec
from ocr.forms.serial import is_serial
from review.assignment.demand import is_requested
from review.cards.days import HalfKnownDay
from review.cards.meanings import Sought, is_number
from review.cards.said import any_of, days, on_day, said, said_in_private, written
from store.tables import Card, Decision, Flag, Record, RecordValue, Scan, Waiting

CardStatus: TypeAlias = Literal["settled", "waits", "requested", "flagged", "duplicate", "replaced"]
"""Nothing waits; a field waits, be it for an audit; somebody needs the names on it; a person set it aside; it was
scanned before; a later scan that was asked for took its place."""

_IDS = (Card.id, Record.card_id)


@dataclass(frozen=True)
class Filters:
    """What a card must have; empty and None ask nothing.

    Attributes
    ----------
    values
        (field, what is looked for in it) pairs. A code, number or date of the record is compared with the value that
        holds; a date that waits, with what the machine read. What the record lacks, as personal fields: a
        card is found if the machine read the value or a person keyed it, also when that does not hold: who looks for
        a person wants the doubtful cards too. Names are found though they are spelt otherwise
        (`review.cards.meanings.spelt_so`).
    batch
        Id of the batch.
    checkpoint
        Codes, any of which.
    crossed_from, crossed_to
        First and last day of crossing.
    serial
        A card's number, or signs that stand together in it.
    person
        Login of somebody who decided a field of it.
    """

    values: tuple[tuple[str, Sought], ...] = ()
    batch: int | None = None
    checkpoint: tuple[str, ...] = ()
    crossed_from: date | None = None
    crossed_to: date | None = None
    state: CardStatus | None = None
    serial: str = ""
    person: str = ""


def conditions(session: Session, filters: Filters, specs: Mapping[str, FieldSpec]) -> list[ColumnElement[bool]]:
    """What a query over cards, their scans and (outer) their records has to ask for.

    Parameters
    ----------
    session
        In which spellings are looked up.
    specs
        Fields of all forms by name.
    """
    return [
        *(_has(session, _asked_in(specs, name), sought) for name, sought in filters.values),
        *([Scan.batch_id == filters.batch] if filters.batch is not None else []),
        *([Record.checkpoint.in_(filters.checkpoint)] if filters.checkpoint else []),
        *([Record.crossing_first >= filters.crossed_from] if filters.crossed_from else []),
        *([Record.crossing_last <= filters.crossed_to] if filters.crossed_to else []),
        *([_in_state(filters.state)] if filters.state else []),
        *([_with_serial(filters.serial)] if filters.serial else []),
        *([Card.id.in_(select(Decision.card_id).where(Decision.person == filters.person))] if filters.person else []),
    ]


def is_flagged() -> ColumnElement[bool]:
    """Whether a person set the card aside and nobody has looked at it yet."""
    return exists().where(Flag.card_id == Card.id, Flag.resolved_at.is_(None))


def _in_state(state: CardStatus) -> ColumnElement[bool]:
    waits = exists().where(Waiting.card_id == Card.id)
    replaced = Card.replaced_by.is_not(None)
    states = {"settled": ~waits, "waits": waits, "requested": is_requested(Card.id), "flagged": is_flagged()}
    return (states | {"replaced": replaced, "duplicate": Record.card_id.is_(None) & ~replaced})[state]


def _with_serial(serial: str) -> ColumnElement[bool]:
    """Cards with a number, as it was read or as a person corrected it; a whole one is looked up."""
    columns = (Card.serial, Record.serial)
    if is_serial(serial):
        read, settled = (select(kept).where(column == serial) for kept, column in zip(_IDS, columns, strict=True))
        return Card.id.in_(select(union(read, settled).subquery().c[0]))
    return or_(*(column.contains(serial, autoescape=True) for column in columns))


def _asked_in(specs: Mapping[str, FieldSpec], name: str) -> FieldSpec | None:
    """The field that says it in the record: what is written beside a box belongs to the field with that box."""
    return next((spec for spec in specs.values() if spec.specify == name), specs.get(name))


def _has(session: Session, spec: FieldSpec | None, sought: Sought) -> ColumnElement[bool]:
    if spec is None:
        return false()
    column: InstrumentedAttribute[Any] | None = getattr(Record, spec.about.column) if spec.about.column else None
    if isinstance(sought, HalfKnownDay):
        if spec.personal:
            return said_in_private(spec.name, days(spec.name, sought))
        if column is None and spec.about.kind is VariableKind.STATISTICAL:
            return _in_record(spec.name, RecordValue.value.like(sought.pattern))
        return on_day(spec.name, column, sought)
    if spec.role is Role.CARD_NUMBER:
        return _with_serial(sought[0])
    if spec.personal:
        return said_in_private(spec.name, written(session, spec.name, sought[0]))
    if column is not None:
        numbers = [int(value) for value in sought if is_number(value)]
        return column.in_(numbers if isinstance(column.type, Integer) else sought)
    if spec.about.kind is VariableKind.STATISTICAL:
        return _in_record(spec.name, any_of(RecordValue.value, sought))
    return said(spec.name, lambda value: any_of(value, sought))


def _in_record(variable: str, is_it: ColumnElement[bool]) -> ColumnElement[bool]:
    """Cards of whose record a variable without a column is so."""
    return Card.id.in_(select(RecordValue.card_id).where(RecordValue.variable == variable, is_it))
