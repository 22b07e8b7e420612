"""Estimates of what compares: departures with returns by region (T2), months with those of the year before (T11)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from itertools import chain
from math import ceil

from sqlalchemy.orm import Session

from ocr.forms.codebook import Role, codebook
from reports.estimated import EstimatedBody, Estimates, Pair, coverage, estimates, margin_of
from reports.flows import COMPARED, region_rows
from reports.labels import same
from reports.levels import LEVELS, NOT_STATED, Code, Level, Path, Value
from reports.period import Period, month_label
from reports.reach import Reach
from reports.shape import TableShape
from reports.specs import Spec
from reports.table import Cell, Column, Row, RowKind, Unit, percent
from texts import say_all

NOW, BEFORE = "now", "before"


def net_by_region(session: Session, spec: Spec, reach: Reach) -> EstimatedBody:
    """T2: departures, returns and net migration by region, as `reports.flows` counts them."""
    found = estimates(session, TableShape((LEVELS["region"],), (LEVELS["direction"],), spec.fixed), reach.passed)
    sizes = Counter({row: round(one.estimate) for (row, column), one in found.counts.items() if not column})
    rows = region_rows(sizes)
    nets = found.difference_margins([((path, ("D",)), (path, ("A",))) for path, _ in rows])
    cells = []
    for (path, _), margin in zip(rows, nets.tolist(), strict=True):
        out, back = (_with_margin(found, (path, (side,))) for side, _ in spec.sides)
        cells.append((*out, *back, back[0] - out[0], ceil(margin - 1e-9)))
    heads = (("departed", Unit.COUNT), ("returned", Unit.COUNT), ("net", Unit.CHANGE))
    columns = chain.from_iterable(
        (Column(say_all("report.crossings"), say_all(f"report.{name}"), unit), margin_of(say_all(f"report.{name}")))
        for name, unit in heads
    )
    return (tuple(row for _, row in rows), tuple(columns), tuple(cells)), coverage(found.cards)


def by_month(session: Session, spec: Spec, reach: Reach) -> EstimatedBody:
    """T11: departures and returns by month, and how they have changed since the same days of the year before.

    Both years are one sample, so that what nobody knows of a card's day is in both numbers of a change.
    """
    period, previous, kept = reach.passed, reach.previous, spec.sides
    level = _months(period, previous)
    whole = Period(previous.start, period.end) if previous else period
    shape = TableShape((periods_level(period, previous), level), (LEVELS["direction"],), spec.fixed)
    found = estimates(session, shape, whole)
    months = period.months()
    paths: list[tuple[Path, Path]] = [((NOW,), (BEFORE,))]
    paths += [((NOW, _code(year, month)), (BEFORE, _code(year - 1, month))) for year, month in months]
    rows = [Row(say_all("report.total"), 0, RowKind.TOTAL)]
    rows += [Row(month_label(*month), 1, RowKind.CATEGORY) for month in months]
    sides = [_compared(found, paths, side, before=previous is not None) for side, _ in kept]
    cells = tuple(tuple(chain.from_iterable(line)) for line in zip(*sides, strict=True))
    return (tuple(rows), tuple(_columns(kept, compared=previous is not None)), cells), coverage(found.cards)


def _columns(sides: Sequence[tuple[str, str]], *, compared: bool) -> Iterator[Column]:
    for _, side in sides:
        group = say_all(f"report.{side}")
        for name, unit in COMPARED if compared else COMPARED[:1]:
            yield Column(say_all(f"report.{name}"), group, unit)
            yield margin_of(group, unit)


def _compared(found: Estimates, paths: Sequence[tuple[Path, Path]], side: str, *, before: bool) -> list[list[Cell]]:
    """The cells of one direction, with their margins."""
    pairs: list[tuple[Pair, Pair]] = [((now, (side,)), (then, (side,))) for now, then in paths]
    cells: list[list[Cell]] = [[*_with_margin(found, now)] for now, _ in pairs]
    if not before:
        return cells
    changes, ratios = found.difference_margins(pairs), found.ratio_margins(pairs)
    for line, (now, then), change, ratio in zip(cells, pairs, changes.tolist(), ratios.tolist(), strict=True):
        here, (there, off) = _with_margin(found, now)[0], _with_margin(found, then)
        relative = percent(here - there, there)
        line += [there, off, here - there, ceil(change - 1e-9), relative]
        line.append(None if relative is None else round(ratio, 1))
    return cells


def _with_margin(found: Estimates, pair: Pair) -> tuple[int, int]:
    count = found.count(pair)
    return round(count.estimate), count.margin


def _code(year: int, month: int) -> str:
    return f"{year}-{month:02}"


def periods_level(period: Period, previous: Period | None) -> Level:
    """Which of the two periods a day lies in: `NOW`, `BEFORE`, or neither."""

    def code_of(value: Value) -> Code:
        if _is_in(value, period):
            return NOW
        return BEFORE if previous and _is_in(value, previous) else NOT_STATED

    return _level(code_of)


def _months(period: Period, previous: Period | None) -> Level:
    """The month of a day that lies in either period."""
    years = periods_level(period, previous)
    return _level(lambda value: str(value)[: len("2026-11")] if years.code_of(value) else NOT_STATED)


def _level(code_of: Callable[[Value], Code]) -> Level:
    return Level(codebook().column_of(Role.CROSSING_DATE), same, code_of=code_of)


def _is_in(value: Value, period: Period) -> bool:
    return bool(value) and period.start.isoformat() <= str(value) <= period.end.isoformat()
