"""Tables that compare departures with returns and a period with the year before: T2 and T11."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import TypeAlias

from sqlalchemy.orm import Session

from reports.crosstab import Body, Counts, add_up, ordered
from reports.levels import LEVELS, MISSING, Path, path
from reports.period import Period, month_label
from reports.source import count_by, daily, within
from reports.table import Cell, Column, Row, RowKind, Unit, percent
from texts import say_all

Month: TypeAlias = tuple[int, int]


def net_by_region(session: Session, period: Period) -> Body:
    """T2: departures, returns and their difference by region, beside the same period of the previous year."""
    region, direction = LEVELS["region"], LEVELS["direction"]

    def counts(days: Period) -> Counts:
        found = count_by(session, ["region", "direction"], within(days))
        return add_up((path([region], [r]), path([direction], [d]), n) for r, d, n in found)

    now, before = counts(period), counts(period.previous)
    sizes = Counter({row: n for (row, column), n in (now + before).items() if not column})
    rows = [Row(say_all("report.total"), 0, RowKind.TOTAL)]
    cells = [_net_cells(now, before, ())]
    for p in ordered([region], sizes, always_missing=True):
        rows.append(Row(region.label(p[0]), 1, RowKind.MISSING if p[0] in MISSING else RowKind.CATEGORY))
        cells.append(_net_cells(now, before, p))
    return tuple(rows), _net_columns(), tuple(cells)


def _net_columns() -> tuple[Column, ...]:
    persons, of_previous = say_all("report.persons"), say_all("report.percent_of_previous")
    departed, returned, net = say_all("report.departed"), say_all("report.returned"), say_all("report.net")
    return (
        Column(persons, departed, Unit.COUNT),
        Column(of_previous, departed, Unit.PERCENT),
        Column(persons, returned, Unit.COUNT),
        Column(of_previous, returned, Unit.PERCENT),
        Column(persons, net, Unit.CHANGE),
        Column(say_all("report.previous"), net, Unit.CHANGE),
    )


def _net_cells(now: Counts, before: Counts, row: Path) -> tuple[Cell, ...]:
    out, back = now[row, ("D",)], now[row, ("A",)]
    out_before, back_before = before[row, ("D",)], before[row, ("A",)]
    compared = (percent(out, out_before), percent(back, back_before))
    return out, compared[0], back, compared[1], out - back, out_before - back_before


def by_month(session: Session, period: Period) -> Body:
    """T11: each month's departures and returns beside the same days of the previous year."""
    months = period.months()
    now, before = _monthly(session, period, 0), _monthly(session, period.previous, 1)
    rows = [Row(say_all("report.total"), 0, RowKind.TOTAL)]
    cells = [_change_cells(now, before, months)]
    for month in months:
        rows.append(Row(month_label(*month), 1, RowKind.CATEGORY))
        cells.append(_change_cells(now, before, (month,)))
    columns = tuple(
        Column(say_all(f"report.{name}"), say_all(f"report.{group}"), unit)
        for group in ("departed", "returned")
        for name, unit in (
            ("persons", Unit.COUNT),
            ("previous", Unit.COUNT),
            ("change", Unit.CHANGE),
            ("change_percent", Unit.CHANGE_PERCENT),
        )
    )
    return tuple(rows), columns, tuple(cells)


def _monthly(session: Session, period: Period, later: int) -> Counter[tuple[Month, str]]:
    """Records by month, as if they were `later` years younger, and direction."""
    counts: Counter[tuple[Month, str]] = Counter()
    for day, direction, number in daily(session, period):
        counts[(day.year + later, day.month), direction] += number
    return counts


def _change_cells(
    now: Counter[tuple[Month, str]], before: Counter[tuple[Month, str]], months: Sequence[Month]
) -> tuple[Cell, ...]:
    cells: list[Cell] = []
    for direction in ("D", "A"):
        here, there = (sum(counts[month, direction] for month in months) for counts in (now, before))
        cells += [here, there, here - there, percent(here - there, there)]
    return tuple(cells)
