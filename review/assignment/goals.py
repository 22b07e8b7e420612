"""Goals for the tables as people set them: what makes one, and how long it takes to key what one needs."""

from __future__ import annotations

from collections.abc import Container, Mapping
from dataclasses import dataclass
from datetime import date

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from review.assignment.progress import KEYED
from store.tables import Decision, PrecisionGoal

LEAST, MOST = 0.001, 0.5
"""Shares within which numbers may be asked to be."""

USUAL_S = 5.0
"""Seconds a person takes for a field, until enough was keyed to tell."""

ENOUGH = 50
LATELY = 1000


@dataclass(frozen=True)
class ProposedGoal:
    """A goal as somebody asks for it; None where what was typed is no number or no day."""

    dimension: str
    direction: str
    within: float | None
    first_day: date | None
    last_day: date | None


def goal_of(asked: ProposedGoal, dimensions: Container[str]) -> tuple[PrecisionGoal | None, Mapping[str, str]]:
    """The goal that is asked for, in nobody's name yet; or the keys of the texts that say its faults, by attribute.

    Parameters
    ----------
    dimensions
        Names of what goals can be about.
    """
    faults: dict[str, str] = {}
    if asked.dimension not in dimensions:
        faults["dimension"] = "goals.choose_dimension"
    within, first, last = asked.within, asked.first_day, asked.last_day
    if within is None or not LEAST <= within <= MOST:
        faults["within"] = "goals.bad_within"
    if first is None or last is None or last < first:
        faults["last_day"] = "goals.bad_days"
    if faults or within is None or first is None or last is None:
        return None, faults
    about = {"dimension": asked.dimension, "direction": asked.direction, "within": within, "dropped_at": None}
    return PrecisionGoal(first_day=first, last_day=last, **about), {}


def seconds_a_field(session: Session) -> float:
    """What people took for a field lately, on average; the usual where too little was keyed."""
    newest = select(Decision.seconds).where(Decision.kind.in_(KEYED), Decision.seconds.is_not(None))
    lately = newest.order_by(Decision.id.desc()).limit(LATELY).subquery()
    number, mean = session.execute(select(func.count(), func.avg(lately.c.seconds)).select_from(lately)).one()
    return float(mean) if number >= ENOUGH else USUAL_S
