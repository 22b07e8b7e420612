"""From counts to a table with every subtotal: rows and columns are trees of codes.

Every row is the sum of its parts; what is settled no finer than the row is a part of its own.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from itertools import product
from typing import TypeAlias

from reports.levels import MISSING, Code, Level, Path
from reports.shape import TableShape, divides
from reports.table import Cell, Column, Row, RowKind, Unit, percent
from texts import Label, say_all

Counts: TypeAlias = Counter[tuple[Path, Path]]
Body: TypeAlias = tuple[tuple[Row, ...], tuple[Column, ...], tuple[tuple[Cell, ...], ...]]


def add_up(items: Iterable[tuple[Path, Path, int]]) -> Counts:
    """Sum (row path, column path, number) into every pair of their prefixes, the empty one being the total."""
    counts: dict[tuple[Path, Path], int] = defaultdict(int)
    prefixes: dict[Path, list[Path]] = {}  # paths are few and come again and again
    for row, column, number in items:
        for path in (row, column):
            if path not in prefixes:
                prefixes[path] = [path[:i] for i in range(len(path) + 1)]
        for place in product(prefixes[row], prefixes[column]):
            counts[place] += number
    return Counter(counts)


def ordered(levels: Sequence[Level], sizes: Counter[Path], always_missing: bool) -> list[Path]:
    """Paths to show, parents before their parts.

    Codes that a level always shows come in its order, then the others that occur, then what is settled no finer than
    the level above, then cards without a category: these at the first level even when there are none, if
    `always_missing`. A code of which all is settled no finer has no parts to show.
    """

    parts: defaultdict[Path, set[Code]] = defaultdict(set)
    for path, number in sizes.items():
        for depth in range(len(path) if number else 0):
            parts[path[:depth]].add(path[depth])

    def below(parent: Path) -> Iterator[Path]:
        depth = len(parent)
        if depth == len(levels) or (depth and parent[-1] in MISSING):
            return
        level, present = levels[depth], parts[parent]
        finer = depth > 0 and divides(levels[depth - 1], level)
        if finer and present == {parent[-1]}:
            return
        others = [c for c in present if c not in MISSING and c not in level.codes]
        others.sort(
            key=lambda c: (finer and c == parent[-1], -sizes[*parent, c] if level.ranked else 0, *_by_number(str(c)))
        )
        missing = [c for c in MISSING if c in present or (always_missing and depth == 0 and c in level.missing)]
        for code in (*level.codes, *others, *missing):
            yield (*parent, code)
            yield from below((*parent, code))

    return list(below(()))


def _by_number(code: str) -> tuple[bool, int, str]:
    """Puts codes that are numbers first, 9 before 10."""
    number = code.isascii() and code.isdecimal()
    return not number, int(code) if number else 0, code


def rows_of(levels: Sequence[Level], counts: Counts) -> list[tuple[Path, Row]]:
    """Heads of the rows with their paths, the total first."""
    sizes = Counter({row: n for (row, column), n in counts.items() if not column})
    heads: list[tuple[Path, Row]] = [((), Row(say_all("report.total"), 0, RowKind.TOTAL))]
    for path in ordered(levels, sizes, always_missing=True):
        kind = RowKind.MISSING if path[-1] in MISSING else RowKind.CATEGORY
        code = path[-1] if levels[len(path) - 1].names(path[-1]) else None
        heads.append((path, Row(_label(levels, path), len(path), kind, code)))
    return heads


def _label(levels: Sequence[Level], path: Path) -> Label:
    """Name of the last code of a path, or that it says no more than the one before."""
    *outer, code = path
    level = levels[len(outer)]
    says_no_more = code in outer[-1:] and divides(levels[len(outer) - 1], level)
    return say_all("report.no_finer") if says_no_more else level.label(code)


def columns_of(levels: Sequence[Level], counts: Counts) -> list[tuple[Path, Column]]:
    """Heads of the columns with their paths.

    Of two levels the outer one's labels span its columns, and there is no total over opposite directions. Without a
    level there is the total alone.
    """
    sizes = Counter({column: n for (row, column), n in counts.items() if not row})
    paths = ordered(levels, sizes, always_missing=False)
    if len(levels) < 2:
        return [((), Column(say_all("report.total"), None, Unit.COUNT))] + [
            (p, Column(levels[0].label(p[0]), None, Unit.COUNT, True, p[0] in MISSING)) for p in paths
        ]
    outer, inner = levels
    heads: list[tuple[Path, Column]] = []
    for path in paths:
        label = say_all("report.total") if len(path) == 1 else inner.label(path[1])
        part = len(path) == 2
        heads.append((path, Column(label, outer.label(path[0]), Unit.COUNT, part, part and path[1] in MISSING)))
    return heads


def crosstab(shape: TableShape, counts: Counts, share: bool) -> Body:
    """Rows, columns and cells of a table; `share` adds the column of per cent of the total."""
    row_heads, column_heads = rows_of(shape.stub, counts), columns_of(shape.columns, counts)
    whole = counts[(), ()]
    cells: list[tuple[Cell, ...]] = []
    for row, _ in row_heads:
        line: tuple[Cell, ...] = tuple(counts[row, column] for column, _ in column_heads)
        cells.append((*line, percent(counts[row, ()], whole)) if share else line)
    heads = tuple(column for _, column in column_heads)
    if share:
        heads = (*heads, Column(say_all("report.percent_of_total"), None, Unit.PERCENT))
    return tuple(row for _, row in row_heads), heads, tuple(cells)
