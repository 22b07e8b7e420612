"""The sample of a table, put together from its cards: those that are counted, and those in doubt. Pure."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from estimation.axes import UNLIKELY, Axis, AxisCell, AxisValue, cell_of, cells_of, coded, crossed
from estimation.nested import At, nested, two_phase
from estimation.two_phase import TwoPhase
from ocr.forms.codebook import Role, codebook

Counted: TypeAlias = Mapping[tuple[Any, ...], int]
"""Number of cards by their values, in the order of `Question.columns`."""


@dataclass(frozen=True)
class Question:
    """What is asked of the cards.

    Attributes
    ----------
    axes
        What the cells are made by.
    first, last
        Days of crossing, both included.
    fixed
        Values of which columns must have one, by name of the column.
    possible
        Whether a cell can be, of cards that have the `fixed` values of these columns, and of the others not: a district
        lies in its region.
    """

    axes: tuple[Axis, ...]
    first: date
    last: date
    fixed: Mapping[str, Collection[str]]
    possible: Callable[[AxisCell, Collection[str]], bool] = lambda cell, having: True

    @property
    def day(self) -> str:
        """The column of the day of crossing."""
        return codebook().column_of(Role.CROSSING_DATE)

    @property
    def columns(self) -> tuple[str, ...]:
        """All columns that the answer depends on; those of the axes first."""
        return tuple(dict.fromkeys([*(axis.column for axis in self.axes), self.day, *self.fixed]))


@dataclass(frozen=True, eq=False)
class Sample:
    """The cells of a table, and its cards."""

    cells: tuple[AxisCell, ...]
    cards: TwoPhase


@dataclass(frozen=True, eq=False)
class Doubtful:
    """The doubtful cards of a question, and how they were drawn.

    Attributes
    ----------
    values
        By column: its value on each card, None while nobody knows it.
    shares
        By column and row of the cards whose column the machine did not settle: shares of its values.
    chance
        (N, V) up to which random number each of the V columns is keyed, above 0; infinite where it is settled.
    drawn
        (N, V) whether it was keyed, or is settled.
    size
        (N, V) sizes of the doubts (`store.draws`); 0 where a column is settled.
    """

    values: Mapping[str, Sequence[AxisValue]]
    shares: Mapping[str, Mapping[int, Mapping[str, float]]]
    chance: NDArray[np.float64]
    drawn: NDArray[np.bool_]
    size: NDArray[np.float64]


def put_together(
    question: Question, counted: Counted, cards: Doubtful, inside: float, accepted_error: float, lost: float
) -> Sample:
    """The sample of a table.

    Parameters
    ----------
    inside
        Share of the cards with a day whose day lies inside the period, by which one of which nothing is known goes.
    accepted_error, lost
        As in `TwoPhase`.
    """
    order = np.argsort(-cards.chance, axis=1, kind="stable")
    cells, settled, at = ladder(question, counted, cards, inside, order)
    nest = nested(order, cards.chance, cards.drawn, cards.size)
    return Sample(cells, two_phase(settled, nest, at, accepted_error, lost))


def ladder(
    question: Question, counted: Counted, cards: Doubtful, inside: float, order: NDArray[np.int_]
) -> tuple[tuple[AxisCell, ...], NDArray[np.float64], At]:
    """The cells of a table, (K,) counted cards in each, and how likely each holds the doubtful ones (`At`).

    Parameters
    ----------
    inside
        As in `put_together`.
    order
        (N, V) the columns of each card, the first to be found first.
    """
    own, rank = len(question.axes), np.argsort(order, axis=1)
    axes = (*question.axes, _within(question), *(_fixed(name, value) for name, value in question.fixed.items()))
    along = []
    for column in question.columns:
        about = {i: axis for i, axis in enumerate(axes) if axis.column == column}
        prior = _prior(question, column, tuple(about.values()), counted, cards, inside)
        along.append(coded(about, cards.values[column], cards.shares.get(column, {}), prior))
    cells = cells_of(along)
    possible = [question.possible(cell[:own], _having(question, cell[own + 1 :])) for cell in cells]
    likely = np.where(possible, 1.0, UNLIKELY)
    within = [k for k, cell in enumerate(cells) if all(cell[own:])]
    settled = _settled(question, counted)
    every = tuple(dict.fromkeys([*(cells[k][:own] for k in within), *settled]))

    def at(found: int, rows: NDArray[np.int_]) -> csr_array:
        return _widened(csr_array(crossed(along, likely, rank < found, rows)[:, within]), len(every))

    return every, np.array([settled.get(cell, 0.0) for cell in every]), at


def _having(question: Question, fixed: AxisCell) -> list[str]:
    """The columns of which a cell's cards have a fixed value."""
    return [name for name, has in zip(question.fixed, fixed, strict=True) if has]


def _settled(question: Question, counted: Counted) -> dict[AxisCell, float]:
    settled: defaultdict[AxisCell, float] = defaultdict(float)
    places = [(axis, question.columns.index(axis.column)) for axis in question.axes]
    for values, number in counted.items():
        settled[tuple(axis.code_of(values[place]) for axis, place in places)] += number
    return settled


def _widened(matrix: csr_array, columns: int) -> csr_array:
    """The matrix with columns of zeros after its own."""
    return csr_array((matrix.data, matrix.indices, matrix.indptr), shape=(matrix.shape[0], columns))


def _within(question: Question) -> Axis:
    first, last = question.first.isoformat(), question.last.isoformat()
    return Axis(question.day, lambda value: "1" if value and first <= str(value) <= last else "")


def _fixed(column: str, wanted: Collection[str]) -> Axis:
    return Axis(column, lambda value: "1" if value in wanted else "")


def _prior(
    question: Question, column: str, axes: Sequence[Axis], counted: Counted, cards: Doubtful, inside: float
) -> dict[AxisCell, float]:
    """Shares of the codes of a column among the cards of which it is settled; nothing of one that is fixed.

    Of that the counted cards hold the wanted values only. Days outside the period are one code, whichever they are; the
    last axis about days tells.
    """
    if column in question.fixed:
        return {}
    place, found = question.columns.index(column), Counter[AxisCell]()
    for values, number in counted.items():
        found[cell_of(axes, values[place])] += number
    found.update(cell_of(axes, value) for value in cards.values[column] if value is not None)
    if column != question.day:
        return {code: number / found.total() for code, number in found.items()}
    outside = cell_of(axes, None)
    within = Counter({code: number for code, number in found.items() if code[-1]})
    shares = {code: inside * number / within.total() for code, number in within.items()}
    return shares | {outside: 1 - inside if shares else 1.0}
