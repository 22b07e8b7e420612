"""Many alike at once: all fields that the machine reads the same, to strike out those that are not."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from review.assignment.assign import TURNS, is_free
from review.assignment.leases import Place, drop, take
from review.assignment.policy import DeskRules
from review.assignment.tasks import GROUP, Person, Task, tasks_of
from review.decisions.decision_log import DecisionNote, append
from store.card_state import Turn
from store.records import CHUNK, cards_now, refresh
from store.tables import Decision, Lease, Waiting

SMALLEST = 4
"""Fewer are keyed as quickly."""

STRUCK = "struck out of a group"


@dataclass(frozen=True)
class Group:
    """Fields of one name that wait for a first key and that the machine reads alike."""

    field: str
    value: str
    count: int


@dataclass(frozen=True)
class GroupDone:
    """How many fields were settled and how many struck out; `gone` are tickets that were no longer the person's."""

    settled: int
    struck: int
    gone: tuple[str, ...]


def groups(session: Session, rules: DeskRules) -> list[Group]:
    """The groups there are, the largest first. Never personal fields, audits, or what two people must key."""
    number = func.count()
    query = (
        select(Waiting.field, Waiting.alike, number.label("number"))
        .where(Waiting.alike.is_not(None))
        .group_by(Waiting.field, Waiting.alike)
        .having(number >= SMALLEST)
        .order_by(number.desc(), Waiting.field, Waiting.alike)
    )
    rows = session.execute(query)
    return [Group(row.field, row.alike, row.number) for row in rows if _may_settle(row.field, rules)]


def draw_group(
    session: Session, person: Person, field: str, value: str, *, count: int, now: datetime, rules: DeskRules
) -> list[Task]:
    """Lease the oldest fields of a group to a person; other groups that they hold are given back."""
    drop(session, session.scalars(select(Lease.ticket).filter_by(person=person.login, turn=GROUP)).all())
    if person.role not in TURNS or not _may_settle(field, rules):
        return []
    query = (
        select(Waiting.card_id)
        .where(Waiting.field == field, Waiting.alike == value, is_free(now))
        .order_by(Waiting.since, Waiting.card_id)
        .limit(min(count, CHUNK))
    )
    places = [Place(card_id, field, GROUP) for card_id in session.scalars(query)]
    return tasks_of(session, person, take(session, person, places, now, rules), rules)


def key_group(
    session: Session,
    person: Person,
    value: str,
    kept: Sequence[str],
    struck: Sequence[str],
    *,
    seconds: float,
    now: datetime,
    rules: DeskRules,
) -> GroupDone:
    """Settle the fields that do say the value, and send those that were struck out to two people; the caller commits.

    Sent twice it counts once: what was done before is left alone and counted again.

    Parameters
    ----------
    kept, struck
        Tickets, at most `store.records.CHUNK` of both.
    seconds
        For all together.
    """
    sent = dict.fromkeys(kept, True) | dict.fromkeys(struck, False)
    leases = {
        lease.ticket: lease
        for lease in session.scalars(
            select(Lease).where(Lease.ticket.in_(sent), Lease.person == person.login, Lease.turn == GROUP)
        )
    }
    cards = {card.head.id: card for card in cards_now(session, sorted({lease.card_id for lease in leases.values()}))}
    done = _done_before(session, person, list(sent))
    each = seconds / max(1, len(sent))
    for ticket, lease in leases.items():
        card = cards[lease.card_id]
        alike = any(w.field == lease.field and w.turn is Turn.KEY and w.alike == value for w in card.state.waiting)
        if ticket in done or not alike or not _may_settle(lease.field, rules):
            continue
        note = DecisionNote(person.login, "key" if sent[ticket] else "reopen", now, each, GROUP, ticket=ticket)
        if sent[ticket]:
            append(session, card, lease.field, value, replace(note, agrees=True))
        else:
            append(session, card, lease.field, None, replace(note, reason=STRUCK))
        done.add(ticket)
    drop(session, list(leases))
    refresh(session, sorted(cards))
    settled = sum(sent[ticket] for ticket in done)
    return GroupDone(settled, len(done) - settled, tuple(ticket for ticket in sent if ticket not in done))


def _may_settle(field: str, rules: DeskRules) -> bool:
    """Whether one person's glance may settle a field."""
    return rules.policies.get(field) != "double"


def _done_before(session: Session, person: Person, tickets: Sequence[str]) -> set[str]:
    query = select(Decision.ticket).where(Decision.ticket.in_(tickets), Decision.person == person.login)
    return {ticket for ticket in session.scalars(query) if ticket is not None}
