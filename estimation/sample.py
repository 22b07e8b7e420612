"""The cards of a table from the store: those that are counted, and those that machine and people say something of."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import ColumnElement, Select, and_, case, exists, func, or_, select
from sqlalchemy.orm import Session

from estimation.accepted import accepted_error
from estimation.assembly import Counted, Doubtful, Question, Sample, put_together
from estimation.two_phase import Floats
from store.audits import audit_outcomes
from store.doubts import DRAWN, OUT_OF_TURN
from store.lost_cards import lost_cards
from store.queries import record_columns
from store.tables import Doubt, Flag, Record

FEW = 20.0
"""Of a month's doubtful cards so many have to be drawn before they speak for themselves; until then the others do."""

DIRECTION = "direction"
"""The column that no reading can leave open: the form says it."""

_records = Record.__table__


def load_sample(session: Session, question: Question) -> Sample:
    """Read what is known of the cards of a table. Reads only."""
    counted, cards = _counted(session, question), _doubtful(session, question)
    wrong = accepted_error(audit_outcomes(session, question.columns))
    lost = _lost(session, question)
    return put_together(question, counted, cards, _inside(session, question), wrong, lost)


def _has_doubt(columns: Sequence[str]) -> ColumnElement[bool]:
    """That the machine left one of these columns open, and no person settled it out of turn."""
    about = (Doubt.card_id == _records.c.card_id, Doubt.variable.in_(columns), Doubt.known != OUT_OF_TURN)
    return exists().where(*about)


def _counted(session: Session, question: Question) -> Counted:
    """Number of the cards of which nothing is in doubt, by their values."""
    keys, source = record_columns(question.columns)
    day = _records.c[question.day]
    query = select(*keys, func.count()).select_from(source).group_by(*keys)
    fixed = _has(question.fixed)
    query = query.where(day.between(question.first, question.last), *fixed, ~_has_doubt(question.columns))
    return {tuple(row[:-1]): row[-1] for row in session.execute(query)}


def _has(fixed: Mapping[str, Collection[str]]) -> list[ColumnElement[bool]]:
    """That columns have one of the values wanted of them."""
    return [_records.c[name].in_(list(wanted)) for name, wanted in fixed.items()]


def _lost(session: Session, question: Question) -> float:
    """Lost cards of the table: of all as large a share as of those of the period whose values are settled."""
    sides = question.fixed.get(DIRECTION)
    lost = sum(lost_cards(session, question.first, question.last, side) for side in sides or (None,))
    others = {name: wanted for name, wanted in question.fixed.items() if name != DIRECTION}
    if not others:
        return lost
    day = _records.c[question.day]
    asked: list[ColumnElement[bool]] = [
        day.between(question.first, question.last),
        *(_records.c[name].is_not(None) for name in others),
    ]
    asked += _has({DIRECTION: sides}) if sides else []
    inside = func.sum(case((and_(*_has(others)), 1), else_=0))
    number, whole = session.execute(select(inside, func.count()).where(*asked)).one()
    return lost * number / whole if whole else lost


def _inside(session: Session, question: Question) -> float:
    """Share of the cards with a day whose day lies in the period; all, where none has one."""
    day = _records.c[question.day]
    inside = func.sum(case((day.between(question.first, question.last), 1), else_=0))
    number, whole = session.execute(select(inside, func.count()).where(day.is_not(None))).one()
    return number / whole if whole else 1.0


def _doubtful(session: Session, question: Question) -> Doubtful:
    keys, source = record_columns(question.columns)
    day = _records.c[question.day]
    fixed = _has({name: wanted for name, wanted in question.fixed.items() if name == DIRECTION})
    query = select(_records.c.card_id, *keys).select_from(source).order_by(_records.c.card_id)
    in_period = or_(day.between(question.first, question.last), _has_doubt([question.day]))
    rows = session.execute(query.where(in_period, *fixed, _has_doubt(question.columns))).all()
    place = {row.card_id: i for i, row in enumerate(rows)}
    shares, drawing = _drawing(session, question.columns, place)
    values = {name: [row[k + 1] for row in rows] for k, name in enumerate(question.columns)}
    return Doubtful(values, shares, *drawing)


def _drawing(
    session: Session, columns: Sequence[str], place: Mapping[int, int]
) -> tuple[dict[str, dict[int, Mapping[str, float]]], tuple[Floats, NDArray[np.bool_], Floats]]:
    """Shares, and chances, draws and sizes of the doubts, by the places of the cards."""
    levels, shape = _levels(session, columns), (len(place), len(columns))
    shares: defaultdict[str, dict[int, Mapping[str, float]]] = defaultdict(dict)
    chance, size, drawn = np.full(shape, np.inf), np.zeros(shape), np.ones(shape, bool)
    cohort = np.full(shape, "", dtype="U7")
    for doubt in session.execute(_doubts(columns)):
        at = place.get(doubt.card_id), columns.index(doubt.variable)
        if at[0] is None:
            continue
        level = levels.get((doubt.variable, doubt.cohort), np.inf)
        shares[doubt.variable][at[0]] = doubt.shares
        chance[at], size[at], cohort[at] = level * doubt.size, doubt.size, doubt.cohort
        drawn[at] = doubt.known == DRAWN and doubt.draw < level
    for k in range(len(columns)):
        rows = size[:, k] > 0
        chance[rows, k], drawn[rows, k] = _borrowed(chance[rows, k], drawn[rows, k], cohort[rows, k])
    return shares, (chance, drawn, size)


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
    weak, sure = np.zeros(len(chance), bool), np.minimum(chance, 1.0)
    for month in np.unique(cohort):
        of = cohort == month
        weak |= of & (sure[of].sum() < min(FEW, of.sum()))
    if not weak.any() or weak.all():
        return chance, drawn
    lent = sure * (~weak).sum() / len(chance)
    lent[weak] = lent[~weak].mean()
    return lent, drawn & ~weak
