"""Many alike at once: all fields that the machine reads the same, to strike out those that are not."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from sqlalchemy import func, select

from review.assignment.assign import TURNS, is_free
from review.assignment.leases import Leases, Place
from review.assignment.tasks import GROUP, Task
from review.decisions.decision_log import DecisionNote, append
from store.card_state import Turn
from store.records import CHUNK, CardNow, cards_now, refresh
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


@dataclass(frozen=True)
class GroupKeying(Leases):
    """Many fields that the machine reads alike, before one person at once."""

    def groups(self) -> list[Group]:
        """The groups there are, the largest first. Never personal fields, audits, or what two people must key."""
        number = func.count()
        query = (
            select(Waiting.field, Waiting.alike, number.label("number"))
            .where(Waiting.alike.is_not(None))
            .group_by(Waiting.field, Waiting.alike)
            .having(number >= SMALLEST)
            .order_by(number.desc(), Waiting.field, Waiting.alike)
        )
        rows = self.session.execute(query)
        return [Group(row.field, row.alike, row.number) for row in rows if self._one_suffices(row.field)]

    def assign_group(self, field: str, value: str, *, count: int) -> list[Task]:
        """Lease the oldest fields of a group to the person; other groups that they hold are given back."""
        before = select(Lease.ticket).filter_by(person=self.person.login, turn=GROUP)
        self.release(self.session.scalars(before).all())
        if self.person.role not in TURNS or not self._one_suffices(field):
            return []
        query = (
            select(Waiting.card_id)
            .where(Waiting.field == field, Waiting.alike == value, is_free(self.now))
            .order_by(Waiting.since, Waiting.card_id)
            .limit(min(count, CHUNK))
        )
        places = [Place(card_id, field, GROUP) for card_id in self.session.scalars(query)]
        return self.tasks(self.take(places))

    def key_group(self, value: str, kept: Sequence[str], struck: Sequence[str], *, seconds: float) -> GroupDone:
        """Settle the fields that do say the value, and send those that were struck out to two people.

        Sent twice it counts once: what was done before is left alone and counted again.

        Parameters
        ----------
        kept, struck
            Tickets, at most `store.records.CHUNK` of both.
        seconds
            For all together.
        """
        sent = dict.fromkeys(kept, True) | dict.fromkeys(struck, False)
        leases = self._group_leases(list(sent))
        cards = {card.head.id: card for card in cards_now(self.session, sorted({x.card_id for x in leases.values()}))}
        done = self._done_before(list(sent))
        each = seconds / max(1, len(sent))
        for ticket, lease in leases.items():
            card = cards[lease.card_id]
            if ticket in done or not _waits_alike(card, lease.field, value) or not self._one_suffices(lease.field):
                continue
            kind = "key" if sent[ticket] else "reopen"
            note = DecisionNote(self.person.login, kind, self.now, each, GROUP, ticket=ticket)
            if sent[ticket]:
                append(self.session, card, lease.field, value, replace(note, agrees=True))
            else:
                append(self.session, card, lease.field, None, replace(note, reason=STRUCK))
            done.add(ticket)
        self.release(list(leases))
        refresh(self.session, sorted(cards))
        settled = sum(sent[ticket] for ticket in done)
        return GroupDone(settled, len(done) - settled, tuple(ticket for ticket in sent if ticket not in done))

    def _one_suffices(self, field: str) -> bool:
        """Whether one person's glance may settle a field."""
        return self.rules.policies.get(field) != "double"

    def _group_leases(self, tickets: Sequence[str]) -> dict[str, Lease]:
        own = select(Lease).where(Lease.person == self.person.login, Lease.turn == GROUP)
        return {lease.ticket: lease for lease in self.session.scalars(own.where(Lease.ticket.in_(tickets)))}

    def _done_before(self, tickets: Sequence[str]) -> set[str]:
        own = select(Decision.ticket).where(Decision.person == self.person.login)
        return {ticket for ticket in self.session.scalars(own.where(Decision.ticket.in_(tickets))) if ticket}


def _waits_alike(card: CardNow, field: str, value: str) -> bool:
    """Whether the field still waits for a first key and the machine's value is that of the group."""
    return any(w.field == field and w.turn is Turn.KEY and w.alike == value for w in card.state.waiting)
