"""How wide the columns of a sheet are and how high its rows, so that no text runs over another cell or off the page.

Spreadsheet programs fit neither merged cells nor printed pages by themselves. Widths are in digits of the font, heights
in points. Programs differ in how wide they draw a font; what is reckoned here is on the safe side.
"""

from __future__ import annotations

import math
import textwrap
from collections.abc import Iterator
from dataclasses import dataclass

from reports.cells import spans, write_cell
from reports.table import Row, Table

SIZE = 10
FONT = {"font_name": "Arial", "font_size": SIZE, "font_scheme": "none"}
TITLE_SIZE, NOTE_SIZE = 12, 8
INDENT = 2
"""Steps by which a level is set in."""

_NARROWEST, _WIDEST, _SIDES = 6.5, 13.0, 2.0
_STUB = (26.0, 46.0)
_BLANKS = 1.5
_LETTER = 1.0
_BOLD = 1.1
_LEADING = 1.32
_DIGIT_PX, _PADDING_PX = 7.5, 5


@dataclass(frozen=True)
class SheetLayout:
    """Widths of the stub and of the columns of numbers."""

    widths: tuple[float, ...]

    @property
    def width(self) -> float:
        """Of the whole table."""
        return sum(self.widths)

    @property
    def pixels(self) -> int:
        """Of the whole table, on a screen of 96 dots an inch."""
        return sum(int(width * _DIGIT_PX + _PADDING_PX) for width in self.widths)


def layout_of(table: Table, language: str) -> SheetLayout:
    """Columns as wide as their numbers and the longest words of their heads."""
    stub = _SIDES + max(
        _width(row.label.of(language), bold=row.level < 2) + _BLANKS * INDENT * max(0, row.level - 1)
        for row in table.rows
    )
    widths = [min(max(stub, _STUB[0]), _STUB[1])]
    for j, column in enumerate(table.columns):
        numbers = max(len(write_cell(cells[j], column.unit, language)) for cells in table.cells)
        words = max(_width(word, bold=True) for word in column.label.of(language).split())
        widths.append(_SIDES + max(numbers, min(words, _WIDEST), _NARROWEST))
    return SheetLayout(tuple(widths))


def label_lines(row: Row, layout: SheetLayout, language: str, *, bold: bool) -> int:
    """Lines that the head of a row takes."""
    inside = layout.widths[0] - _SIDES / 2 - _BLANKS * INDENT * max(0, row.level - 1)
    return lines_in(row.label.of(language), inside, bold=bold)


def lines_in(text: str, width: float, size: float = SIZE, *, bold: bool = False) -> int:
    """Lines that a text takes in a cell."""
    letters = width * SIZE / size / _LETTER / (_BOLD if bold else 1)
    return len(textwrap.wrap(text, max(4, int(letters)))) or 1


def height_of(lines: int, size: float = SIZE) -> float:
    """Height of a row of so many lines."""
    return math.ceil(lines * size * _LEADING + 2)


def head_heights(table: Table, layout: SheetLayout, language: str) -> Iterator[float]:
    """Heights of the rows of heads, the spanning ones first where there are any."""
    grouped = any(column.group for column in table.columns)
    if grouped:
        lines = (
            lines_in(group.of(language), sum(layout.widths[first + 1 : first + 1 + number]), bold=True)
            for first, number in spans(table.columns)
            if (group := table.columns[first].group)
        )
        yield height_of(max(lines))
    own = (
        lines_in(c.label.of(language), width - 1, bold=True)
        for c, width in zip(table.columns, layout.widths[1:], strict=True)
    )
    stub = lines_in(table.stub.of(language), layout.widths[0] - 1, bold=True)
    yield height_of(max((*own, 1 if grouped else stub)))


def _width(text: str, *, bold: bool = False) -> float:
    return len(text) * _LETTER * (_BOLD if bold else 1)
