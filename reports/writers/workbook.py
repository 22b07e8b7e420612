"""Tables as XLSX, one sheet each, laid out to be printed as they stand, with charts that stay editable."""

from __future__ import annotations

import io
from collections.abc import Sequence
from datetime import datetime, time

import xlsxwriter

from ocr.errors import BadInputError
from reports.table import Table
from reports.writers.sheet import CellLooks, write_sheet
from reports.writers.sheet_layout import FONT
from texts import say_all


def as_workbook(tables: Sequence[Table], language: str) -> bytes:
    """Write tables as XLSX: numbers are numbers, heads stay in view and on every page, notes and charts stand below.

    The same tables make the same bytes: what the file says of its making is the last day that it covers.

    Raises
    ------
    BadInputError
        There is no table, or two have the same id.
    """
    if not tables or len({table.id for table in tables}) < len(tables):
        raise BadInputError("A workbook needs at least one table, and each only once.")
    file = io.BytesIO()
    own_font = {"default_format_properties": dict(FONT)}  # a copy: the library alters it
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(file, options | own_font) as book:
        book.set_properties(
            {
                "title": say_all("report.report_title").of(language),
                "company": say_all("report.country_name").of(language),
                "created": datetime.combine(max(table.period.end for table in tables), time()),
            }
        )
        looks = CellLooks(book)
        for table in tables:
            write_sheet(book, table, language, looks)
    return file.getvalue()
