"""The desk at which people key: fields are drawn, answered, given back and taken back. The caller commits."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from review.assignment.assign import TURNS, next_places
from review.assignment.leases import drop, own_lease, renew, take
from review.assignment.policy import DeskRules
from review.assignment.progress import Progress, progress
from review.assignment.tasks import CHANGED, Answer, GoneError, Person, Task, tasks_of
from review.decisions.control_items import mixed_in
from review.decisions.keying import KeyingResult, key, take_back
from store.card_state import Turn
from store.tables import Lease

__all__ = [
    "Answer",
    "GoneError",
    "KeyingResult",
    "Person",
    "Progress",
    "Task",
    "draw",
    "held",
    "key",
    "progress",
    "release",
    "take_back",
]

_TRIES = 3
_BLIND = DeskRules()


def draw(
    session: Session, person: Person, *, count: int = 3, field: str | None = None, now: datetime, rules: DeskRules
) -> list[Task]:
    """Lease a person their next fields: those they hold, then new ones (`review.assignment.assign.next_places`).

    Parameters
    ----------
    field
        Only fields of this name.

    Returns
    -------
    list of Task
        Up to `count`; fewer at the end of a kind of field, none where nothing waits for this person.
    """
    if person.role not in TURNS:
        return []
    mine = renew(session, person, now, rules, field)
    tasks = tasks_of(session, person, mine, rules)
    drop(session, sorted(set(mine) - {task.ticket for task in tasks}))
    if len(tasks) < count:
        tasks += tasks_of(session, person, _lease_new(session, person, count - len(tasks), field, now, rules), rules)
    return tasks[:count]


def _lease_new(
    session: Session, person: Person, count: int, field: str | None, now: datetime, rules: DeskRules
) -> list[str]:
    """Tickets of new leases; tries again where others were quicker everywhere.

    Each try lies in a savepoint, so that one that failed holds no row: two people can wait for each other only where
    one of them takes rows in several statements.
    """
    for _ in range(_TRIES):
        places = next_places(session, person, count=count, field=field, now=now, rules=rules)
        if any(place.turn != Turn.ADJUDICATE for place in places):
            places = mixed_in(session, person, places, now, rules.control_share)
        savepoint = session.begin_nested()
        tickets = take(session, person, places, now, rules)
        if tickets or not places:
            savepoint.commit()
            return tickets
        savepoint.rollback()
    return []


def held(session: Session, person: Person, ticket: str, now: datetime, rules: DeskRules = _BLIND) -> Task:
    """The task of a person's own lease. Reads only.

    Parameters
    ----------
    rules
        Needed to know what is prefilled; without them the task is blind.

    Raises
    ------
    GoneError
        The person does not hold it, or it fell away.
    """
    own_lease(session, person, ticket)
    for task in tasks_of(session, person, [ticket], rules):
        return task
    raise GoneError(CHANGED)


def release(session: Session, person: Person, ticket: str) -> None:
    """Give a field back to the queue; one that the person does not hold is left alone."""
    drop(session, session.scalars(select(Lease.ticket).filter_by(ticket=ticket, person=person.login)).all())
