"""One table on a sheet of its own: title, heads, numbers, notes, chart, and how it is printed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from reports.cells import NOT_AVAILABLE, spans
from reports.table import Row, RowKind, Table, Unit
from reports.writers.sheet_cells import ChartPlace
from reports.writers.sheet_chart import add_chart
from reports.writers.sheet_layout import (
    INDENT,
    NOTE_SIZE,
    SIZE,
    TITLE_SIZE,
    SheetLayout,
    head_heights,
    height_of,
    label_lines,
    layout_of,
    lines_in,
)
from reports.writers.sheet_page import set_page

_SHEET_NAME = 31
"""Characters that the name of a sheet may have."""

_GREY, _TINT, _LINE = "#5A6570", "#E8EEF2", "#B9C5CD"

_NUMBERS = {
    Unit.COUNT: '#,##0;-#,##0;"–"',
    Unit.CHANGE: "+#,##0;-#,##0;0",
    Unit.PERCENT: "0.0",
    Unit.CHANGE_PERCENT: "+0.0;-0.0;0.0",
    Unit.MARGIN: '"±"#,##0',
    Unit.MARGIN_PERCENT: '"±"0.0',
}


class CellLooks:
    """Cell formats of one workbook, each made once."""

    def __init__(self, book: xlsxwriter.Workbook) -> None:
        self._book = book
        self._known: dict[tuple[tuple[str, Any], ...], Format] = {}

    def __call__(self, **look: Any) -> Format:
        key = tuple(sorted(look.items()))
        if key not in self._known:
            self._known[key] = self._book.add_format(look)
        return self._known[key]

    def head(self, **look: Any) -> Format:
        """Of a head of columns."""
        return self(bold=True, text_wrap=True, valign="bottom", bg_color=_TINT, bottom=1, bottom_color=_LINE, **look)


@dataclass(frozen=True)
class _TableSheet:
    """A sheet that is being written."""

    to: Worksheet
    table: Table
    language: str
    layout: SheetLayout
    look: CellLooks

    @property
    def last(self) -> int:
        """The last column."""
        return len(self.table.columns)

    def across(self, row: int, text: str, width: float, look: Format, size: float, *, bold: bool = False) -> float:
        """Write a text over the whole width of the table, in as many lines as it takes; the row's height."""
        self.to.merge_range(row, 0, row, self.last, "", look)
        self.to.write_string(row, 0, text, look)
        height = height_of(lines_in(text, width, size, bold=bold), size)
        self.to.set_row(row, height)
        return height


def write_sheet(book: xlsxwriter.Workbook, table: Table, language: str, looks: CellLooks) -> None:
    """Add the sheet of a table."""
    to = book.add_worksheet(table.id[:_SHEET_NAME])
    sheet = _TableSheet(to, table, language, layout_of(table, language), looks)
    for j, width in enumerate(sheet.layout.widths):
        to.set_column(j, j, width)
    heights = [*_title(sheet), *_heads(sheet)]
    top = len(heights)
    heights += _body(sheet, top)
    heights += _notes(sheet, len(heights))
    to.freeze_panes(top, 1)
    to.hide_gridlines(2)
    place = ChartPlace(to, table.id[:_SHEET_NAME], first_row=top, chart_row=len(heights), pixels=sheet.layout.pixels)
    chart = add_chart(book, place, table, language)
    set_page(to, sheet.layout.pixels, heights, chart, heads=(2, top - 1), last_column=sheet.last)


def _title(sheet: _TableSheet) -> Iterator[float]:
    table, width = sheet.table, sheet.layout.width
    title = f"{table.id}. {table.title.of(sheet.language)}"
    look = sheet.look(bold=True, font_size=TITLE_SIZE, text_wrap=True, valign="top")
    yield sheet.across(0, title, width, look, TITLE_SIZE, bold=True)
    period = table.period.label.of(sheet.language)
    yield sheet.across(1, period, width, sheet.look(font_color=_GREY, text_wrap=True, valign="top"), SIZE)


def _heads(sheet: _TableSheet) -> list[float]:
    """Write the heads from the third row on."""
    to, table, look = sheet.to, sheet.table, sheet.look
    heights = list(head_heights(table, sheet.layout, sheet.language))
    for row, height in enumerate(heights, start=2):
        to.set_row(row, height)
    own = 1 + len(heights)
    stub = table.stub.of(sheet.language)
    if len(heights) == 2:
        to.merge_range(2, 0, own, 0, "", look.head())
        _spans(sheet)
    to.write_string(2, 0, stub, look.head())
    for j, column in enumerate(table.columns, start=1):
        if len(heights) == 1 or column.group:
            to.write_string(own, j, column.label.of(sheet.language), look.head(align="right"))
    return heights


def _spans(sheet: _TableSheet) -> None:
    """Heads of several columns lie over them; that of one column without any reaches down to its numbers."""
    to, columns, look = sheet.to, sheet.table.columns, sheet.look
    for start, number in spans(columns):
        group = columns[start].group
        head = look.head(align="center") if group else look.head(align="right")
        text = (group or columns[start].label).of(sheet.language)
        down, right = (2, start + number) if group else (3, start + 1)
        if (down, right) != (2, start + 1):
            to.merge_range(2, start + 1, down, right, "", head)
        to.write_string(2, start + 1, text, head)


def _body(sheet: _TableSheet, top: int) -> Iterator[float]:
    table, to = sheet.table, sheet.to
    deep = any(row.level > 1 for row in table.rows)
    for i, (row, cells) in enumerate(zip(table.rows, table.cells, strict=True)):
        rule = {"bottom": 1, "bottom_color": _LINE} if i + 1 == len(table.rows) else {}
        look = _row_look(row, deep=deep) | rule
        indent = INDENT * max(0, row.level - 1)
        label = row.label.of(sheet.language)
        to.write_string(
            top + i, 0, label, sheet.look(**look, align="left", indent=indent, text_wrap=True, valign="bottom")
        )
        for j, (cell, column) in enumerate(zip(cells, table.columns, strict=True), start=1):
            number = sheet.look(**look, num_format=_NUMBERS[column.unit], align="right", valign="bottom")
            if cell is None:
                to.write_string(top + i, j, NOT_AVAILABLE, number)
            else:
                to.write_number(top + i, j, cell, number)
        bold = bool(look.get("bold"))
        height = height_of(label_lines(row, sheet.layout, sheet.language, bold=bold))
        to.set_row(top + i, height)
        yield height


def _row_look(row: Row, *, deep: bool) -> dict[str, Any]:
    """The total is bold above a line, so are groups with parts below them; what is no category is grey."""
    if row.kind is RowKind.TOTAL:
        return {"bold": True, "bottom": 1, "bottom_color": _LINE}
    if row.kind is RowKind.MISSING:
        return {"italic": True, "font_color": _GREY}
    return {"bold": True} if deep and row.level == 1 else {}


def _notes(sheet: _TableSheet, row: int) -> Iterator[float]:
    """Notes below an empty row."""
    yield height_of(1)
    look = sheet.look(font_color=_GREY, font_size=NOTE_SIZE, text_wrap=True, valign="top")
    for i, note in enumerate(sheet.table.notes, start=row + 1):
        yield sheet.across(i, note.of(sheet.language), sheet.layout.width, look, NOTE_SIZE)
