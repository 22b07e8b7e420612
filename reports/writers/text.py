"""A table as plain text for a terminal."""

from __future__ import annotations

import textwrap
import unicodedata

from reports.cells import spans, write_cell
from reports.table import RowKind, Table

LABEL_WIDTH = 46
HEAD_WIDTH = 14
NOTE_WIDTH = 100
GAP = "  "


def width(text: str) -> int:
    """Columns that a text takes on a terminal: wide characters two, combining marks none (Unicode annex 11)."""
    return sum(0 if unicodedata.combining(c) else 2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)


def pad(text: str, columns: int, right: bool = False) -> str:
    """Fill up with spaces behind the text, or before it if `right`."""
    fill = " " * max(0, columns - width(text))
    return fill + text if right else text + fill


def as_text(table: Table, language: str) -> str:
    """Write a table for a terminal: title, period, aligned columns, notes."""
    body = [
        [write_cell(value, column.unit, language) for value, column in zip(line, table.columns, strict=True)]
        for line in table.cells
    ]
    labels = [_label_lines(row.label.of(language), row.level) for row in table.rows]
    heads = [_wrap(column.label.of(language), HEAD_WIDTH) for column in table.columns]
    stub = _wrap(table.stub.of(language), LABEL_WIDTH)
    widths = [max(map(width, [*head, *(line[i] for line in body)])) for i, head in enumerate(heads)]
    groups = _group_cells(table, language, widths)
    first = max(map(width, [*stub, *(line for lines in labels for line in lines)]))
    rule = "─" * (first + sum(len(GAP) + w for w in widths))
    out = [*_wrap(f"{table.id}. {table.title.of(language)}", NOTE_WIDTH), table.period.label.of(language), rule]
    if groups:
        out.append((pad("", first) + GAP + GAP.join(groups)).rstrip())
    deep = max(len(stub), *map(len, heads))
    for i in range(deep):
        cells = [_from_below(head, i, deep) for head in heads]
        out.append(_line(_from_below(stub, i, deep), cells, first, widths))
    out.append(rule)
    for row, lines, cells in zip(table.rows, labels, body, strict=True):
        out += lines[:-1]
        out.append(_line(lines[-1], cells, first, widths))
        if row.kind is RowKind.TOTAL:
            out.append(rule)
    out.append(rule)
    for note in table.notes:
        out += _wrap(note.of(language), NOTE_WIDTH)
    return "\n".join(out) + "\n"


def _group_cells(table: Table, language: str, widths: list[int]) -> list[str]:
    """The line of spanning heads; widens the last column under a head that is longer than its columns."""
    if not any(column.group for column in table.columns):
        return []
    cells = []
    for start, number in spans(table.columns):
        group = table.columns[start].group
        text = group.of(language) if group else ""
        room = sum(widths[start : start + number]) + len(GAP) * (number - 1)
        widths[start + number - 1] += max(0, width(text) - room)
        cells.append(pad(text, room, right=True))
    return cells


def _label_lines(label: str, level: int) -> list[str]:
    indent = "  " * max(0, level - 1)
    return textwrap.wrap(label, LABEL_WIDTH, initial_indent=indent, subsequent_indent=indent + "  ") or [indent]


def _wrap(text: str, columns: int) -> list[str]:
    return textwrap.wrap(text, columns, break_long_words=False) or [""]


def _from_below(lines: list[str], i: int, deep: int) -> str:
    """Line `i` of a head of `deep` lines that stands on the rule below it."""
    missing = deep - len(lines)
    return lines[i - missing] if i >= missing else ""


def _line(label: str, cells: list[str], first: int, widths: list[int]) -> str:
    numbers = (pad(cell, w, right=True) for cell, w in zip(cells, widths, strict=True))
    return (pad(label, first) + GAP + GAP.join(numbers)).rstrip()
