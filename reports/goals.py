"""Goals for the tables: how sure the numbers are by now, and up to which draw people have to key to reach them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.sparse import csr_array
from scipy.special import ndtri
from sqlalchemy.orm import Session

from estimation.assembly import Question
from estimation.intervals import LEVEL, Interval
from estimation.two_phase import Floats, TwoPhase
from ocr.errors import BadInputError
from reports.estimated import Pair, estimates
from reports.levels import LEVELS, MISSING, Code, Level
from reports.period import Period
from reports.shape import TableShape
from texts import Label

SMALL = 0.01
"""A code with a smaller share of the cards is held to the margin of one with this share."""

SAFETY = 1.05
"""Margins that are planned for are smaller than asked by this factor, since the sample that comes out is not known."""

MOST = 1e6
"""Level at which every card is keyed."""

Z = float(ndtri(0.5 + LEVEL / 2))


@dataclass(frozen=True)
class Goal:
    """All codes of a dimension, of one direction, within a share of their count; see `store.tables.PrecisionGoal`."""

    dimension: str
    direction: str
    within: float
    period: Period

    @property
    def level(self) -> Level:
        """The level of the classification that it is about."""
        if self.dimension not in goal_dimensions():
            raise BadInputError(f"There is no goal for {self.dimension!r}; there are {', '.join(goal_dimensions())}.")
        return LEVELS[self.dimension]


@dataclass(frozen=True)
class CodeStanding:
    """How sure one number is.

    Attributes
    ----------
    count
        Cards, with the interval.
    asked
        The margin that is asked, at least one card.
    best
        The margin once every field is keyed: what was accepted may be wrong, and sheets are missing.
    """

    label: Label
    count: Interval
    asked: float
    best: float

    @property
    def reached(self) -> bool:
        """Whether the number is as sure as asked."""
        return self.count.margin <= self.asked

    @property
    def attainable(self) -> bool:
        """Whether keying can make it so."""
        return self.reached or SAFETY * self.best < self.asked


@dataclass(frozen=True)
class Standing:
    """How far a goal is.

    Attributes
    ----------
    codes
        All codes but those that are no category.
    variables
        Columns of the record on which it depends.
    level
        Up to which draw these have to be keyed (`store.draws`), as far as can be told now, for all that is attainable.
    """

    codes: tuple[CodeStanding, ...]
    variables: tuple[str, ...]
    level: float

    @property
    def reached(self) -> bool:
        """Whether all numbers are as sure as asked."""
        return all(code.reached for code in self.codes)

    @property
    def needs_keying(self) -> bool:
        """Whether a number is not as sure as asked and keying can make it so."""
        return any(code.attainable and not code.reached for code in self.codes)


def goal_dimensions() -> tuple[str, ...]:
    """Names of the dimensions that goals can be about."""
    return tuple(name for name, level in LEVELS.items() if name != "direction")


def standing(session: Session, goal: Goal) -> Standing:
    """Estimate the numbers of a goal, and what it needs. Reads only."""
    level, fixed = goal.level, {"direction": (goal.direction,)}
    found = estimates(session, TableShape((level,), (), fixed), goal.period)
    whole = found.count(((), ())).estimate
    codes = _order(level, [row[0] for row, _ in found.pairs if row and row[0] not in MISSING])
    pairs: list[Pair] = [((code,), ()) for code in codes]
    counts, of = [found.count(pair) for pair in pairs], found.columns(pairs)
    limits = np.array([max(1.0, goal.within * max(count.estimate, SMALL * whole)) for count in counts])
    best = Z * np.sqrt(found.cards.other_variances(of))
    each = zip(codes, counts, limits.tolist(), best.tolist(), strict=True)
    shown = tuple(CodeStanding(level.label(code), *numbers) for code, *numbers in each)
    question = Question((), goal.period.start, goal.period.end, fixed)
    variables = tuple(dict.fromkeys([level.column, question.day]))
    return Standing(shown, variables, needed_level(found.cards, of, limits))


def _order(level: Level, codes: Sequence[Code]) -> list[Code]:
    first = [code for code in level.codes if code in codes]
    return [*first, *sorted((code for code in codes if code not in first), key=str)]


def needed_level(cards: TwoPhase, of: csr_array, limits: Floats) -> float:
    """The least level at which the margins that are to be expected are those asked, where keying can make them so."""
    left = (limits / SAFETY) ** 2 - Z**2 * cards.other_variances(of)
    attainable = np.flatnonzero(left > 0)
    of, left = csr_array(of[:, attainable]), left[attainable]

    def suffices(level: float) -> bool:
        return bool((Z**2 * cards.scale**2 * cards.variances_at(level, of) <= left).all())

    low, high = 1e-4, MOST
    if not len(left) or suffices(low):
        return 0.0
    for _ in range(60):
        middle = (low * high) ** 0.5
        low, high = (low, middle) if suffices(middle) else (middle, high)
    return high
