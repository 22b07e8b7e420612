"""Write one table in the format asked for."""

from __future__ import annotations

from collections.abc import Callable

from ocr.errors import BadInputError
from reports.table import Table
from reports.writers.page import render_report
from reports.writers.spreadsheet import as_csv, as_workbook
from reports.writers.text import as_text
from texts import LANGUAGES

_WRITERS: dict[str, Callable[[Table, str], bytes]] = {
    "table": lambda table, language: as_text(table, language).encode(),
    "csv": as_csv,
    "xlsx": lambda table, language: as_workbook([table], language),
    "html": lambda table, language: render_report([table], language).encode(),
}
FORMATS = tuple(_WRITERS)


def render(table: Table, format: str, language: str) -> bytes:
    """Write a table as ``table`` (for a terminal, UTF-8), ``csv``, ``xlsx`` or ``html``.

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
