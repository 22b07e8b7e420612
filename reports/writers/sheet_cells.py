"""The cells beside a table from which the chart of the sheet is drawn, outside what is printed.

They follow the table's cells, so whoever mends a number mends the chart.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from xlsxwriter.format import Format
from xlsxwriter.utility import xl_rowcol_to_cell
from xlsxwriter.worksheet import Worksheet

from reports.charts.plot import ChartKind, Margin, Plot, Series
from reports.charts.pyramid import SPANS
from reports.table import Table
from texts import say_all
from texts.formats import MINUS

_LONGEST_FORMULA = 8000


@dataclass(frozen=True)
class ChartPlace:
    """Where on which sheet the chart and its cells go.

    Attributes
    ----------
    first_row
        Of the table's numbers.
    chart_row
        The first row that is free below the table.
    pixels
        Width of the table.
    """

    to: Worksheet
    sheet: str
    first_row: int
    chart_row: int
    pixels: int


@dataclass(frozen=True)
class CellRun:
    """A column of numbers for the chart, each with the formula by which it follows from the table."""

    head: str
    numbers: tuple[Margin, ...]
    formulas: tuple[str, ...]


def series_cells(place: ChartPlace, shown: Plot) -> Iterator[CellRun]:
    """A column for each series.

    A pyramid's are by year of age, as its groups differ in width, and the first reaches to the left.
    """
    for k, series in enumerate(shown.series):
        cells = ["+".join(_cell(place, i, series.column) for i in rows) for rows in shown.rows]
        if shown.kind is not ChartKind.PYRAMID:
            yield CellRun(series.name, series.values, tuple(f"={one}" for one in cells))
            continue
        sign = -1 if k == 0 else 1
        numbers = tuple(sign * value / span for value, span in zip(series.values, SPANS, strict=True))
        formulas = tuple(f"={sign}*{one}/{span}" for one, span in zip(cells, SPANS, strict=True))
        yield CellRun(series.name, numbers, formulas)


def margin_cells(place: ChartPlace, shown: Plot, series: Series) -> tuple[CellRun, CellRun]:
    """How far the intervals of a series reach beyond its values, and short of them."""
    return _reach(place, shown, series, beyond=True), _reach(place, shown, series, beyond=False)


def _reach(place: ChartPlace, shown: Plot, series: Series, *, beyond: bool) -> CellRun:
    """The margins, which stand in the table's next column; downwards no farther than to a count of nothing."""
    spans = SPANS if shown.kind is ChartKind.PYRAMID else (1,) * len(shown.rows)
    numbers, formulas = list[Margin](), []
    for i, (rows, off, span) in enumerate(zip(shown.rows, series.margins, spans, strict=True)):
        value, margin = (_cell(place, rows[0], series.column + k) for k in (0, 1))
        low, high = series.ends(i)
        far = high - series.values[i] if beyond else series.values[i] - low
        numbers.append(None if off is None else far / span)
        formulas.append(f"={margin}/{span}" if beyond or not series.counts else f"=MIN({margin},{value})/{span}")
    return CellRun(f"{series.name} {'+' if beyond else MINUS}", tuple(numbers), tuple(formulas))


def write_cells(
    place: ChartPlace, shown: Plot, table: Table, runs: Sequence[CellRun], first: int, look: Format, language: str
) -> None:
    """Write the names into column `first`, on the rows of the table, and the numbers behind them."""
    place.to.write_string(0, first, say_all("report.chart_data").of(language), look)
    for i, (name, rows) in enumerate(zip(shown.names, shown.rows, strict=True), start=place.first_row):
        if name == table.rows[rows[0]].label.of(language):
            place.to.write_formula(i, first, f"={xl_rowcol_to_cell(place.first_row + rows[0], 0)}", look, name)
        else:
            place.to.write_string(i, first, name, look)
    for j, run in enumerate(runs, start=first + 1):
        place.to.write_string(place.first_row - 1, j, run.head, look)
        for i, (number, formula) in enumerate(zip(run.numbers, run.formulas, strict=True), start=place.first_row):
            if number is not None and len(formula) <= _LONGEST_FORMULA:
                place.to.write_formula(i, j, formula, look, number)
            elif number is not None:
                place.to.write_number(i, j, number, look)


def _cell(place: ChartPlace, row: int, column: int) -> str:
    """The sheet's cell that holds one of the table."""
    return str(xl_rowcol_to_cell(place.first_row + row, column + 1))
