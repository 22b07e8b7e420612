"""How the fields of cards are filled in (T14)."""

from __future__ import annotations

from sqlalchemy.orm import Session

from ocr.forms.codebook import codebook
from reports.crosstab import Body
from reports.labels import named
from reports.levels import NOT_STATED
from reports.reach import Reach
from reports.source import Answers, Asked, answers, only
from reports.specs import Spec
from reports.table import Cell, Column, Row, RowKind, Unit, percent
from texts import say_all


def by_field(session: Session, spec: Spec, reach: Reach) -> Body:
    """T14: for each field, cards that have it by what came of it."""
    sides = {None, *(side for side, _ in spec.sides)}
    known = {name: codebook().dimension[name] for name in spec.rows}
    kept = {name: one for name, one in known.items() if one.direction in sides}
    asked = {n: Asked(one.column or n, one.digits or 0, (NOT_STATED, *one.empty)) for n, one in kept.items()}
    found = answers(session, reach.period, asked, *only(spec))
    rows = tuple(Row(named(one.label), 1, RowKind.CATEGORY) for one in kept.values())
    cells = tuple(
        _cells(sum((by[name] for side, by in found.items() if one.direction in (None, side)), Answers()))
        for name, one in kept.items()
    )
    return rows, _columns(), cells


def _cells(one: Answers) -> tuple[Cell, ...]:
    without = (one.not_stated, one.not_classified, one.implausible, one.awaiting)
    return one.cards, one.answered, *without, percent(one.answered, one.cards)


def _columns() -> tuple[Column, ...]:
    return (
        Column(say_all("report.cards"), None, Unit.COUNT),
        Column(say_all("report.answered"), None, Unit.COUNT, part=True),
        *(
            Column(say_all(f"report.{name}"), None, Unit.COUNT, part=True, missing=True)
            for name in ("not_stated", "not_classified", "implausible", "awaiting")
        ),
        Column(say_all("report.answered_percent"), None, Unit.PERCENT),
    )
