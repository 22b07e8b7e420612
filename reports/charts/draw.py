"""From a table to the series of its picture."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeAlias

from reports.charts.bars import diverging_bars, paired_bars, share_bars, stacked_bars
from reports.charts.lines import month_lines
from reports.charts.pyramid import age_pyramid
from reports.charts.svg import IMPLAUSIBLE_FILL, NOT_CLASSIFIED_FILL, NOT_STATED_FILL, SERIES, Series
from reports.table import Cell, Row, RowKind, Table, Unit
from store.record_values import AGE_BANDS
from texts import Label, say_all

MAX_BARS = 16

Line: TypeAlias = tuple[Row, tuple[Cell, ...]]


def draw(table: Table, language: str, chart_id: str) -> str:
    """Draw a table as SVG, or return an empty text where it has no picture or nothing to show.

    Parameters
    ----------
    chart_id
        Prefix of the names inside the picture; unique in the page.
    """
    painter = _PAINTERS.get(table.chart)
    if painter is None or table.cards == 0:
        return ""
    return painter(table, language, chart_id)


def _number(cells: Sequence[Cell], column: int) -> int:
    return int(cells[column] or 0)


def _lines(table: Table, *columns: int) -> list[Line]:
    """The rows to draw: of the table's level with something in `columns`, and cards without a category, last."""
    lines = [x for x in zip(table.rows, table.cells, strict=True) if any(x[1][j] for j in columns)]
    shown = [x for x in lines if x[0].level == table.chart_level and x[0].kind is RowKind.CATEGORY]
    return shown + [x for x in lines if x[0].level == 1 and x[0].kind is RowKind.MISSING]


def _ranked(lines: list[Line], column: int) -> list[Line]:
    """Largest first, cards without a category last."""
    return sorted(lines, key=lambda x: (x[0].kind is RowKind.MISSING, -_number(x[1], column)))


def _named(lines: list[Line], columns: Sequence[int], language: str) -> tuple[list[str], list[list[int]]]:
    """Names of the rows and their numbers by column; rows beyond `MAX_BARS` are summed into one."""
    kept, rest = lines, []
    categories = [x for x in lines if x[0].kind is RowKind.CATEGORY]
    if len(categories) > MAX_BARS:
        rest = categories[MAX_BARS - 1 :]
        kept = categories[: MAX_BARS - 1] + lines[len(categories) :]
    names = [row.label.of(language) for row, _ in kept]
    numbers = [[_number(cells, j) for _, cells in kept] for j in columns]
    if rest:
        at = MAX_BARS - 1
        names.insert(at, say_all("report.rest", count=len(rest)).of(language))
        for values, j in zip(numbers, columns, strict=True):
            values.insert(at, sum(_number(cells, j) for _, cells in rest))
    return names, numbers


def _parts(table: Table) -> list[int]:
    """The columns that add up to the total and hold anything."""
    total = table.totals or tuple(sum(_number(c, j) for c in table.cells) for j in range(len(table.columns)))
    return [j for j, column in enumerate(table.columns) if column.part and total[j]]


def _series(table: Table, columns: Sequence[int], numbers: list[list[int]], language: str) -> list[Series]:
    """Columns as series: categories in colours, cards without a category in greys and hatching."""
    greys: dict[Label, str] = {
        say_all("report.not_stated"): NOT_STATED_FILL,
        say_all("report.not_classified"): NOT_CLASSIFIED_FILL,
        say_all("report.implausible"): IMPLAUSIBLE_FILL,
        say_all("report.awaiting"): "hatch",
    }
    colours = iter(SERIES)
    found = []
    for j, values in zip(columns, numbers, strict=True):
        column = table.columns[j]
        fill = greys[column.label] if column.missing else next(colours)
        found.append(Series(column.label.of(language), fill, tuple(values)))
    return found


