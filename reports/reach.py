"""How far the cards that were read reach into a period: a year that has not passed is no year to compare with one.

A period is finished when cards of its last day or of a later one were read. One wrong date says nothing of a day: only
one that has a tenth of the usual number of cards counts, or the last day of a batch, which its cover sheet names. No
card crossed after the last one was scanned.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from reports.period import Period
from reports.specs import Spec
from store.operations import last_saved
from store.tables import Batch, Record

USUAL_SHARE = 0.1
"""Share of the usual number of cards a day from which on a day counts as read."""


@dataclass(frozen=True)
class Reach:
    """A period, and its last day that the cards reach; None where they do not reach its first."""

    period: Period
    until: date | None

    @property
    def is_finished(self) -> bool:
        """Whether the whole period has passed and was read."""
        return self.until == self.period.end

    @property
    def passed(self) -> Period:
        """The days that the cards reach; the period itself where they reach none."""
        return Period(self.period.start, self.until) if self.until else self.period

    def counted(self, spec: Spec) -> Period:
        """The days of which a table counts the cards: what it compares has to have passed."""
        return self.passed if spec.compares else self.period

    @property
    def previous(self) -> Period | None:
        """What is compared with the days that have passed: the same ones of the year before."""
        return self.passed.previous if self.until and self.period.previous else None


def reach_of(session: Session, period: Period) -> Reach:
    """How far the cards of a store reach into a period. Reads only."""
    days = _cards_by_day(session, period.start)
    usual = _usual(days, period)
    last = max((day for day, cards in days.items() if cards >= USUAL_SHARE * usual), default=None)
    last = max(filter(None, (last, _last_of_batches(session, period.start))), default=None)
    return Reach(period, min(last, period.end) if last else None)


def _cards_by_day(session: Session, first: date) -> dict[date, int]:
    """Cards by the first day on which each may have crossed, from a day on, as far as they had been scanned by then."""
    day, scanned = Record.crossing_first, last_saved(session)
    query = select(day, func.count()).where(day >= first, Record.direction != "").group_by(day)
    if scanned is not None:
        query = query.where(day <= _local_day(scanned))
    return {day: number for day, number in session.execute(query) if day is not None}


def _usual(days: dict[date, int], period: Period) -> float:
    """Cards a day of the period, on days that have any."""
    inside = [number for day, number in days.items() if day <= period.end]
    return sum(inside) / len(inside) if inside else 0.0


def _last_of_batches(session: Session, first: date) -> date | None:
    """The last day that a cover sheet names, if the batch was not opened before it."""
    query = select(Batch.last_day, func.max(Batch.opened_at)).where(Batch.last_day >= first).group_by(Batch.last_day)
    return max((day for day, opened in session.execute(query) if day and day <= _local_day(opened)), default=None)


def _local_day(moment: datetime) -> date:
    """The day on which a moment falls by the clock of this machine."""
    return moment.astimezone().date()
