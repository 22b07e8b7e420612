"""The cards of a table from the store: those that are counted, and those that machine and people say something of."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array
from sqlalchemy import ColumnElement, Select, case, exists, func, or_, select
from sqlalchemy.orm import Session

from estimation.axes import Axis, AxisCell, AxisCode, AxisValue, coded, crossed
from estimation.two_phase import TwoPhase
from ocr.forms.codebook import Role, codebook
from store.doubts import DRAWN, OUT_OF_TURN
from store.queries import record_columns
from store.tables import Doubt, Flag, Record

FEW = 20.0
"""Of a month's doubtful cards so many have to be drawn before they speak for themselves; until then the others do."""

DIRECTION = "direction"
"""The column that no reading can leave open: the form says it."""

_records = Record.__table__


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
        Values that columns must have, by name of the column.
    possible
        Whether a cell can be: a district lies in its region.
    """

    axes: tuple[Axis, ...]
    first: date
    last: date
    fixed: Mapping[str, str]
    possible: Callable[[AxisCell], bool] = lambda cell: True

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
class _Doubtful:
    """The doubtful cards: their settled values by column, their doubts by column and row, and how they were drawn."""

    values: Mapping[str, Sequence[AxisValue]]
    shares: Mapping[str, Mapping[int, Mapping[str, float]]]
    chance: NDArray[np.float64]
    drawn: NDArray[np.bool_]
    size: NDArray[np.float64]


def load_sample(session: Session, question: Question) -> Sample:
    """Read what is known of the cards of a table. Reads only."""
    counted = _counted(session, question)
    cards = _doubtful(session, question)
    own = len(question.axes)
    axes = (*question.axes, _within(question), *(_fixed(name, value) for name, value in question.fixed.items()))
    priors = [_prior(axis, question.columns.index(axis.column), counted, cards) for axis in question.axes]
    priors += [_inside(session, question), *({} for _ in question.fixed)]
    along = [
        coded(axis, cards.values[axis.column], cards.shares.get(axis.column, {}), prior)
        for axis, prior in zip(axes, priors, strict=True)
    ]
    cells, predicted, found = crossed(along, lambda cell: question.possible(cell[:own]))
    inside = [k for k, cell in enumerate(cells) if all(cell[own:])]
    about = csr_array(predicted[:, inside]), csr_array(found[:, inside])
    return _sample(question, counted, [cells[k][:own] for k in inside], cards, *about)


def _sample(
    question: Question,
    counted: Mapping[tuple[Any, ...], int],
    cells: Sequence[AxisCell],
    cards: _Doubtful,
    predicted: csr_array,
    found: csr_array,
) -> Sample:
    settled: defaultdict[AxisCell, float] = defaultdict(float)
    places = [(axis, question.columns.index(axis.column)) for axis in question.axes]
    for values, number in counted.items():
        settled[tuple(axis.code_of(values[place]) for axis, place in places)] += number
    every = tuple(dict.fromkeys([*cells, *settled]))
    seen = csr_array(found.multiply(cards.drawn[:, None]))
    counts = np.array([settled.get(cell, 0.0) for cell in every])
    wide = (_widened(matrix, len(every)) for matrix in (predicted, seen))
    drawing = cards.chance, cards.drawn, cards.size
    return Sample(every, TwoPhase(counts, next(wide), *drawing, next(wide)))


def _widened(matrix: csr_array, columns: int) -> csr_array:
    """The matrix with columns of zeros after its own."""
    return csr_array((matrix.data, matrix.indices, matrix.indptr), shape=(matrix.shape[0], columns))


def _within(question: Question) -> Axis:
    first, last = question.first.isoformat(), question.last.isoformat()
    return Axis(question.day, lambda value: "1" if value and first <= str(value) <= last else "")


def _fixed(column: str, wanted: str) -> Axis:
    return Axis(column, lambda value: "1" if value == wanted else "")


def _prior(axis: Axis, place: int, counted: Mapping[tuple[Any, ...], int], cards: _Doubtful) -> dict[AxisCode, float]:
    """Shares of the codes of an axis among the cards of which it is settled."""
    found: defaultdict[AxisCode, float] = defaultdict(float)
    for values, number in counted.items():
        found[axis.code_of(values[place])] += number
    for value in cards.values[axis.column]:
        if value is not None:
            found[axis.code_of(value)] += 1
    whole = sum(found.values())
    return {code: number / whole for code, number in found.items()}


def _has_doubt(columns: Sequence[str]) -> ColumnElement[bool]:
    """That the machine left one of these columns open, and no person settled it out of turn."""
    about = (Doubt.card_id == _records.c.card_id, Doubt.variable.in_(columns), Doubt.known != OUT_OF_TURN)
    return exists().where(*about)


def _counted(session: Session, question: Question) -> dict[tuple[Any, ...], int]:
    """Number of the cards of which nothing is in doubt, by their values."""
    keys, source = record_columns(question.columns)
    day = _records.c[question.day]
    fixed = [_records.c[name] == value for name, value in question.fixed.items()]
    query = select(*keys, func.count()).select_from(source).group_by(*keys)
    query = query.where(day.between(question.first, question.last), *fixed, ~_has_doubt(question.columns))
    return {tuple(row[:-1]): row[-1] for row in session.execute(query)}


def _inside(session: Session, question: Question) -> dict[AxisCode, float]:
    """Share of the period's days among all cards with a day."""
    day = _records.c[question.day]
    inside = func.sum(case((day.between(question.first, question.last), 1), else_=0))
    number, whole = session.execute(select(inside, func.count()).where(day.is_not(None))).one()
    return {"1": number / whole, "": 1 - number / whole} if whole else {}


