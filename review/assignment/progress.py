"""How far a person is today, and what waits for them."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select

from review.assignment.assign import TURNS
from review.assignment.tasks import DeskContext
from store.tables import ControlItem, Decision, Waiting

KEYED = ("key", "verify", "adjudicate", "audit")
"""Decisions that are work at the queue; corrections and reopenings of whole cards would make a pace absurd."""

_HOUR = timedelta(hours=1)
_ENOUGH = 10


@dataclass(frozen=True)
class Progress:
    """A person's own work, and the queue.

    Attributes
    ----------
    today
        Fields keyed since midnight where the program runs.
    per_hour
        Pace within the last hour of keying; 0 before the tenth key, since two quick ones say nothing.
    waiting
        Fields that are wanted of people of this role, by name in the order of the queue.
    turns
        The same by whose key they wait for (`store.card_state.Turn`).
    """

    today: int
    per_hour: float
    waiting: dict[str, int]
    turns: dict[str, int]


def progress(desk: DeskContext) -> Progress:
    """Count. Reads only."""
    session, person, now = desk.session, desk.person, desk.now
    midnight = now.astimezone().replace(hour=0, minute=0, second=0, microsecond=0)
    since = midnight - _HOUR
    keyed = select(Decision.at).where(Decision.person == person.login, Decision.at >= since, Decision.kind.in_(KEYED))
    control = select(ControlItem.at).where(ControlItem.person == person.login, ControlItem.at >= since)
    moments = sorted(at for query in (keyed, control) for at in session.scalars(query))
    turns = [str(turn) for group in TURNS.get(person.role, ()) for turn in group]
    query = select(Waiting.rank, Waiting.field, Waiting.turn, func.count().label("number"))
    rows = session.execute(
        query.where(Waiting.turn.in_(turns), desk.demand.condition())
        .group_by(Waiting.turn, Waiting.rank, Waiting.field)
        .order_by(Waiting.rank, Waiting.field)
    ).all()
    by_field: Counter[str] = Counter()
    by_turn: Counter[str] = Counter()
    for row in rows:
        by_field[row.field] += row.number
        by_turn[row.turn] += row.number
    return Progress(sum(at >= midnight for at in moments), pace(moments), dict(by_field), dict(by_turn))


def pace(moments: list[datetime]) -> float:
    """Fields per hour, from the moments of keying in their order: those within the hour before the last of them."""
    recent = [at for at in moments if moments[-1] - at <= _HOUR]
    if len(recent) < _ENOUGH:
        return 0.0
    hours = (recent[-1] - recent[0]) / _HOUR
    return (len(recent) - 1) / hours if hours else 0.0
