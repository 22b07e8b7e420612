"""Tables as CSV that spreadsheet programs open rightly and safely."""

from __future__ import annotations

import csv
import io

from reports.cells import full_head
from reports.table import Cell, Table
from texts.spreadsheet import safe


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