def _doubtful(session: Session, question: Question) -> _Doubtful:
    keys, source = record_columns(question.columns)
    day = _records.c[question.day]
    fixed = [_records.c[name] == value for name, value in question.fixed.items() if name == DIRECTION]
    query = select(_records.c.card_id, *keys).select_from(source).order_by(_records.c.card_id)
    in_period = or_(day.between(question.first, question.last), _has_doubt([question.day]))
    rows = session.execute(query.where(in_period, *fixed, _has_doubt(question.columns))).all()
    place = {row.card_id: i for i, row in enumerate(rows)}
    levels = _levels(session, question.columns)
    shares: defaultdict[str, dict[int, Mapping[str, float]]] = defaultdict(dict)
    chance, size, drawn = np.ones(len(rows)), np.ones(len(rows)), np.ones(len(rows), bool)
    cohort = np.full(len(rows), "", dtype="U7")
    for doubt in session.execute(_doubts(question.columns)):
        i = place.get(doubt.card_id)
        if i is None:
            continue
        level = levels.get((doubt.variable, doubt.cohort), np.inf)
        shares[doubt.variable][i] = doubt.shares
        chance[i], size[i] = min(chance[i], level * doubt.size), min(size[i], doubt.size)
        drawn[i] &= doubt.known == DRAWN and doubt.draw < level
        cohort[i] = max(cohort[i], doubt.cohort)
    values = {name: [row[k + 1] for row in rows] for k, name in enumerate(question.columns)}
    return _Doubtful(values, shares, *_borrowed(chance, drawn, cohort), size)


def _doubts(columns: Sequence[str]) -> Select[*tuple[Any, ...]]:
    about = (Doubt.card_id, Doubt.variable, Doubt.cohort, Doubt.size, Doubt.draw, Doubt.known, Doubt.shares)
    return select(*about).where(Doubt.variable.in_(columns), Doubt.known != OUT_OF_TURN)


def _levels(session: Session, columns: Sequence[str]) -> dict[tuple[str, str], float]:
    """Up to which draw all is keyed, by variable and month: the least draw of what waits, flagged cards apart."""
    flagged = exists().where(Flag.card_id == Doubt.card_id, Flag.resolved_at.is_(None))
    query = select(Doubt.variable, Doubt.cohort, func.min(Doubt.draw)).where(Doubt.known == "", ~flagged)
    rows = session.execute(query.where(Doubt.variable.in_(columns)).group_by(Doubt.variable, Doubt.cohort))
    return {(variable, cohort): level for variable, cohort, level in rows}


def _borrowed(
    chance: NDArray[np.float64], drawn: NDArray[np.bool_], cohort: NDArray[np.str_]
) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    """Chances and draws where those of months of which next to nothing was keyed are lent by the other months."""
    weak = np.zeros(len(chance), bool)
    for month in np.unique(cohort):
        of = cohort == month
        weak |= of & (chance[of].sum() < min(FEW, of.sum()))
    if not weak.any() or weak.all():
        return chance, drawn
    lent = chance * (~weak).sum() / len(chance)
    lent[weak] = lent[~weak].mean()
    return lent, drawn & ~weak
