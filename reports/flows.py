"""Tables that compare departures with returns and a period with the year before: T2 and T11.

Only the days count that have passed, and the same ones of the year before (`reports.reach`). A period over a year has
no year before to compare with: the columns of comparison are left out.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import TypeAlias

from sqlalchemy.orm import Session

from reports.crosstab import Body, Counts, add_up, ordered
from reports.levels import LEVELS, MISSING, Path
from reports.period import Period, month_label
from reports.reach import Reach
from reports.source import count_by, daily, only, within
from reports.specs import Spec
from reports.table import Cell, Column, Row, RowKind, Unit, percent
from texts import say_all

Month: TypeAlias = tuple[int, int] | None
"""Year and month; None where no more than the year is settled."""


COMPARED = (
    ("crossings", Unit.COUNT),
    ("previous", Unit.COUNT),
    ("change", Unit.CHANGE),
    ("change_percent", Unit.CHANGE_PERCENT),
)
"""What T11 says of a month and direction, by the names of the words."""


def net_by_region(session: Session, spec: Spec, reach: Reach) -> Body:
    """T2: departures, returns and net migration by region, beside the same period of the previous year.

    Net migration is arrivals less departures, as the United Nations count it: negative where more people leave.
    """
    region, direction = LEVELS["region"], LEVELS["direction"]

    def counts(days: Period) -> Counts:
        found = count_by(session, ["region", "direction"], within(days), *only(spec))
        return add_up(((region.code_of(r),), (direction.code_of(d),), n) for r, d, n in found)

    previous = reach.previous
    now, before = counts(reach.passed), counts(previous) if previous else None
    sizes = Counter({row: n for (row, column), n in (now + (before or Counter())).items() if not column})
    heads = region_rows(sizes)
    cells = tuple(_net_cells(now, before, path) for path, _ in heads)
    return tuple(row for _, row in heads), _net_columns(compared=before is not None), cells


def region_rows(sizes: Counter[Path]) -> list[tuple[Path, Row]]:
    """Heads of the rows of regions with their paths, the total first."""
    region = LEVELS["region"]
    heads: list[tuple[Path, Row]] = [((), Row(say_all("report.total"), 0, RowKind.TOTAL))]
    for path in ordered([region], sizes, always_missing=True):
        kind = RowKind.MISSING if path[0] in MISSING else RowKind.CATEGORY
        heads.append((path, Row(region.label(path[0]), 1, kind)))
    return heads


def _net_columns(*, compared: bool) -> tuple[Column, ...]:
    crossings, of_previous = say_all("report.crossings"), say_all("report.percent_of_previous")
    departed, returned, net = say_all("report.departed"), say_all("report.returned"), say_all("report.net")
    if not compared:
        return Column(departed, None, Unit.COUNT), Column(returned, None, Unit.COUNT), Column(net, None, Unit.CHANGE)
    return (
        Column(crossings, departed, Unit.COUNT),
        Column(of_previous, departed, Unit.PERCENT),
        Column(crossings, returned, Unit.COUNT),
        Column(of_previous, returned, Unit.PERCENT),
        Column(crossings, net, Unit.CHANGE),
        Column(say_all("report.previous"), net, Unit.CHANGE),
    )


def _net_cells(now: Counts, before: Counts | None, row: Path) -> tuple[Cell, ...]:
    out, back = now[row, ("D",)], now[row, ("A",)]
    if before is None:
        return out, back, back - out
    out_before, back_before = before[row, ("D",)], before[row, ("A",)]
    compared = (percent(out, out_before), percent(back, back_before))
    return out, compared[0], back, compared[1], back - out, back_before - out_before


def by_month(session: Session, spec: Spec, reach: Reach) -> Body:
    """T11: each month's departures and returns beside the same days of the previous year."""
    months, previous, sides = reach.passed.months(), reach.previous, spec.sides
    now = _monthly(session, spec, reach.passed, 0)
    before = _monthly(session, spec, previous, 1) if previous else None
    rows = [Row(say_all("report.total"), 0, RowKind.TOTAL)]
    cells = [_change_cells(now, before, (*months, None), sides)]
    for month in months:
        rows.append(Row(month_label(*month), 1, RowKind.CATEGORY))
        cells.append(_change_cells(now, before, (month,), sides))
    if any(month is None for month, _ in (*now, *(before or ()))):
        rows.append(Row(say_all("report.month_open"), 1, RowKind.MISSING))
        cells.append(_change_cells(now, before, (None,), sides))
    return tuple(rows), _change_columns(sides, compared=before is not None), tuple(cells)


def _change_columns(sides: Sequence[tuple[str, str]], *, compared: bool) -> tuple[Column, ...]:
    groups = [say_all(f"report.{name}") for _, name in sides]
    if not compared:
        return tuple(Column(group, None, Unit.COUNT) for group in groups)
    return tuple(Column(say_all(f"report.{name}"), group, unit) for group in groups for name, unit in COMPARED)


def _monthly(session: Session, spec: Spec, period: Period, later: int) -> Counter[tuple[Month, str]]:
    """Records by month, as if they were `later` years younger, and direction."""
    counts: Counter[tuple[Month, str]] = Counter()
    for first, last, direction, number in daily(session, period, *only(spec)):
        same = (first.year, first.month) == (last.year, last.month)
        counts[(first.year + later, first.month) if same else None, direction] += number
    return counts


def _change_cells(
    now: Counter[tuple[Month, str]],
    before: Counter[tuple[Month, str]] | None,
    months: Sequence[Month],
    sides: Sequence[tuple[str, str]],
) -> tuple[Cell, ...]:
    cells: list[Cell] = []
    for direction, _ in sides:
        here = sum(now[month, direction] for month in months)
        cells.append(here)
        if before is not None:
            there = sum(before[month, direction] for month in months)
            cells += [there, here - there, percent(here - there, there)]
    return tuple(cells)
