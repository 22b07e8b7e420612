"""Goals for the tables and the levels up to which fields are keyed for them. The caller commits."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from store.tables import PrecisionGoal, SamplingLevel


def goals_in_force(session: Session) -> list[PrecisionGoal]:
    """The goals that were not dropped, the oldest first."""
    query = select(PrecisionGoal).where(PrecisionGoal.dropped_at.is_(None))
    return list(session.scalars(query.order_by(PrecisionGoal.id)))


def drop_goal(session: Session, goal_id: int, at: datetime) -> bool:
    """Take a goal back; returns whether it was in force, as any other is left alone."""
    open_one = (PrecisionGoal.id == goal_id) & PrecisionGoal.dropped_at.is_(None)
    dropped = update(PrecisionGoal).where(open_one).values(dropped_at=at).returning(PrecisionGoal.id)
    return session.scalars(dropped).first() is not None


def sampling_levels(session: Session) -> dict[str, float]:
    """Up to which draw each variable is keyed for the goals."""
    newest = select(func.max(SamplingLevel.id)).group_by(SamplingLevel.variable)
    query = select(SamplingLevel.variable, SamplingLevel.level).where(SamplingLevel.id.in_(newest))
    return {row.variable: row.level for row in session.execute(query)}


def set_levels(session: Session, levels: Mapping[str, float], at: datetime) -> None:
    """Set the levels of all variables; those that are not named need nothing any more."""
    now = sampling_levels(session)
    for variable in sorted({*now, *levels}):
        if levels.get(variable, 0.0) != now.get(variable, 0.0):
            session.add(SamplingLevel(variable=variable, level=levels.get(variable, 0.0), at=at))
