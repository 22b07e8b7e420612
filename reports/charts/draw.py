"""From a table to what its picture shows, and to the picture."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeAlias

from reports.charts.bars import paired_bars, share_bars, stacked_bars
from reports.charts.diverging import diverging_bars
from reports.charts.lines import month_lines
from reports.charts.plot import ChartKind, Margin, Plot, Series
from reports.charts.pyramid import age_pyramid
from reports.charts.svg import IMPLAUSIBLE_FILL, NOT_CLASSIFIED_FILL, NOT_STATED_FILL, SERIES
from reports.table import Cell, Row, RowKind, Table, Unit
from texts import Label, say_all

MAX_BARS = 16

Line: TypeAlias = tuple[int, Row, tuple[Cell, ...]]
"""A row of the table: its number, head and cells."""


def plot(table: Table, language: str) -> Plot | None:
    """What the picture of a table shows; None where it has no picture or nothing to show."""
    maker = _PLOTS.get(table.chart)
    return maker(table, language) if maker and table.cards else None


def draw(table: Table, language: str, chart_id: str) -> str:
    """Draw a table as SVG, or return an empty text where it has no picture or nothing to show.

    Parameters
    ----------
    chart_id
        Prefix of the names inside the picture; unique in the page.
    """
    shown = plot(table, language)
    return _PAINTERS[shown.kind](shown, chart_id, language) if shown else ""


def _number(cells: Sequence[Cell], column: int) -> int:
    return int(cells[column] or 0)


def _all_lines(table: Table) -> list[Line]:
    return [(i, row, cells) for i, (row, cells) in enumerate(zip(table.rows, table.cells, strict=True))]


def _lines(table: Table, *columns: int) -> list[Line]:
    """The rows to draw: of the table's level with something in `columns`, and cards without a category, last."""
    lines = [x for x in _all_lines(table) if any(x[2][j] for j in columns)]
    shown = [x for x in lines if x[1].level == table.chart_level and x[1].kind is RowKind.CATEGORY]
    return shown + [x for x in lines if x[1].level == 1 and x[1].kind is RowKind.MISSING]


def _categories(table: Table) -> list[Line]:
    return [x for x in _all_lines(table) if x[1].kind is RowKind.CATEGORY]


def _ranked(lines: list[Line], column: int) -> list[Line]:
    """Largest first, cards without a category last."""
    return sorted(lines, key=lambda x: (x[1].kind is RowKind.MISSING, -_number(x[2], column)))


def _named(lines: list[Line], language: str) -> tuple[tuple[str, ...], tuple[tuple[int, ...], ...]]:
    """Names of the bars and the rows of each; categories beyond `MAX_BARS` are summed into one."""
    named: list[tuple[str, tuple[int, ...]]] = [(row.label.of(language), (i,)) for i, row, _ in lines]
    count = sum(row.kind is RowKind.CATEGORY for _, row, _ in lines)
    if count > MAX_BARS:
        rest = tuple(i for i, _, _ in lines[MAX_BARS - 1 : count])
        named[MAX_BARS - 1 : count] = [(say_all("report.rest", count=len(rest)).of(language), rest)]
    return tuple(name for name, _ in named), tuple(rows for _, rows in named)


def _series(
    table: Table, column: int, rows: Sequence[Sequence[int]], name: str, fill: str, *, earlier: bool = False
) -> Series:
    """A column as a series. Margins of sums are not told: they do not follow from those of the parts."""
    values = tuple(sum(_number(table.cells[i], column) for i in group) for group in rows)
    margins: tuple[Margin, ...] = ()
    if column + 1 < len(table.columns) and table.columns[column + 1].unit.is_margin:
        margins = tuple(table.cells[group[0]][column + 1] if len(group) == 1 else None for group in rows)
    return Series(name, fill, column, values, margins, earlier, table.columns[column].unit is Unit.COUNT)


def _parts(table: Table) -> list[int]:
    """The columns that add up to the total and hold anything."""
    total = table.totals or tuple(sum(_number(c, j) for c in table.cells) for j in range(len(table.columns)))
    return [j for j, column in enumerate(table.columns) if column.part and total[j]]


def _part_series(table: Table, rows: Sequence[Sequence[int]], language: str) -> tuple[Series, ...]:
    """Parts as series: categories in colours, cards without a category in greys and hatching."""
    greys: dict[Label, str] = {
        say_all("report.not_stated"): NOT_STATED_FILL,
        say_all("report.not_classified"): NOT_CLASSIFIED_FILL,
        say_all("report.implausible"): IMPLAUSIBLE_FILL,
        say_all("report.awaiting"): "hatch",
    }
    colours = iter(SERIES)
    found = []
    for j in _parts(table):
        column = table.columns[j]
        fill = greys[column.label] if column.missing else next(colours)
        found.append(_series(table, j, rows, column.label.of(language), fill))
    return tuple(found)


