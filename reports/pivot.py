"""A table of any parameters by any others: counts, shares, change on the year before, or the balance of crossings."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from sqlalchemy.orm import Session

from reports.crosstab import Counts, columns_of, rows_of
from reports.cube import Cube, Only
from reports.labels import same
from reports.levels import MISSING, Code, Path
from reports.measures import Measure
from reports.parameters import Parameter, PivotError, parameter
from reports.period import Period
from reports.pivot_counts import DIRECTION, CountedNumbers, PivotNumbers, PivotParameters, series_of
from reports.pivot_estimates import estimated_numbers
from reports.pivot_words import head_of, notes_of, title_of
from reports.table import Cell, Column, Row, RowKind, Table

MOST_ROWS, MOST_COLUMNS = 3, 2
"""Parameters one within the other."""

MOST_CELLS = 50_000
"""Of one table; who wants more wants the file itself."""

MOST_SERIES = 6
"""Columns that a picture can tell apart."""

Selection: TypeAlias = tuple[str, tuple[Code, ...]]
"""Name of a parameter, and the codes whose cards are kept."""

_PivotLine: TypeAlias = tuple[Path, Row, tuple[Cell, ...]]


@dataclass(frozen=True)
class Pivot:
    """What a pivot table is asked to be.

    Attributes
    ----------
    rows, columns
        Names of parameters (`reports.parameters`), outer first.
    sort
        Number of the column to sort by, from 1, the largest first; below 0 the smallest first; 0 keeps the order of the
        codes. Rows are sorted within what they are a part of; cards without a category stay last.
    """

    period: Period
    rows: tuple[str, ...]
    columns: tuple[str, ...] = ()
    where: tuple[Selection, ...] = ()
    measure: Measure = Measure.CARDS
    sort: int = 0


@dataclass(frozen=True)
class PivotTable:
    """A finished pivot table with what its rows stand for.

    Attributes
    ----------
    paths
        Codes of each row, outer first; empty for the total.
    rows
        The parameters that these codes are of.
    """

    table: Table
    paths: tuple[Path, ...]
    rows: tuple[Parameter, ...]


def build_pivot(cube: Cube, pivot: Pivot, *, estimate: Session | None = None, hide_below: int = 0) -> PivotTable:
    """Build a pivot table of the cards that crossed the border in its period.

    Where a parameter is on the cards of one direction only, those count.

    Parameters
    ----------
    estimate
        A store of which cards in doubt count, too, each number with its margin (`reports.pivot_estimates`); without it
        the record's cards are counted as far as they are settled.
    hide_below
        Counts below it, but for 0, are not shown, nor others that would give them away (`reports.disclosure`).

    Raises
    ------
    PivotError
        A parameter does not exist, or the table cannot be made of them.
    """
    asked = _looked_up(cube, pivot)
    numbers = _numbers(cube, pivot, asked, estimate, hide_below)
    rows = rows_of([one.level for one in asked.rows], numbers.sizes)
    columns = _columns(asked, numbers.sizes)
    heads = tuple(head for _, one in columns for head in numbers.heads(one, not asked.columns))
    if len(rows) * len(heads) > MOST_CELLS:
        raise PivotError("too_large", most=MOST_CELLS)
    cells = numbers.lines([path for path, _ in rows], [path for path, _ in columns])
    lines = [(path, row, line) for (path, row), line in zip(rows, cells, strict=True)]
    return _finished(cube, pivot, asked, heads, _sorted(lines, pivot.sort, len(heads)), numbers)


def _numbers(
    cube: Cube, pivot: Pivot, asked: PivotParameters, estimate: Session | None, hide_below: int
) -> PivotNumbers:
    if estimate:
        return estimated_numbers(estimate, cube, pivot.period, pivot.measure, asked, hide_below)
    return CountedNumbers(pivot.measure, series_of(cube, pivot.period, pivot.measure, asked), hide_below)


def _columns(asked: PivotParameters, counts: Counts) -> list[tuple[Path, Column]]:
    """Heads of the columns, a total first; two levels have none over opposite directions, as in the standard tables."""
    columns = columns_of([one.level for one in asked.columns], counts)
    if len(asked.columns) < 2 or asked.columns[0].name == DIRECTION:
        return columns
    return [*columns_of([], counts), *columns]


def _finished(
    cube: Cube,
    pivot: Pivot,
    asked: PivotParameters,
    columns: tuple[Column, ...],
    lines: Sequence[_PivotLine],
    numbers: PivotNumbers,
) -> PivotTable:
    notes = notes_of(pivot.period, pivot.measure, asked.only, numbers.about(cube, pivot.period), numbers.hidden)
    table = Table(
        id="pivot",
        title=title_of(pivot.measure, asked.rows, asked.columns),
        period=pivot.period,
        stub=head_of(asked.rows),
        rows=tuple(row for _, row, _ in lines),
        columns=columns,
        cells=tuple(cells for _, _, cells in lines),
        notes=tuple(notes),
        chart="none" if numbers.hidden else _chart(pivot, asked, columns),
        chart_level=len(asked.rows),
        cards=numbers.cards or 0,
        provisional=False,
        until=None,
    )
    return PivotTable(table, tuple(path for path, _, _ in lines), asked.rows)


def _chart(pivot: Pivot, asked: PivotParameters, columns: Sequence[Column]) -> str:
    """The picture that suits it: bars, where the columns are few counts that add up."""
    if pivot.measure is not Measure.CARDS or len(asked.rows) != 1 or len(asked.columns) > 1:
        return "none"
    if sum(column.part and not column.missing for column in columns) > MOST_SERIES:
        return "none"
    return "bars_in_order" if asked.rows[0].level.codes else "bars"


def _looked_up(cube: Cube, pivot: Pivot) -> PivotParameters:
    rows, columns = (
        tuple(parameter(name, pivot.period, cube.frozen.own) for name in names) for names in (pivot.rows, pivot.columns)
    )
    only = tuple(_only(cube, parameter(name, pivot.period, cube.frozen.own), codes) for name, codes in pivot.where)
    every = [*rows, *columns, *(one.parameter for one in only)]
    if len(rows) > MOST_ROWS or len(columns) > MOST_COLUMNS:
        raise PivotError("too_many", rows=MOST_ROWS, columns=MOST_COLUMNS)
    if len({one.name for one in (*rows, *columns)}) < len(rows) + len(columns):
        raise PivotError("twice")
    sides = {one.direction: one.name for one in every if one.direction}
    if len(sides) > 1:
        raise PivotError("both_sides")
    if pivot.measure is Measure.BALANCE and (sides or any(one.name == DIRECTION for one in every)):
        raise PivotError("one_sided_balance")
    side = parameter(DIRECTION, pivot.period, cube.frozen.own)
    return PivotParameters(rows, columns, (*only, *(Only(side, (code,)) for code in sides)))


def _only(cube: Cube, one: Parameter, codes: tuple[Code, ...]) -> Only:
    """A selection whose codes all exist, in the cards or in the dictionary."""
    known = {*MISSING, *one.level.codes, *cube.codes(one)}
    for code in codes:
        if code not in known and (one.is_time or one.level.label(code) == same(str(code))):
            raise PivotError("unknown_code", code=code, name=one.name)
    return Only(one, codes)


def _sorted(lines: list[_PivotLine], sort: int, columns: int) -> list[_PivotLine]:
    """Rows by a column, each below what it is a part of."""
    if not sort:
        return lines
    if abs(sort) > columns:
        raise PivotError("no_column", column=abs(sort), columns=columns)
    parts: dict[Path, list[_PivotLine]] = {}
    for line in lines[1:]:
        parts.setdefault(line[0][:-1], []).append(line)

    def place(line: _PivotLine) -> tuple[bool, bool, float]:
        cell = line[2][abs(sort) - 1]
        return line[1].kind is RowKind.MISSING, cell is None, -(cell or 0) if sort > 0 else cell or 0

    def below(path: Path) -> Iterator[_PivotLine]:
        for line in sorted(parts.get(path, ()), key=place):
            yield line
            yield from below(line[0])

    return [lines[0], *below(())]
