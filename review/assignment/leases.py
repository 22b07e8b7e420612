"""Who has which field before them. One row per field, so that two people can never hold the same."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from review.assignment.policy import DeskRules
from review.assignment.tasks import GROUP, GoneError, Person
from store.tables import Lease


@dataclass(frozen=True, order=True)
class Place:
    """A field of a card, and the turn in which it is wanted (`store.card_state.Turn`, ``check`` or ``group``)."""

    card_id: int
    field: str
    turn: str


def take(session: Session, person: Person, places: Sequence[Place], now: datetime, rules: DeskRules) -> list[str]:
    """Lease fields to a person; returns the tickets of those that nobody else holds.

    One statement per call, its rows in one order: the database decides between two who want the same field, and two
    who want several never wait for each other.
    """
    if not places:
        return []
    held = {"person": person.login, "taken": now, "until": now + rules.lease}
    rows = [
        {"card_id": place.card_id, "field": place.field, "turn": str(place.turn), "ticket": secrets.token_hex(16)}
        | held
        for place in sorted(places)
    ]
    dialect = sqlite if session.get_bind().dialect.name == "sqlite" else postgresql
    insert = dialect.insert(Lease).values(rows)
    changed = {name: insert.excluded[name] for name in ("person", "turn", "ticket", "taken", "until")}
    statement = insert.on_conflict_do_update(
        index_elements=[Lease.card_id, Lease.field], set_=changed, where=Lease.until < now
    )
    return list(session.scalars(statement.returning(Lease.ticket)))


def renew(session: Session, person: Person, now: datetime, rules: DeskRules, field: str | None = None) -> list[str]:
    """Hold on to a person's fields, those of groups excepted; returns their tickets. One that nobody took when its time
    was over is still theirs.

    Parameters
    ----------
    field
        Only this field.
    """
    statement = update(Lease).where(Lease.person == person.login, Lease.turn != GROUP)
    if field is not None:
        statement = statement.where(Lease.field == field)
    return list(session.scalars(statement.values(until=now + rules.lease).returning(Lease.ticket)))


def own_lease(session: Session, person: Person, ticket: str) -> Lease:
    """The lease with this ticket.

    Raises
    ------
    GoneError
        There is none, or it is somebody else's.
    """
    query = select(Lease).where(Lease.ticket == ticket, Lease.person == person.login)
    lease = session.scalars(query.execution_options(populate_existing=True)).one_or_none()
    if lease is None:
        raise GoneError("This field is no longer before you: its time was over, and another person has it.")
    return lease


def drop(session: Session, tickets: Sequence[str]) -> None:
    """End leases."""
    if tickets:
        session.execute(delete(Lease).where(Lease.ticket.in_(tickets)).execution_options(synchronize_session=False))
