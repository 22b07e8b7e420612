"""Which cells of a table of counts are not shown, so that nobody learns of one person or two.

A count of fewer than a threshold, but of some, is hidden, and with it at least one more of each sum that would give it
away. What follows from several tables together is not looked for.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import TypeAlias

from reports.crosstab import Counts
from reports.levels import Path

CellPlace: TypeAlias = tuple[Path, Path]
"""A row and a column."""

Families: TypeAlias = Mapping[Path, Sequence[Path]]
CellSum: TypeAlias = tuple[int, Path, Path]
"""Parts of a row's path (0) or of a column's (1), that path, and the column or row in which they lie."""


def hidden_cells(counts: Counts, threshold: int) -> frozenset[CellPlace]:
    """Rows and columns of the counts that are not shown.

    In the end no sum of the table, of a row or of a column, has a single hidden cell, nor hidden parts that can only be
    one each.
    """
    hidden = {place for place, number in counts.items() if 0 < number < threshold}
    if hidden:
        trees = [_families({place[axis] for place, number in counts.items() if number}) for axis in (0, 1)]
        waiting = dict.fromkeys(one for place in sorted(hidden, key=str) for one in _sums_of(place, trees))
        while waiting:
            asked, _ = waiting.popitem()
            more = _one_more(counts, _places(asked, trees), hidden)
            if more is not None:
                hidden.add(more)
                waiting |= dict.fromkeys((asked, *_sums_of(more, trees)))
    return frozenset(hidden)


def _one_more(counts: Counts, places: Sequence[CellPlace], hidden: Collection[CellPlace]) -> CellPlace | None:
    """What is to be hidden besides, the smallest part if there is one, so that a sum gives nothing away."""
    total, *parts = places
    secret = [place for place in places if place in hidden]
    known = total not in hidden and sum(counts[place] for place in secret) == len(secret)  # each can only be one
    if not secret or (len(secret) > 1 and not known):
        return None
    others = [place for place in parts if counts[place] and place not in hidden]
    if others:
        return min(others, key=lambda place: (counts[place], str(place)))
    return None if total in hidden else total


def _sums_of(place: CellPlace, trees: Sequence[Families]) -> Iterator[CellSum]:
    """The sums that a cell is part of, or the total of."""
    for axis, tree in enumerate(trees):
        path, other = place[axis], place[1 - axis]
        if path:
            yield axis, path[:-1], other
        if path in tree:
            yield axis, path, other


def _places(one: CellSum, trees: Sequence[Families]) -> list[CellPlace]:
    """The cells of a sum, the total first."""
    axis, parent, other = one
    paths = [parent, *trees[axis][parent]]
    return [(path, other) for path in paths] if axis == 0 else [(other, path) for path in paths]


def _families(paths: Collection[Path]) -> Families:
    """Each path that others lie below, with these."""
    parts: defaultdict[Path, list[Path]] = defaultdict(list)
    for path in sorted(paths, key=str):
        if path:
            parts[path[:-1]].append(path)
    return dict(parts)
