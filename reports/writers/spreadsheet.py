"""Tables as CSV and as XLSX that spreadsheet programs open rightly and safely."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from typing import Any, ClassVar

import xlsxwriter

from ocr.errors import BadInputError
from reports.cells import NOT_AVAILABLE, full_head, spans
from reports.table import Cell, RowKind, Table, Unit
from texts import Label
from texts.spreadsheet import safe

_SHEET_NAME = 31
"""Characters that the name of a sheet may have."""


def as_csv(table: Table, language: str) -> bytes:
    """Write a table as CSV: title, period, one line of heads, rows, notes.

    It begins with a byte order mark, for without one Excel takes UTF-8 for the local 8-bit encoding. In Russian and
    Tajik the separator is a semicolon and the decimal sign a comma, in English a comma and a point: Excel splits by
    the separator of its locale and would read 12.3 as the 12th of March where decimals have commas. A count of
    nothing is 0, an unknown number is empty.
    """
    file = io.StringIO(newline="")
    writer = csv.writer(file, delimiter="," if language == "en" else ";", lineterminator="\r\n")
    writer.writerow([safe(f"{table.id}. {table.title.of(language)}")])
    writer.writerow([safe(table.period.label.of(language))])
    heads = (table.stub.of(language), *(full_head(column, language) for column in table.columns))
    writer.writerow([safe(head) for head in heads])
    for row, cells in zip(table.rows, table.cells, strict=True):
        indent = "  " * max(0, row.level - 1)
        writer.writerow([safe(indent + row.label.of(language)), *(_plain(cell, language) for cell in cells)])
    writer.writerows([safe(note.of(language))] for note in table.notes)
    return file.getvalue().encode("utf-8-sig")


def _plain(cell: Cell, language: str) -> str:
    text = "" if cell is None else str(cell)
    return text if language == "en" else text.replace(".", ",")


def as_workbook(tables: Sequence[Table], language: str) -> bytes:
    """Write tables as XLSX, one sheet each: numbers are numbers, heads stay in view, notes stand below.

    Raises
    ------
    BadInputError
        There is no table, or two have the same id.
    """
    if not tables or len({table.id for table in tables}) < len(tables):
        raise BadInputError("A workbook needs at least one table, and each only once.")
    file = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(file, options) as book:
        formats = _Formats(book)
        for table in tables:
            _write_sheet(book.add_worksheet(table.id[:_SHEET_NAME]), table, language, formats)
    return file.getvalue()


class _Formats:
    """Cell formats of one workbook."""

    _NUMBERS: ClassVar[dict[Unit, str]] = {
        Unit.COUNT: '#,##0;-#,##0;"–"',
        Unit.CHANGE: "+#,##0;-#,##0;0",
        Unit.PERCENT: "0.0",
        Unit.CHANGE_PERCENT: "+0.0;-0.0;0.0",
    }
    _ROWS: ClassVar[dict[RowKind, dict[str, Any]]] = {
        RowKind.TOTAL: {"bold": True, "bottom": 1},
        RowKind.CATEGORY: {},
        RowKind.MISSING: {"italic": True, "font_color": "#5A6570"},
    }

    def __init__(self, book: xlsxwriter.Workbook) -> None:
        self.title = book.add_format({"bold": True, "font_size": 13})
        self.period = book.add_format({"font_color": "#5A6570"})
        self.note = book.add_format({"font_color": "#5A6570", "font_size": 9})
        head = {"bold": True, "text_wrap": True, "valign": "bottom", "bg_color": "#E8EEF2", "bottom": 1}
        self.stub_head = book.add_format(head)
        self.head = book.add_format(head | {"align": "right"})
        self.span = book.add_format(head | {"align": "center"})
        self.numbers = {
            (kind, unit): book.add_format(look | {"num_format": number, "align": "right"})
            for kind, look in self._ROWS.items()
            for unit, number in self._NUMBERS.items()
        }
        self.labels = {
            (kind, level): book.add_format(look | {"indent": max(0, level - 1), "text_wrap": True, "valign": "top"})
            for kind, look in self._ROWS.items()
            for level in range(4)
        }


def _write_sheet(sheet: xlsxwriter.worksheet.Worksheet, table: Table, language: str, formats: _Formats) -> None:
    sheet.write_string(0, 0, f"{table.id}. {table.title.of(language)}", formats.title)
    sheet.write_string(1, 0, table.period.label.of(language), formats.period)
    top = _write_heads(sheet, table, language, formats)
    for i, (row, cells) in enumerate(zip(table.rows, table.cells, strict=True), start=top):
        sheet.write_string(i, 0, row.label.of(language), formats.labels[row.kind, row.level])
        for j, (cell, column) in enumerate(zip(cells, table.columns, strict=True), start=1):
            look = formats.numbers[row.kind, column.unit]
            if cell is None:
                sheet.write_string(i, j, NOT_AVAILABLE, look)
            else:
                sheet.write_number(i, j, cell, look)
    for i, note in enumerate(table.notes, start=top + len(table.rows) + 1):
        sheet.write_string(i, 0, note.of(language), formats.note)
    longest = max(len(row.label.of(language)) + 2 * row.level for row in table.rows)
    sheet.set_column(0, 0, min(60, max(24, longest)))
    sheet.set_column(1, len(table.columns), 14)
    sheet.freeze_panes(top, 1)
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(2, top - 1)


def _write_heads(sheet: xlsxwriter.worksheet.Worksheet, table: Table, language: str, formats: _Formats) -> int:
    """Write the heads from the third row on; return the number of the row below them."""
    stub = table.stub.of(language)
    if not any(column.group for column in table.columns):
        sheet.write_string(2, 0, stub, formats.stub_head)
        for j, column in enumerate(table.columns, start=1):
            sheet.write_string(2, j, column.label.of(language), formats.head)
        return 3
    sheet.merge_range(2, 0, 3, 0, stub, formats.stub_head)
    for start, number in spans(table.columns):
        group: Label | None = table.columns[start].group
        text = group.of(language) if group else ""
        if number > 1:
            sheet.merge_range(2, start + 1, 2, start + number, text, formats.span)
        else:
            sheet.write_string(2, start + 1, text, formats.span)
    for j, column in enumerate(table.columns, start=1):
        sheet.write_string(3, j, column.label.of(language), formats.head)
    return 4
