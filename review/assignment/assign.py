"""Which fields a person gets next."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Select, exists, select

from review.assignment.leases import Leases, Place
from store.card_state import Turn
from store.tables import Decision, Flag, Lease, Waiting

TURNS: dict[str, tuple[tuple[Turn, ...], ...]] = {
    "reviewer": ((Turn.KEY, Turn.VERIFY),),
    "supervisor": ((Turn.ADJUDICATE,), (Turn.KEY, Turn.VERIFY)),
}
"""Turns of each role, those that go before others first; other roles key nothing. A supervisor with nothing to
adjudicate keys like a reviewer, so that two people can run an office."""


LOOKED_AT = 50
"""Fields of each turn from which those are taken that come next: enough to pass by cards that the person knows."""


@dataclass(frozen=True)
class _Open:
    """A field that the person may have."""

    place: Place
    rank: int
    draw: float

    @property
    def mode(self) -> tuple[int, str]:
        """Fields of one mode follow each other, so that hand and eye stay in it."""
        return self.rank, self.place.field


@dataclass(frozen=True)
class Assignment(Leases):
    """Which fields the person should get."""

    def next_fields(self, count: int, field: str | None = None) -> list[Place]:
        """The fields that the person should get next, all of one name.

        Of the fields that block a report first, taken at random from the few that come next (`store.draws`), whether
        they wait for a first key or for a second person's: so pairs form by chance, and no field is left behind that
        estimates would have to wait for. Cards of which the person keyed or holds nothing go before others, so that
        nobody sees two fields of one card in a row, or more of an identity than is needed, unless nothing else is left.

        Never a field that is not wanted (`Demand`), that the person keyed, that another holds, or of a flagged card.
        """
        wanted = self.demand.parts()
        for turns in TURNS.get(self.person.role, ()):
            found = [place for turn in turns for part in wanted for place in self._first(turn, field, part)]
            if found:
                mode = min(place.mode for place in found)
                same = [item for item in found if item.mode == mode]
                touched = self._touched([item.place.card_id for item in same])
                same.sort(key=lambda item: (touched.get(item.place.card_id, 0), item.draw))
                pool = [item.place for item in same[: max(count, self.rules.window)]]
                random.shuffle(pool)
                return sorted(pool, key=lambda place: touched.get(place.card_id, 0))[:count]
        return []

    def _first(self, turn: Turn, field: str | None, wanted: ColumnElement[bool]) -> list[_Open]:
        query = window_query(self.person.login, turn, field, self.now, LOOKED_AT).where(wanted)
        rows = self.session.execute(query)
        return [_Open(Place(row.card_id, row.field, row.turn), row.rank, row.draw) for row in rows]

    def _touched(self, card_ids: Sequence[int]) -> dict[int, int]:
        """Cards of which the person keyed something: 1; of which they hold or keyed last something: 2."""
        own = Decision.person == self.person.login
        keyed = self.session.scalars(select(Decision.card_id).where(Decision.card_id.in_(card_ids), own).distinct())
        last = select(Decision.card_id).where(own).order_by(Decision.id.desc()).limit(1)
        leased = self.session.scalars(select(Lease.card_id).where(Lease.person == self.person.login))
        return dict.fromkeys(keyed, 1) | dict.fromkeys((*leased, *self.session.scalars(last)), 2)


def is_free(now: datetime) -> ColumnElement[bool]:
    """That nobody holds a waiting field and its card is not flagged."""
    leased = exists().where(Lease.card_id == Waiting.card_id, Lease.field == Waiting.field, Lease.until >= now)
    flagged = exists().where(Flag.card_id == Waiting.card_id, Flag.resolved_at.is_(None))
    return ~leased & ~flagged


def window_query(
    login: str, turn: Turn, field: str | None, now: datetime, window: int
) -> Select[int, str, str, int, float]:
    """The fields of a turn that a person may have next; walks along one index and stops early."""
    query = (
        select(Waiting.card_id, Waiting.field, Waiting.turn, Waiting.rank, Waiting.draw)
        .where(Waiting.turn == str(turn), is_free(now))
        .limit(window)
    )
    if turn is not Turn.KEY:
        own = f"{login}|"
        first = Waiting.keyed_by.startswith(own, autoescape=True)
        query = query.where(~first, ~Waiting.keyed_by.contains(f"|{own}", autoescape=True))
    drawn = (Waiting.draw, Waiting.card_id)
    if field is None:
        return query.order_by(Waiting.rank, Waiting.field, *drawn)
    return query.where(Waiting.field == field).order_by(*drawn)
