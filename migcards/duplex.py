"""Fronts and backs of sheets that a feeder scanned on both sides.

The pages of a box come as front, back, front, back; some feeders give the back first, some leave a page out. Of all
ways to lay pages together in their order, the cheapest is taken: a page without its other side costs, and so does a
sheet whose sides come the other way round than those before. A page that is lost thus leaves its own sheet with one
side, and shifts no other.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise, product

from ocr.reading import Refusal


class Face(StrEnum):
    """What a page shows: a front that was read, a back or nothing, or what could be either."""

    FRONT = "front"
    BACK = "back"
    UNSURE = "unsure"


@dataclass(frozen=True)
class TwoSided:
    """One sheet.

    Attributes
    ----------
    pages
        Places of its pages in the order, one after the other; a single one where the other is missing.
    rescan
        The page that stands for the sheet on the rescan list, if it has to be scanned again.
    backs
        Pages that need no place of their own there.
    """

    pages: tuple[int, ...]
    rescan: int | None
    backs: tuple[int, ...]


def face(reason: Refusal | None) -> Face:
    """What a page shows by the reason why it was refused; None of a card that was read."""
    if reason in (None, Refusal.COVER_SHEET):
        return Face.FRONT
    return Face.BACK if reason in (Refusal.BLANK, Refusal.BACK_SIDE) else Face.UNSURE


def paired(faces: Sequence[Face], starts: Collection[int] = ()) -> tuple[TwoSided, ...]:
    """Lay the pages of a box together as sheets.

    Nothing that could be a card is taken for a back: of two sides one of which was read, only a blank page or a known
    back needs no scanning again.

    Parameters
    ----------
    faces
        Of all pages in their order.
    starts
        Pages with which a sheet begins in any case: the first of each file of many pages.
    """
    first = _beginnings(faces, frozenset(starts))
    return tuple(_sheet(faces, tuple(range(*ends))) for ends in pairwise([*first, len(faces)]))


_SINGLE, _TURNED, _BACK_FIRST = 100, 300, 1
_PAIR_COSTS = {
    (Face.FRONT, Face.BACK): 0,
    (Face.UNSURE, Face.BACK): 10,
    (Face.FRONT, Face.UNSURE): 30,
    (Face.UNSURE, Face.UNSURE): 40,
    (Face.BACK, Face.BACK): 50,
}
"""By front and back; two fronts are never one sheet. What matters is only which ways are cheaper than others: a single
page costs more than any doubt, to turn the order costs more than a single page at its beginning and one at its end."""


def _beginnings(faces: Sequence[Face], starts: frozenset[int]) -> list[int]:
    """First pages of the sheets, by the cheapest way.

    For every page, and for both orders of the sides before it: the least that the pages up to it cost, how many of them
    are the last sheet, and in which order those before it lay.
    """
    before, costs = {False: 0, True: 0}, {False: 0, True: _BACK_FIRST}
    steps: list[dict[bool, tuple[int, bool]]] = [{}]
    for end in range(1, len(faces) + 1):
        best = {back_first: [(costs[back_first] + _SINGLE, 1, back_first)] for back_first in (False, True)}
        if end >= 2 and end - 1 not in starts:
            first, second = faces[end - 2 : end]
            for back_first, was in product((False, True), repeat=2):
                cost = _PAIR_COSTS.get((second, first) if back_first else (first, second))
                if cost is not None:
                    best[back_first].append((before[was] + cost + (_TURNED if back_first != was else 0), 2, was))
        cheapest = {back_first: min(ways) for back_first, ways in best.items()}
        before, costs = costs, {back_first: cost for back_first, (cost, _, _) in cheapest.items()}
        steps.append({back_first: (length, was) for back_first, (_, length, was) in cheapest.items()})
    return _traced(steps, back_first=costs[True] < costs[False])


def _traced(steps: Sequence[dict[bool, tuple[int, bool]]], back_first: bool) -> list[int]:
    end, found = len(steps) - 1, []
    while end:
        length, back_first = steps[end][back_first]
        end -= length
        found.append(end)
    return found[::-1]


def _sheet(faces: Sequence[Face], pages: tuple[int, ...]) -> TwoSided:
    """What is to be done about a sheet: a page that could be a card stands for it before one that is none."""
    doubtful = sorted((page for page in pages if faces[page] is not Face.FRONT), key=lambda p: faces[p] is Face.BACK)
    was_read = len(doubtful) < len(pages)
    to_rescan = doubtful[:1] if doubtful and not (was_read and faces[doubtful[0]] is Face.BACK) else []
    return TwoSided(pages, next(iter(to_rescan), None), tuple(page for page in doubtful if page not in to_rescan))
