"""Which cells of a table of counts are not shown, so that nobody learns of one person or two.

A count of fewer than a threshold, but of some, is hidden, and with it at least one more of each sum that would give it
away. What follows from several tables together is not looked for.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from typing import TypeAlias

from reports.crosstab import Counts
from reports.levels import Path

CellPlace: TypeAlias = tuple[Path, Path]
"""A row and a column."""


def hidden_cells(counts: Counts, threshold: int) -> frozenset[CellPlace]:
    """Rows and columns of the counts that are not shown.

    In the end no sum of the table, of a row or of a column, has a single hidden cell, nor hidden parts that can only be
    one each.
    """
    hidden = {place for place, number in counts.items() if 0 < number < threshold}
    sums = list(_sums(counts)) if hidden else []
    of: defaultdict[CellPlace, list[int]] = defaultdict(list)
    for n, places in enumerate(sums):
        for place in places:
            of[place].append(n)
    waiting = sorted({n for place in hidden for n in of[place]})
    while waiting:
        n = waiting.pop()
        one = _one_more(counts, sums[n], hidden)
        if one is not None:
            hidden.add(one)
            waiting += [n, *of[one]]
    return frozenset(hidden)


def _one_more(counts: Counts, places: Sequence[CellPlace], hidden: Collection[CellPlace]) -> CellPlace | None:
    """What is to be hidden besides, the smallest part if there is one, so that a sum gives nothing away."""
    total, *parts = places
    secret = [place for place in places if place in hidden]
    known = total not in hidden and sum(counts[place] for place in secret) == len(secret)  # each can only be one
    if not secret or (len(secret) > 1 and not known):
        return None
    others = [place for place in parts if place not in hidden and counts[place]]
    if others:
        return min(others, key=lambda place: (counts[place], str(place)))
    return None if total in hidden else total


def _sums(counts: Counts) -> Iterator[tuple[CellPlace, ...]]:
    """Each total with its parts: along every row and down every column of the two trees."""
    rows, columns = ({place[axis] for place, number in counts.items() if number} for axis in (0, 1))
    for parent, parts in _families(rows):
        for column in columns:
            yield (parent, column), *((part, column) for part in parts)
    for parent, parts in _families(columns):
        for row in rows:
            yield (row, parent), *((row, part) for part in parts)


def _families(paths: Collection[Path]) -> Iterator[tuple[Path, list[Path]]]:
    parts: defaultdict[Path, list[Path]] = defaultdict(list)
    for path in paths:
        if path:
            parts[path[:-1]].append(path)
    return iter(parts.items())
