"""Keeps the queue to the goals: reckons again and again what the tables need, and lets no more be keyed than that."""

from __future__ import annotations

import logging
import time
from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from math import ceil
from threading import Event, Lock, Thread

from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session

from ocr.errors import MigcardsError
from ocr.forms.codebook import codebook
from reports.goals import CodeStanding, Goal, Standing, goal_dimensions, standing
from reports.labels import named
from reports.period import Period
from review.web.goal_board import GoalView, NumberView
from store.engine import read_only
from store.goals import goals_in_force, sampling_levels, set_levels
from store.tables import Doubt, PrecisionGoal
from texts import Label

PAUSE_S = 20.0
"""Between one reckoning and the next, at least."""

REST = 4.0
"""The pause is as many times as long as the reckoning before it, so that much is left for the pages."""

FRESH = timedelta(minutes=1)
"""How long what was reckoned is shown where no thread reckons again."""

STEP = 1.25
"""How much further people key where all that was planned is keyed and a number is less sure than expected."""

_LOG = logging.getLogger("migcards.goals")


class GoalKeeper:
    """`review.web.goal_board.GoalBoard` over a store, with a thread of its own that plans.

    What was reckoned last of each goal is kept: reckoning goes through all cards, and a page should not wait for that.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._reckoned: Mapping[int, GoalView] = {}
        self._planning = Lock()
        self._ended = Event()
        self._thread = Thread(target=self._keep, name="goals", daemon=True)

    def start(self) -> None:
        """Begin to plan."""
        self._thread.start()

    def stop(self) -> None:
        """End it."""
        self._ended.set()
        self._thread.join()

    def dimensions(self) -> Mapping[str, Label]:
        """What goals can be about."""
        return {name: named(codebook().dimension[name].label) for name in goal_dimensions()}

    def view(self, session: Session, goals: Sequence[PrecisionGoal]) -> list[GoalView]:
        """How far goals are: those in force as they were reckoned lately."""
        return [self._lately(row) or self._now(session, row) for row in goals]

    def plan(self) -> None:
        """Set the levels that the goals need now; none for those that are reached, or cannot be."""
        with self._planning:  # else the older of two reckonings may have the last word
            with Session(read_only(self._engine)) as session:
                found = [(row, standing(session, _goal(row))) for row in goals_in_force(session)]
                needed = _levels(session, [one for _, one in found])
                self._reckoned = {row.id: _view(session, row, one) for row, one in found}
            with Session(self._engine) as session, session.begin():
                set_levels(session, needed, datetime.now(UTC))

    def _now(self, session: Session, row: PrecisionGoal) -> GoalView:
        found = _view(session, row, standing(session, _goal(row)))
        if row.id is not None:  # a goal that is only proposed has no number yet
            self._reckoned = {**self._reckoned, row.id: found}
        return found

    def _lately(self, row: PrecisionGoal) -> GoalView | None:
        kept = self._reckoned.get(row.id)
        fresh = kept is not None and (self._thread.is_alive() or datetime.now(UTC) - kept.at < FRESH)
        return kept if fresh else None

    def _keep(self) -> None:
        pause = 0.0
        while not self._ended.wait(pause):
            began = time.monotonic()
            try:
                self.plan()
            except MigcardsError as error:  # the database may be back at the next time
                _LOG.warning("%s", error)
            pause = max(PAUSE_S, REST * (time.monotonic() - began))


def _view(session: Session, row: PrecisionGoal, found: Standing) -> GoalView:
    numbers = [_number(one) for one in found.codes]
    left = 0 if not found.needs_keying else sum(_left(session, name, found.level) for name in found.variables)
    about = named(codebook().dimension[row.dimension].label)
    return GoalView(row, about, numbers, found.reached, found.needs_keying, left, datetime.now(UTC))


def _number(one: CodeStanding) -> NumberView:
    best = None if one.attainable else ceil(one.best)
    return NumberView(one.label, round(one.count.estimate), one.count.margin, int(one.asked), one.reached, best)


def _levels(session: Session, standings: Sequence[Standing]) -> Mapping[str, float]:
    """The level of each variable that the goals need which are not reached."""
    needed: defaultdict[str, float] = defaultdict(float)
    before = sampling_levels(session)
    for found in standings:
        for variable in found.variables if found.needs_keying else ():
            level = _further(session, variable, found.level, before.get(variable, 0.0))
            needed[variable] = max(needed[variable], level)
    return needed


def _goal(row: PrecisionGoal) -> Goal:
    return Goal(row.dimension, row.direction, row.within, Period(row.first_day, row.last_day))


def _further(session: Session, variable: str, level: float, before: float) -> float:
    """The level that is needed; above the present one where all below that is keyed already."""
    if before and level <= before and not _left(session, variable, before):
        return STEP * before
    return max(level, before)


def _left(session: Session, variable: str, level: float) -> int:
    """How many cards' values of a variable wait below a level."""
    open_ones = (Doubt.variable == variable, Doubt.known == "", Doubt.draw < level)
    return session.scalar(select(func.count()).select_from(Doubt).where(*open_ones)) or 0
