"""Counts over the log of decisions: who keyed what, and whether it is what holds in the end."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import groupby
from operator import attrgetter
from typing import Any

from sqlalchemy import Row, select
from sqlalchemy.orm import Session

from review.assignment.tasks import GROUP
from store.card_state import in_force, taken_back
from store.queries import decided, decision_log
from store.tables import Decision

_FIRST, _SECOND = ("key", "audit"), ("verify",)
_KEYED = (*_FIRST, *_SECOND, "adjudicate")
_AT_ONCE = 5000


@dataclass
class KeyingTally:
    """Of one person or field: when and how long was keyed, and per comparison whether it was wrong (or differed)."""

    moments: list[datetime] = field(default_factory=list)
    seconds: list[float] = field(default_factory=list)
    first: list[bool] = field(default_factory=list)
    second: list[bool] = field(default_factory=list)
    machine: list[bool] = field(default_factory=list)
    pairs: list[bool] = field(default_factory=list)
    control: list[bool] = field(default_factory=list)

    def keys(self, at: datetime, seconds: float | None) -> None:
        """One more field keyed."""
        self.moments.append(at)
        self.seconds += [] if seconds is None else [seconds]


@dataclass
class KeyingTallies:
    """Tallies by person and field, and per pair of people whether they differed."""

    people: defaultdict[str, KeyingTally] = field(default_factory=lambda: defaultdict(KeyingTally))
    fields: defaultdict[str, KeyingTally] = field(default_factory=lambda: defaultdict(KeyingTally))
    pairs: defaultdict[tuple[str, str], list[bool]] = field(default_factory=lambda: defaultdict(list))


def tallied(session: Session, *, since: datetime | None, login: str | None = None) -> KeyingTallies:
    """Count what was keyed since a moment, or ever, by everybody or one person; what was taken back does not count."""
    tallies = KeyingTallies()
    for log in _logs(session, since, login):
        history = [decided(row) for row in log]
        void, holds = taken_back(history), in_force(history)
        firsts: dict[str, Row[*tuple[Any, ...]]] = {}
        for row in log:
            if row.id in void or row.kind not in (*_KEYED, "reopen"):
                continue
            before = firsts.get(row.field)
            if row.kind in (*_FIRST, "reopen"):
                firsts[row.field] = row
            if row.kind == "reopen" or (since and row.at < since) or login not in (None, row.person):
                continue
            _count(tallies, row)
            if row.field in holds:
                _compare(tallies, row, row.value != holds[row.field].value)
            if row.kind in _SECOND and before is not None and before.kind in _FIRST:
                _pair(tallies, before, row)
    return tallies


def _logs(session: Session, since: datetime | None, login: str | None) -> Iterator[Sequence[Row[*tuple[Any, ...]]]]:
    """All decisions of each card about which one in question was made, in their order."""
    cards = select(Decision.card_id)
    cards = cards if since is None else cards.where(Decision.at >= since)
    cards = cards if login is None else cards.where(Decision.person == login)
    query = decision_log(Decision.at, Decision.seconds).where(Decision.card_id.in_(cards))
    for _, log in groupby(session.execute(query).yield_per(_AT_ONCE), attrgetter("card_id")):
        yield list(log)


def _count(tallies: KeyingTallies, row: Row[*tuple[Any, ...]]) -> None:
    seconds = None if row.shown == GROUP else row.seconds  # a glance at one of many says nothing about keying
    for tally in (tallies.people[row.person], tallies.fields[row.field]):
        tally.keys(row.at, seconds)
        if row.kind in _FIRST and row.agrees is not None:
            tally.machine.append(not row.agrees)


def _compare(tallies: KeyingTallies, row: Row[*tuple[Any, ...]], wrong: bool) -> None:
    for tally in (tallies.people[row.person], tallies.fields[row.field]):
        if row.kind in _FIRST:
            tally.first.append(wrong)
        elif row.kind in _SECOND:
            tally.second.append(wrong)


def _pair(tallies: KeyingTallies, first: Row[*tuple[Any, ...]], second: Row[*tuple[Any, ...]]) -> None:
    a, b = sorted((first.person, second.person))
    differed = first.value != second.value
    tallies.pairs[a, b].append(differed)
    tallies.fields[second.field].pairs.append(differed)
