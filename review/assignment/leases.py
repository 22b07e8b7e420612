"""Who has which field before them. One row per field, so that two people can never hold the same."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import delete, select, update
from sqlalchemy.dialects import postgresql, sqlite

from review.assignment.tasks import CHANGED, GROUP, DeskContext, GoneError, Task
from store.tables import Lease


@dataclass(frozen=True, order=True)
class Place:
    """A field of a card, and the turn in which it is wanted (`store.card_state.Turn`, ``control`` or ``group``)."""

    card_id: int
    field: str
    turn: str


@dataclass(frozen=True)
class Leases(DeskContext):
    """The fields that one person has before them."""

    def take(self, places: Sequence[Place]) -> list[str]:
        """Lease fields to the person; returns the tickets of those that nobody else holds.

        One statement per call, its rows in one order: the database decides between two who want the same field, and
        two who want several never wait for each other.
        """
        if not places:
            return []
        shared = {"person": self.person.login, "taken": self.now, "until": self.now + self.rules.lease}
        rows = [
            {"card_id": place.card_id, "field": place.field, "turn": str(place.turn), "ticket": secrets.token_hex(16)}
            | shared
            for place in sorted(places)
        ]
        dialect = sqlite if self.session.get_bind().dialect.name == "sqlite" else postgresql
        insert = dialect.insert(Lease).values(rows)
        changed = {name: insert.excluded[name] for name in ("person", "turn", "ticket", "taken", "until")}
        statement = insert.on_conflict_do_update(
            index_elements=[Lease.card_id, Lease.field], set_=changed, where=Lease.until < self.now
        )
        return list(self.session.scalars(statement.returning(Lease.ticket)))

    def renew(self, field: str | None = None) -> list[str]:
        """Hold on to the person's fields, those of groups excepted; returns their tickets.

        One that nobody took when its time was over is still theirs.

        Parameters
        ----------
        field
            Only this field.
        """
        statement = update(Lease).where(Lease.person == self.person.login, Lease.turn != GROUP)
        if field is not None:
            statement = statement.where(Lease.field == field)
        renewed = statement.values(until=self.now + self.rules.lease)
        return list(self.session.scalars(renewed.returning(Lease.ticket)))

    def own_lease(self, ticket: str) -> Lease:
        """The lease with this ticket.

        Raises
        ------
        GoneError
            There is none, or it is somebody else's.
        """
        query = select(Lease).where(Lease.ticket == ticket, Lease.person == self.person.login)
        lease = self.session.scalars(query.execution_options(populate_existing=True)).one_or_none()
        if lease is None:
            raise GoneError("This field is no longer before you: its time was over, and another person has it.")
        return lease

    def task(self, ticket: str) -> Task:
        """The task of the person's own lease. Reads only.

        Raises
        ------
        GoneError
            The person does not hold it, or it fell away.
        """
        self.own_lease(ticket)
        for task in self.tasks([ticket]):
            return task
        raise GoneError(CHANGED)

    def release(self, tickets: Sequence[str]) -> None:
        """Give fields back to the queue; those that the person does not hold are left alone."""
        if tickets:
            own = delete(Lease).where(Lease.ticket.in_(tickets), Lease.person == self.person.login)
            self.session.execute(own.execution_options(synchronize_session=False))