def _bars(table: Table, language: str, chart_id: str, ranked: bool = True) -> str:
    lines = _ranked(_lines(table, 0), 0) if ranked else _lines(table, 0)
    columns = _parts(table)
    names, numbers = _named(lines, columns, language)
    return stacked_bars(chart_id, table.title.of(language), names, _series(table, columns, numbers, language), language)


def _bars_in_order(table: Table, language: str, chart_id: str) -> str:
    return _bars(table, language, chart_id, ranked=False)


def _pairs(table: Table, language: str, chart_id: str) -> str:
    totals = [j for j, column in enumerate(table.columns) if not column.part]
    names, numbers = _named(_ranked(_lines(table, *totals), totals[0]), totals, language)
    groups = [(table.columns[j].group or table.columns[j].label).of(language) for j in totals]
    series = [Series(g, fill, tuple(v)) for g, fill, v in zip(groups, SERIES, numbers, strict=False)]
    return paired_bars(chart_id, table.title.of(language), names, series, language)


def _shares(table: Table, language: str, chart_id: str) -> str:
    columns = _parts(table)
    lines = [x for x in zip(table.rows, table.cells, strict=True) if x[1][0]]
    names = [row.label.of(language) for row, _ in lines]
    numbers = [[_number(cells, j) for _, cells in lines] for j in columns]
    return share_bars(chart_id, table.title.of(language), names, _series(table, columns, numbers, language), language)


def _diverging(table: Table, language: str, chart_id: str) -> str:
    columns = [j for j, column in enumerate(table.columns) if column.unit is Unit.CHANGE]
    lines = sorted(_lines(table, *columns), key=lambda x: (x[0].kind is RowKind.MISSING, _number(x[1], columns[0])))
    names, numbers = _named(lines, columns, language)
    left, returned = SERIES[:2]
    signs = [
        (say_all(f"report.{name}").of(language), fill)
        for name, fill in (("more_returned", returned), ("more_left", left))
    ]
    earlier = (say_all("report.previous").of(language), numbers[1]) if len(columns) > 1 else None
    return diverging_bars(chart_id, table.title.of(language), names, numbers[0], earlier, signs, language)


def _pyramid(table: Table, language: str, chart_id: str) -> str:
    lines = [x for x in zip(table.rows, table.cells, strict=True) if x[0].kind is RowKind.CATEGORY]
    men, women = (j for j, column in enumerate(table.columns) if column.part and not column.missing)
    left, right = _series(table, (men, women), [[_number(c, j) for _, c in lines] for j in (men, women)], language)
    names = [row.label.of(language) for row, _ in lines]
    axis = say_all("report.axis_density").of(language)
    return age_pyramid(chart_id, table.title.of(language), AGE_BANDS, names, (left, right), axis, language)


def _months(table: Table, language: str, chart_id: str) -> str:
    lines = [x for x in zip(table.rows, table.cells, strict=True) if x[0].kind is RowKind.CATEGORY]
    series = []
    for j, column in enumerate(table.columns):
        if column.unit is Unit.COUNT:
            dashed = column.label == say_all("report.previous")
            direction = column.group or column.label
            name = direction.of(language)
            name = f"{name}, {column.label.of(language)}" if dashed else name
            fill = SERIES[0] if direction == say_all("report.departed") else SERIES[1]
            series.append((Series(name, fill, tuple(_number(c, j) for _, c in lines)), dashed))
    months = [row.label.of(language) for row, _ in lines]
    short = [m.split()[0] if len({x.split()[-1] for x in months}) == 1 else _brief(m) for m in months]
    return month_lines(chart_id, table.title.of(language), short, series, language)


def _brief(month: str) -> str:
    """A month's first letters and year: янв. 2026."""
    name, year = month.split()
    return f"{name[:3]} {year}"


_PAINTERS: dict[str, Callable[[Table, str, str], str]] = {
    "bars": _bars,
    "bars_in_order": _bars_in_order,
    "pairs": _pairs,
    "stacked": _shares,
    "diverging": _diverging,
    "pyramid": _pyramid,
    "lines": _months,
}
