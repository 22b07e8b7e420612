"""What the pages need of whoever reckons how sure the tables are; `migcards.goal_keeper.GoalKeeper` does."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from sqlalchemy.orm import Session

from store.tables import PrecisionGoal
from texts import Label


@dataclass(frozen=True)
class NumberView:
    """One number of a goal: the count with its margin and the one that is asked, and whether it is as sure as that.

    Attributes
    ----------
    best
        The margin that is left once every field is keyed, where it is larger than asked; None where it is not.
    """

    label: Label
    count: int
    margin: int
    asked: int
    reached: bool
    best: int | None = None


@dataclass(frozen=True)
class GoalView:
    """A goal as it stands.

    Attributes
    ----------
    reached
        Whether all numbers are as sure as asked.
    needs_keying
        Whether keying can make a number as sure as asked that is not.
    fields
        How many more people have to key, as far as can be told.
    at
        When it was reckoned.
    """

    goal: PrecisionGoal
    dimension: Label
    numbers: Sequence[NumberView]
    reached: bool
    needs_keying: bool
    fields: int
    at: datetime

    @property
    def worst(self) -> NumberView | None:
        """The number that is farthest from what is asked; None where no card counts yet."""
        return max(self.numbers, key=lambda one: one.margin / one.asked, default=None)


class GoalBoard(Protocol):
    """Reckons."""

    def dimensions(self) -> Mapping[str, Label]:
        """What goals can be about, by name."""
        ...

    def view(self, session: Session, goals: Sequence[PrecisionGoal]) -> list[GoalView]:
        """How far goals are, or were a short while ago; also such as are not kept yet. Reads only."""
        ...

    def plan(self) -> None:
        """Let people key what the goals need now."""
        ...
