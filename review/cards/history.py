"""What the machine read and what people decided about the fields of one card, as it was kept."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row
from sqlalchemy.orm import Session

from ocr.reading import Candidate
from store.card_state import Decided, in_force, keying_states, taken_back
from store.queries import READ_CANDIDATES, READ_LEVELS, READ_RAW, READ_VALUE, decided, decision_log, readings
from store.tables import Decision, Reading

_ABOUT = (
    *(Reading.id, Reading.field, Reading.edition, Reading.software, Reading.read_at, Reading.state),
    *(Reading.probability, Reading.review, Reading.quad, Reading.reader, Reading.reader_version),
)


@dataclass(frozen=True)
class ReadingEvent:
    """What one edition of the software made of a field; as `ocr.reading.FieldReading`."""

    edition: int
    software: str
    at: datetime
    state: str
    raw: str
    candidates: tuple[Candidate, ...]
    value: str | None
    probability: float
    review: tuple[str, ...]
    reader: str
    version: str


@dataclass(frozen=True)
class DecisionEvent:
    """What a person did about a field; as `store.tables.Decision`.

    Attributes
    ----------
    undone
        Whether it was taken back.
    holds
        Whether it settles the field now.
    """

    id: int
    kind: str
    value: str | None
    person: str
    at: datetime
    seconds: float | None
    shown: str
    reason: str
    undoes: int | None
    undone: bool
    holds: bool


@dataclass(frozen=True)
class History:
    """All rows about one card, personal ones with their values.

    Attributes
    ----------
    readings
        Newest edition first.
    rows, log
        The decisions in the order in which they were made, as rows and as `store.card_state` takes them.
    """

    readings: Sequence[Row[Any]]
    rows: Sequence[Row[Any]]
    log: Sequence[Decided]

    def reads(self, field: str, hidden: bool) -> tuple[ReadingEvent, ...]:
        """What was read in a field, newest first; without the words where they are `hidden`."""
        return tuple(_read(row, hidden) for row in self.readings if row.field == field)

    def decisions(self, field: str, hidden: bool) -> tuple[DecisionEvent, ...]:
        """What was decided about a field, oldest first; without values where they are `hidden`."""
        void, holds = taken_back(self.log), in_force(self.log).get(field)
        return tuple(
            DecisionEvent(
                id=row.id,
                kind=row.kind,
                value=None if hidden else row.value,
                person=row.person,
                at=row.at,
                seconds=row.seconds,
                shown=row.shown,
                reason=row.reason,
                undoes=row.undoes,
                undone=row.id in void,
                holds=holds is not None and holds.id == row.id,
            )
            for row in self.rows
            if row.field == field
        )

    def agreed(self, field: str) -> tuple[str, ...]:
        """Logins of those who said what holds of a field, as far as people settled it."""
        state = keying_states(self.log).get(field)
        return state.people if state and state.holds else ()


def history_of(session: Session, card_id: int) -> History:
    """Read everything about one card."""
    log = decision_log(Decision.at, Decision.seconds, Decision.reason)
    rows = session.execute(log.where(Decision.card_id == card_id)).all()
    read = readings(*_ABOUT, READ_RAW, READ_CANDIDATES, READ_VALUE, READ_LEVELS).where(Reading.card_id == card_id)
    newest_first = read.order_by(Reading.edition.desc(), Reading.id)
    return History(session.execute(newest_first).all(), rows, [decided(row) for row in rows])


def _read(row: Row[Any], hidden: bool) -> ReadingEvent:
    candidates = () if hidden else row.candidates or ()
    return ReadingEvent(
        edition=row.edition,
        software=row.software,
        at=row.read_at,
        state=row.state,
        raw="" if hidden else row.raw,
        candidates=tuple(Candidate(**candidate) for candidate in candidates),
        value=None if hidden else row.value,
        probability=row.probability,
        review=tuple(row.review),
        reader=row.reader,
        version=row.reader_version,
    )
