"""The chart of a sheet, as the spreadsheet program itself draws it from cells beside the table."""

from __future__ import annotations

from typing import Any

import xlsxwriter
from xlsxwriter.chart import Chart
from xlsxwriter.utility import quote_sheetname, xl_range_abs

from reports.charts import plot
from reports.charts.plot import ChartKind, Plot, Series
from reports.charts.pyramid import SPANS
from reports.charts.svg import ticks
from reports.table import Table
from reports.writers.sheet_cells import CellRun, ChartPlace, margin_cells, series_cells, write_cells
from texts import say_all

_ROW_PX = 17
"""Height of a row that nobody set, in pixels: the chart is reckoned to lie over so many of them."""
_RESERVE = 0.93
"""Part of the table's width that the chart takes: it must not reach past the table where columns are narrower."""
_GREY = "#5A6570"
_FONT = {"size": 9, "color": "#1B2A35", "name": "Arial"}
_LINE = {"color": "#DDE4E8", "width": 0.75}
_KINDS: dict[ChartKind, dict[str, str]] = {
    ChartKind.STACKED: {"type": "bar", "subtype": "stacked"},
    ChartKind.PAIRED: {"type": "bar"},
    ChartKind.SHARES: {"type": "bar", "subtype": "percent_stacked"},
    ChartKind.DIVERGING: {"type": "bar"},
    ChartKind.PYRAMID: {"type": "bar", "subtype": "stacked"},
    ChartKind.LINES: {"type": "line"},
}
_HEIGHTS = {ChartKind.PAIRED: 38, ChartKind.DIVERGING: 38}
"""Pixels that a row of bars takes where it takes other than `_BAR`."""
_BAR, _LINES_HEIGHT = 26, 340


def add_chart(book: xlsxwriter.Workbook, place: ChartPlace, table: Table, language: str) -> tuple[int, int]:
    """Put the chart below the table; how many rows it takes and its height in pixels, nought where there is none."""
    shown = plot(table, language)
    if shown is None:
        return 0, 0
    first = len(table.columns) + 2
    runs, bars = [*series_cells(place, shown)], dict[int, dict[str, Any]]()
    for k, series in _with_margins(shown).items():
        ends = margin_cells(place, shown, series)
        columns = (first + 1 + len(runs), first + 2 + len(runs))
        runs += ends
        leftward = shown.kind is ChartKind.PYRAMID and k == 0
        sides = ("minus", "plus") if leftward else ("plus", "minus")
        bars[k] = _error_bars(place, shown, dict(zip(sides, zip(columns, ends, strict=True), strict=True)))
    grey = book.add_format({"font_color": _GREY, "font_size": 8, "num_format": "#,##0;-#,##0;0"})
    write_cells(place, shown, table, runs, first, grey, language)
    chart = book.add_chart(_KINDS[shown.kind])
    for k, series in enumerate(shown.series):
        own = _series(place, shown, series, first, first + 1 + k)
        chart.add_series(own | ({"y_error_bars": bars[k]} if k in bars else {}))
    _axes(chart, shown, language)
    height = _LINES_HEIGHT if shown.kind is ChartKind.LINES else 110 + len(shown.names) * _HEIGHTS.get(shown.kind, _BAR)
    chart.set_size({"width": int(_RESERVE * place.pixels), "height": height})
    chart.set_title({"none": True})
    chart.set_chartarea({"border": {"none": True}})
    place.to.insert_chart(place.chart_row + 1, 0, chart, {"description": shown.title, "object_position": 1})
    return 2 + height // _ROW_PX, height


def _cells(place: ChartPlace, shown: Plot, column: int) -> list[str | int]:
    return [place.sheet, place.first_row, column, place.first_row + len(shown.names) - 1, column]


