"""What the pages need of whoever reckons how sure the tables are; `migcards.goal_keeper.GoalKeeper` does."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from sqlalchemy.orm import Session

from store.tables import PrecisionGoal
from texts import Label


@dataclass(frozen=True)
class NumberView:
    """One number of a goal: the count with its margin and the one that is asked."""

    label: Label
    count: int
    margin: int
    asked: int

    @property
    def reached(self) -> bool:
        """Whether the number is as sure as asked."""
        return self.margin <= self.asked


@dataclass(frozen=True)
class GoalView:
    """A goal as it stands.

    Attributes
    ----------
    fields
        How many more people have to key, as far as can be told.
    """

    goal: PrecisionGoal
    dimension: Label
    numbers: Sequence[NumberView]
    fields: int

    @property
    def reached(self) -> bool:
        """Whether all numbers are as sure as asked."""
        return all(one.reached for one in self.numbers)


class GoalBoard(Protocol):
    """Reckons."""

    def dimensions(self) -> Mapping[str, Label]:
        """What goals can be about, by name."""
        ...

    def view(self, session: Session, goals: Sequence[PrecisionGoal]) -> list[GoalView]:
        """How far goals are, also such as are not kept yet. Reads only."""
        ...

    def plan(self) -> None:
        """Let people key what the goals need now."""
        ...