def _of_parts(kind: ChartKind, table: Table, lines: list[Line], language: str) -> Plot:
    names, rows = _named(lines, language)
    whole = _series(table, 0, rows, table.columns[0].label.of(language), "")
    return Plot(kind, table.title.of(language), names, rows, _part_series(table, rows, language), whole)


def _bars(table: Table, language: str) -> Plot:
    return _of_parts(ChartKind.STACKED, table, _ranked(_lines(table, 0), 0), language)


def _bars_in_order(table: Table, language: str) -> Plot:
    return _of_parts(ChartKind.STACKED, table, _lines(table, 0), language)


def _shares(table: Table, language: str) -> Plot:
    return _of_parts(ChartKind.SHARES, table, [x for x in _all_lines(table) if x[2][0]], language)


def _pairs(table: Table, language: str) -> Plot:
    totals = [j for j, column in enumerate(table.columns) if not column.part and not column.unit.is_margin]
    names, rows = _named(_ranked(_lines(table, *totals), totals[0]), language)
    groups = [(table.columns[j].group or table.columns[j].label).of(language) for j in totals]
    series = tuple(_series(table, j, rows, g, fill) for j, g, fill in zip(totals, groups, SERIES, strict=False))
    return Plot(ChartKind.PAIRED, table.title.of(language), names, rows, series)


def _diverging(table: Table, language: str) -> Plot:
    columns = [j for j, column in enumerate(table.columns) if column.unit is Unit.CHANGE]
    lines = sorted(_lines(table, *columns), key=lambda x: (x[1].kind is RowKind.MISSING, _number(x[2], columns[0])))
    names, rows = _named(lines, language)
    net, earlier = (say_all(f"report.{name}").of(language) for name in ("net", "previous"))
    series = [_series(table, columns[0], rows, net, SERIES[0])]
    series += [_series(table, j, rows, earlier, NOT_STATED_FILL, earlier=True) for j in columns[1:]]
    return Plot(ChartKind.DIVERGING, table.title.of(language), names, rows, tuple(series))


def _pyramid(table: Table, language: str) -> Plot:
    lines = _categories(table)
    rows = tuple((i,) for i, _, _ in lines)
    sides = [j for j, column in enumerate(table.columns) if column.part and not column.missing]
    series = [
        _series(table, j, rows, table.columns[j].label.of(language), fill)
        for j, fill in zip(sides, SERIES, strict=False)
    ]
    names = tuple(row.label.of(language) for _, row, _ in lines)
    return Plot(ChartKind.PYRAMID, table.title.of(language), names, rows, tuple(series))


def _months(table: Table, language: str) -> Plot:
    lines = _categories(table)
    rows = tuple((i,) for i, _, _ in lines)
    series = []
    for j, column in enumerate(table.columns):
        if column.unit is Unit.COUNT:
            earlier = column.label == say_all("report.previous")
            direction = column.group or column.label
            name = direction.of(language)
            name = f"{name}, {column.label.of(language)}" if earlier else name
            fill = SERIES[0] if direction == say_all("report.departed") else SERIES[1]
            series.append(_series(table, j, rows, name, fill, earlier=earlier))
    months = [row.label.of(language) for _, row, _ in lines]
    short = [m.split()[0] if len({x.split()[-1] for x in months}) == 1 else _brief(m) for m in months]
    return Plot(ChartKind.LINES, table.title.of(language), tuple(short), rows, tuple(series))


def _brief(month: str) -> str:
    """A month's first letters and year: янв. 2026."""
    name, year = month.split()
    return f"{name[:3]} {year}"


_PLOTS: dict[str, Callable[[Table, str], Plot]] = {
    "bars": _bars,
    "bars_in_order": _bars_in_order,
    "pairs": _pairs,
    "stacked": _shares,
    "diverging": _diverging,
    "pyramid": _pyramid,
    "lines": _months,
}

_PAINTERS: dict[ChartKind, Callable[[Plot, str, str], str]] = {
    ChartKind.STACKED: stacked_bars,
    ChartKind.PAIRED: paired_bars,
    ChartKind.SHARES: share_bars,
    ChartKind.DIVERGING: diverging_bars,
    ChartKind.PYRAMID: age_pyramid,
    ChartKind.LINES: month_lines,
}
