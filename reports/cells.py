"""How one cell and one head are written for people."""

from __future__ import annotations

from reports.table import Cell, Column, Unit
from texts.formats import write_number

NIL = "–"
NOT_AVAILABLE = "…"


def write_cell(value: Cell, unit: Unit, language: str) -> str:
    """Write a cell: a count of nothing is a dash, an unknown number three dots, a change carries its sign."""
    if value is None:
        return NOT_AVAILABLE
    if value == 0 and unit is Unit.COUNT:
        return NIL
    plus = "±" if unit.is_margin else "+" if unit.signed and value > 0 else ""
    return plus + write_number(value, language, unit.decimals)


def full_head(column: Column, language: str) -> str:
    """Head of a column in one line, with the head that spans it."""
    own = column.label.of(language)
    return f"{column.group.of(language)}: {own[:1].lower()}{own[1:]}" if column.group else own


def spans(columns: tuple[Column, ...]) -> list[tuple[int, int]]:
    """(first, number) of neighbouring columns that share a spanning head; single columns stand alone."""
    found: list[tuple[int, int]] = []
    for i, column in enumerate(columns):
        if found and column.group is not None and columns[i - 1].group == column.group:
            found[-1] = (found[-1][0], found[-1][1] + 1)
        else:
            found.append((i, 1))
    return found