def _series(place: ChartPlace, shown: Plot, series: Series, names: int, column: int) -> dict[str, Any]:
    """A series as the library takes it."""
    found: dict[str, Any] = {
        "name": [place.sheet, place.first_row - 1, column],
        "categories": _cells(place, shown, names),
        "values": _cells(place, shown, column),
    }
    if shown.kind is ChartKind.LINES:
        dashed: dict[str, Any] = {"dash_type": "dash", "width": 1.5} if series.earlier else {"width": 2.5}
        fill = {"color": "#FFFFFF" if series.earlier else series.fill}
        marker = {"type": "circle", "size": 5, "fill": fill, "border": {"color": series.fill}}
        return found | {"line": {"color": series.fill, **dashed}, "marker": marker}
    if series.fill == "hatch":
        found["pattern"] = {"pattern": "wide_upward_diagonal", "fg_color": _GREY, "bg_color": "#FFFFFF"}
    else:
        found["fill"] = {"color": series.fill}
    narrow = shown.kind is ChartKind.PYRAMID
    return found | {"gap": 8 if narrow else 45, "border": {"color": "#FFFFFF", "width": 0.5}}


def _with_margins(shown: Plot) -> dict[int, Series]:
    """The series that have intervals, by number. A stack of bars ends with its last part: the whole's belong there."""
    if shown.kind is ChartKind.STACKED:
        return {len(shown.series) - 1: shown.whole} if shown.whole and shown.whole.margins else {}
    return {k: series for k, series in enumerate(shown.series) if series.margins}


def _error_bars(place: ChartPlace, shown: Plot, reach: dict[str, tuple[int, CellRun]]) -> dict[str, Any]:
    """Error bars as the library takes them; `reach` holds the column and the cells for ``plus`` and ``minus``."""
    _, first, _, last, _ = _cells(place, shown, 0)
    found: dict[str, Any] = {"type": "custom", "line": {"color": "#1B2A35", "width": 1}}
    for side, (column, run) in reach.items():
        cells = xl_range_abs(int(first), column, int(last), column)
        found |= {f"{side}_values": f"={quote_sheetname(place.sheet)}!{cells}", f"{side}_data": run.numbers}
    return found


def _axes(chart: Chart, shown: Plot, language: str) -> None:
    """Names from top to bottom and numbers below; a pyramid's youngest are at the bottom, and it has no signs."""
    sideways, pyramid = shown.kind is not ChartKind.LINES, shown.kind is ChartKind.PYRAMID
    names: dict[str, Any] = {"num_font": _FONT, "line": _LINE, "major_tick_mark": "none", "label_position": "low"}
    names["interval_unit"] = 1
    numbers: dict[str, Any] = {
        "num_font": _FONT,
        "line": {"none": True},
        "major_gridlines": {"visible": True, "line": _LINE},
    }
    if shown.kind is not ChartKind.SHARES:
        numbers["num_format"] = "#,##0;#,##0" if pyramid else "#,##0"
    if sideways and not pyramid:
        names["reverse"], numbers["label_position"] = True, "high"
    numbers |= _limits(shown)
    if pyramid:
        numbers |= {"name": say_all("report.axis_years").of(language), "name_font": _FONT | {"bold": False}}
    chart.set_y_axis(names if sideways else numbers)
    chart.set_x_axis(numbers if sideways else names)
    chart.set_legend({"position": "top", "font": _FONT})


def _limits(shown: Plot) -> dict[str, float]:
    """Ends of the axis of numbers where there are intervals, which programs do not look at when they choose them."""
    pyramid = shown.kind is ChartKind.PYRAMID
    drawn = [shown.whole] if shown.kind is ChartKind.STACKED else shown.series
    ends = [
        end / (SPANS[i] if pyramid else 1)
        for series in drawn
        if series and series.margins
        for i in range(len(series.values))
        for end in series.ends(i)
    ]
    if not ends:
        return {}
    high, low = ticks(max(ends))[-1], -ticks(-min(ends))[-1] if min(ends) < 0 else 0.0
    return {"min": -high if pyramid else low, "max": high}
