"""The numbers of a pivot table as they are estimated, each with its margin: every card counts (`reports.estimated`).

A change takes both years as one sample, a balance both directions, so that what is not known of a card is in both.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import chain
from math import ceil, prod

from sqlalchemy.orm import Session

from ocr.forms.codebook import Role, codebook
from ocr.lexicon.lexicon import load_lexicon
from reports.crosstab import Counts
from reports.cube import Cube
from reports.disclosure import CellPlace, hidden_cells
from reports.estimated import Estimates, Pair, coverage, estimates, margin_of
from reports.estimated_flows import BEFORE, NOW, periods_level
from reports.levels import LEVELS, Level, Path, Value
from reports.measures import Measure, heads_of
from reports.parameters import Parameter, PivotError, shifted
from reports.period import Period
from reports.pivot_counts import DEPARTED, DIRECTION, RETURNED, PivotParameters, cards_of, margins
from reports.shape import TableShape
from reports.table import Cell, Column, percent
from store.record_values import AGE
from texts import Label, say_all

MOST_ESTIMATED = 20_000
"""Cells that the cards in doubt are spread over."""

_DAY = codebook().column_of(Role.CROSSING_DATE)
_ROUNDING = 1e-9


def estimated_numbers(
    session: Session, cube: Cube, period: Period, measure: Measure, asked: PivotParameters, hide_below: int
) -> EstimatedNumbers:
    """Estimate what a pivot table asks for.

    Raises
    ------
    PivotError
        It cannot be estimated: a parameter is one of which no doubts are kept, or there would be too many cells.
    """
    sides = _SIDES.get(measure, 1)
    if sides * prod(len(cube.codes(one)) + 1 for one in (*asked.rows, *asked.columns)) > MOST_ESTIMATED:
        raise PivotError("too_large_to_estimate", most=MOST_ESTIMATED)
    previous = period.previous if measure is Measure.CHANGE else None
    if measure is Measure.CHANGE and previous is None:
        raise PivotError("no_year_before")
    rows, columns = (tuple(_level(one, previous) for one in part) for part in (asked.rows, asked.columns))
    if previous:
        rows = (periods_level(period, previous), *rows)
    if measure is Measure.BALANCE:
        columns = (LEVELS[DIRECTION], *columns)
    whole = Period(previous.start, period.end) if previous else period
    return EstimatedNumbers(
        estimates(session, TableShape(rows, columns, _fixed(cube, asked)), whole), measure, hide_below
    )


_SIDES: Mapping[Measure, int] = {Measure.CHANGE: 2, Measure.BALANCE: 2}


class EstimatedNumbers:
    """`reports.pivot_counts.PivotNumbers` with a margin beside each, half the width of its 95 % interval."""

    def __init__(self, found: Estimates, measure: Measure, hide_below: int) -> None:
        self._found, self._measure = found, measure
        self._series: list[Counts] = [Counter() for _ in range(_SIDES.get(measure, 1))]
        for pair, count in found.counts.items():
            for of, place in _places(measure, pair):
                self._series[of][place] = round(count.estimate)
        self._secret: list[Collection[CellPlace]] = [hidden_cells(counts, hide_below) for counts in self._series]
        self.sizes = margins(self._series)
        self.hidden = sum(map(len, self._secret))
        self.cards = cards_of(measure, self._series, self._secret)

    def heads(self, column: Column, alone: bool) -> Iterator[Column]:
        """Those of the measure, a margin behind each."""
        for head in heads_of(self._measure, column, alone):
            yield head
            yield margin_of(head.group, head.unit)

    def lines(self, rows: Sequence[Path], columns: Sequence[Path]) -> list[tuple[Cell, ...]]:
        """The numbers of the measure, a margin behind each."""
        places = [(row, column) for row in rows for column in columns]
        cells = self._cells(places) if places else []
        each = len(columns)
        return [tuple(chain.from_iterable(cells[n : n + each])) for n in range(0, len(cells), each)]

    def about(self, cube: Cube, period: Period) -> Iterator[Label]:
        """What estimates are, and of which cards these are."""
        yield say_all("report.note_estimated")
        yield coverage(self._found.cards)

    def _cells(self, places: Sequence[CellPlace]) -> list[list[Cell]]:
        counts = [[self._counted(of, place) for place in places] for of in range(len(self._series))]
        if self._measure is Measure.CARDS:
            return counts[0]
        if self._measure.is_share:
            return self._shares(places)
        earlier = self._measure is Measure.CHANGE
        pairs = [tuple(_pair(self._measure, of, place) for of in ((0, 1) if earlier else (1, 0))) for place in places]
        differences = self._found.difference_margins([(one, other) for one, other in pairs])
        cells = []
        for one, other, margin in zip(*counts, differences.tolist(), strict=True):
            first, second = (one, other) if earlier else (other, one)
            known = first[0] is not None and second[0] is not None
            change: list[Cell] = [first[0] - second[0], ceil(margin - _ROUNDING)] if known else [None, None]
            cells.append([*one, *other, *change])
        return self._relative(cells, [(one, other) for one, other in pairs]) if earlier else cells

    def _counted(self, of: int, place: CellPlace) -> list[Cell]:
        if place in self._secret[of]:
            return [None, None]
        count = self._found.count(_pair(self._measure, of, place))
        return [round(count.estimate), count.margin]

    def _shares(self, places: Sequence[CellPlace]) -> list[list[Cell]]:
        whole_of: Callable[[CellPlace], CellPlace] = {
            Measure.ROW_SHARE: lambda place: (place[0], ()),
            Measure.COLUMN_SHARE: lambda place: ((), place[1]),
            Measure.SHARE: lambda place: ((), ()),
        }[self._measure]
        wholes = [whole_of(place) for place in places]
        widths = self._found.ratio_margins([*zip(places, wholes, strict=True)])
        secret, counts = self._secret[0], self._series[0]
        return [
            [None, None]
            if place in secret or whole in secret or not counts[whole]
            else [percent(counts[place], counts[whole]), round(width, 1)]
            for place, whole, width in zip(places, wholes, widths.tolist(), strict=True)
        ]

    def _relative(self, cells: Sequence[list[Cell]], pairs: Sequence[tuple[Pair, Pair]]) -> list[list[Cell]]:
        """The changes in per cent behind the others."""
        widths = self._found.ratio_margins(pairs).tolist()
        relative: list[list[Cell]] = []
        for line, width in zip(cells, widths, strict=True):
            then, change = line[2], line[4]
            share = percent(change, then) if isinstance(then, int) and isinstance(change, int) else None
            relative.append([*line, share, None if share is None else round(width, 1)])
        return relative


def _places(measure: Measure, pair: Pair) -> Iterator[tuple[int, CellPlace]]:
    """In which series, row and column the count of a pair stands."""
    row, column = pair
    if measure is Measure.CHANGE:
        if row and row[0] in (NOW, BEFORE):
            yield (NOW, BEFORE).index(row[0]), (row[1:], column)
    elif measure is Measure.BALANCE:
        if column and column[0] in (DEPARTED, RETURNED):
            yield (DEPARTED, RETURNED).index(column[0]), (row, column[1:])
    else:
        yield 0, pair


def _pair(measure: Measure, of: int, place: CellPlace) -> Pair:
    """The pair whose count stands in a series, row and column."""
    row, column = place
    if measure is Measure.CHANGE:
        return ((NOW, BEFORE)[of], *row), column
    return (row, ((DEPARTED, RETURNED)[of], *column)) if measure is Measure.BALANCE else place


def _level(one: Parameter, previous: Period | None) -> Level:
    """The level by a column of the store's; days of the year before fall under the codes of a year later."""
    if one.level.column == AGE:
        raise PivotError("not_estimated", name=one.name)
    if not one.is_time:
        return one.level

    def code_of(value: Value) -> str | None:
        code = one.level.code_of(str(value)[: len("2026-03")] if value else None)
        earlier = previous and previous.start.isoformat() <= str(value) <= previous.end.isoformat()
        return shifted(code, 1) if earlier else code

    return replace(one.level, column=_DAY, code_of=code_of)


def _fixed(cube: Cube, asked: PivotParameters) -> dict[str, frozenset[str]]:
    """The values that a selection keeps, by column."""
    fixed: dict[str, frozenset[str]] = {}
    for only in asked.only:
        level = only.parameter.level
        if only.parameter.added or only.parameter.is_time or level.column == AGE or None in only.codes:
            raise PivotError("not_selected_for_estimate", name=only.parameter.name)
        named = load_lexicon(level.dictionary).entries if level.dictionary else ()
        known = {value for value in (*cube.values(level.column), *named) if isinstance(value, str)}
        kept = frozenset(value for value in known if level.code_of(value) in only.codes)
        fixed[level.column] = kept & fixed.get(level.column, kept)
    return fixed
