"""Write one table in the format asked for."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence

from ocr.errors import BadInputError
from reports.table import Table
from reports.writers.page import render_report
from reports.writers.spreadsheet import as_csv
from reports.writers.text import as_text
from reports.writers.workbook import as_workbook
from texts import LANGUAGES

_WRITERS: dict[str, Callable[[Table, str], bytes]] = {
    "table": lambda table, language: as_text(table, language).encode(),
    "csv": as_csv,
    "xlsx": lambda table, language: as_workbook([table], language),
    "html": lambda table, language: render_report([table], language).encode(),
    "json": lambda table, language: as_json([table], language).encode(),
}
FORMATS = tuple(_WRITERS)


def render(table: Table, format: str, language: str) -> bytes:
    """Write a table as ``table`` (for a terminal, UTF-8), ``csv``, ``xlsx``, ``html`` or ``json``.

    Raises
    ------
    BadInputError
        There is no such format or language.
    """
    writer = _WRITERS.get(format)
    if writer is None:
        raise BadInputError(f"{format!r} is no format; there are {', '.join(FORMATS)}.")
    if language not in LANGUAGES:
        raise BadInputError(f"{language!r} is not a language of the tables ({', '.join(LANGUAGES)}).")
    return writer(table, language)


def as_json(tables: Sequence[Table], language: str) -> str:
    """Tables for programs: a list of objects with id, title, period (two days), columns, rows and notes.

    Where days of the period have yet to pass, or cards of them to be read, it is provisional; until is the last day
    that they reach, null where they reach none.

    A column is an object with group (null where there is none), label and unit; a row has label, level, kind and cells,
    which are numbers, or null where there is nothing to compute.
    """
    return json.dumps([_plain(table, language) for table in tables], ensure_ascii=False, indent=1)


def _plain(table: Table, language: str) -> dict[str, object]:
    columns = [
        {"group": c.group.of(language) if c.group else None, "label": c.label.of(language), "unit": c.unit.name.lower()}
        for c in table.columns
    ]
    rows = [
        {"label": row.label.of(language), "level": row.level, "kind": row.kind.value, "cells": cells}
        for row, cells in zip(table.rows, table.cells, strict=True)
    ]
    return {
        "id": table.id,
        "title": table.title.of(language),
        "period": [table.period.start.isoformat(), table.period.end.isoformat()],
        "provisional": table.provisional,
        "until": table.until and table.until.isoformat(),
        "columns": columns,
        "rows": rows,
        "notes": [note.of(language) for note in table.notes],
    }
