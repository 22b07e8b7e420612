"""How well people and readers do: errors per person with bounds, agreement of pairs, fields, audits of readers."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from statistics import median

from sqlalchemy import select
from sqlalchemy.orm import Session

from ocr.confidence.threshold import lower_bound, upper_bound
from review.quality.tallies import KeyingTallies, KeyingTally, tallied
from store.labelled_readings import audited
from store.tables import ControlItem

_TWO_SIDED = 0.975
_PAUSE = timedelta(minutes=5)
"""A longer time between two keys is no work."""


@dataclass(frozen=True)
class Share:
    """How many of how many were wrong (or differed)."""

    wrong: int
    total: int

    @property
    def rate(self) -> float | None:
        """0..1, None where nothing was counted."""
        return self.wrong / self.total if self.total else None

    @property
    def bounds(self) -> tuple[float, float]:
        """Exact 95 % interval (Clopper & Pearson 1934), two-sided."""
        return lower_bound(self.wrong, self.total, _TWO_SIDED), upper_bound(self.wrong, self.total, _TWO_SIDED)


@dataclass(frozen=True)
class PersonFigures:
    """One person's work.

    Attributes
    ----------
    keyed
        Fields keyed in any turn, known ones among them.
    per_hour
        Pace while at work; pauses of more than five minutes left out.
    median_seconds
        Per field, group screens left out; None where nothing was keyed.
    control
        Fields whose value was known, keyed wrongly: the one measure that does not depend on what others keyed.
    keyer
        First keys of settled fields that are not what holds in the end.
    verifier
        Second keys of settled fields that are not what holds in the end.
    """

    person: str
    keyed: int
    per_hour: float
    median_seconds: float | None
    control: Share
    keyer: Share
    verifier: Share


@dataclass(frozen=True)
class PairFigures:
    """Fields that both of two people keyed; `wrong` counts those on which they differed."""

    people: tuple[str, str]
    differed: Share


@dataclass(frozen=True)
class KeyedFieldFigures:
    """Fields of one name: what people keyed otherwise than the machine, than each other, and than what holds."""

    field: str
    keyed: int
    median_seconds: float | None
    machine: Share
    pairs: Share
    keyer: Share


@dataclass(frozen=True)
class ReaderFigures:
    """Accepted values of one reader and kind of field that the audit found wrong."""

    reader: str
    kind: str
    audits: Share


@dataclass(frozen=True)
class DeskQuality:
    """All figures, for supervisors."""

    people: tuple[PersonFigures, ...]
    pairs: tuple[PairFigures, ...]
    fields: tuple[KeyedFieldFigures, ...]
    readers: tuple[ReaderFigures, ...]


def quality(session: Session, *, since: datetime | None = None) -> DeskQuality:
    """Figures of what was keyed, and of what was read, since a moment, or ever. Reads only, in a few queries."""
    tallies = _with_control(session, tallied(session, since=since), since=since)
    return DeskQuality(
        tuple(_person(name, tally) for name, tally in sorted(tallies.people.items())),
        tuple(PairFigures(people, _share(seen)) for people, seen in sorted(tallies.pairs.items())),
        tuple(_field(name, tally) for name, tally in sorted(tallies.fields.items())),
        _readers(session, since),
    )


def own_quality(session: Session, login: str, *, since: datetime | None = None) -> PersonFigures:
    """One person's figures, for themselves."""
    tallies = _with_control(session, tallied(session, since=since, login=login), since=since, login=login)
    return _person(login, tallies.people[login])


def _with_control(
    session: Session, tallies: KeyingTallies, *, since: datetime | None, login: str | None = None
) -> KeyingTallies:
    """The tallies with the known fields; of one that was keyed anew after an undo the last counts."""
    query = select(ControlItem).order_by(ControlItem.id)
    query = query if since is None else query.where(ControlItem.at >= since)
    query = query if login is None else query.where(ControlItem.person == login)
    rows = {(row.person, row.card_id, row.field): row for row in session.scalars(query)}
    for row in rows.values():
        tallies.people[row.person].keys(row.at, row.seconds)
        tallies.people[row.person].control.append(not row.right)
    return tallies


def _person(name: str, tally: KeyingTally) -> PersonFigures:
    return PersonFigures(
        person=name,
        keyed=len(tally.moments),
        per_hour=_pace(tally.moments),
        median_seconds=median(tally.seconds) if tally.seconds else None,
        control=_share(tally.control),
        keyer=_share(tally.first),
        verifier=_share(tally.second),
    )


def _field(name: str, tally: KeyingTally) -> KeyedFieldFigures:
    return KeyedFieldFigures(
        field=name,
        keyed=len(tally.moments),
        median_seconds=median(tally.seconds) if tally.seconds else None,
        machine=_share(tally.machine),
        pairs=_share(tally.pairs),
        keyer=_share(tally.first),
    )


def _readers(session: Session, since: datetime | None) -> tuple[ReaderFigures, ...]:
    wrong: defaultdict[tuple[str, str], list[bool]] = defaultdict(list)
    for item in audited(session, since):
        wrong[item.reader, item.kind].append(not item.right)
    return tuple(ReaderFigures(reader, kind, _share(found)) for (reader, kind), found in sorted(wrong.items()))


def _share(wrong: Iterable[bool]) -> Share:
    found = list(wrong)
    return Share(sum(found), len(found))


def _pace(moments: Iterable[datetime]) -> float:
    ordered = sorted(moments)
    gaps = [b - a for a, b in pairwise(ordered) if b - a <= _PAUSE]
    worked = sum(gaps, timedelta())
    return len(gaps) / (worked / timedelta(hours=1)) if worked else 0.0
