"""The counts that a pivot table is made of, in rows and columns, with all their sums."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

from reports.crosstab import Counts, add_up
from reports.cube import Cube, Only
from reports.disclosure import CellPlace, hidden_cells
from reports.levels import Code, Path
from reports.measures import Measure, cells_of, heads_of
from reports.parameters import Parameter, PivotError, parameter, shifted
from reports.period import Period
from reports.shape import TableShape
from reports.table import Cell, Column
from texts import Label, say_all

DIRECTION, DEPARTED, RETURNED = "direction", "D", "A"


@dataclass(frozen=True)
class PivotParameters:
    """A pivot with its names looked up."""

    rows: tuple[Parameter, ...]
    columns: tuple[Parameter, ...]
    only: tuple[Only, ...]


class PivotNumbers(Protocol):
    """What stands in the cells of a pivot table."""

    @property
    def sizes(self) -> Counts:
        """The sums of all rows and of all columns: what heads follow from."""
        ...

    @property
    def cards(self) -> int | None:
        """How many cards the table is of; None where that is hidden."""
        ...

    @property
    def hidden(self) -> int:
        """How many counts are not shown."""
        ...

    def heads(self, column: Column, alone: bool) -> Iterator[Column]:
        """Heads of the cells of one column; `alone` where the table has no other."""
        ...

    def lines(self, rows: Sequence[Path], columns: Sequence[Path]) -> list[tuple[Cell, ...]]:
        """The cells of each row."""
        ...

    def about(self, cube: Cube, period: Period) -> Iterator[Label]:
        """Notes that say which cards the numbers are of, and which they leave out."""
        ...


class CountedNumbers:
    """`PivotNumbers` of the cards that are settled.

    Parameters
    ----------
    series
        The counts that the measure is made of (`series_of`).
    hide_below
        As for `reports.pivot.build_pivot`.
    """

    def __init__(self, measure: Measure, series: Sequence[Counts], hide_below: int) -> None:
        self._measure, self._series = measure, series
        self._secret = [hidden_cells(counts, hide_below) for counts in series]
        self.sizes = margins(series)
        self.hidden = sum(map(len, self._secret))
        self.cards = cards_of(measure, series, self._secret)

    def heads(self, column: Column, alone: bool) -> Iterator[Column]:
        """One for each number that the measure has."""
        return heads_of(self._measure, column, alone)

    def lines(self, rows: Sequence[Path], columns: Sequence[Path]) -> list[tuple[Cell, ...]]:
        """The numbers of the measure, one after the other."""
        return [
            tuple(cell for column in columns for cell in cells_of(self._measure, self._shown, row, column))
            for row in rows
        ]

    def about(self, cube: Cube, period: Period) -> Iterator[Label]:
        """The number of cards, and of those of which it is not settled whether they belong into the period."""
        if self.cards is not None:
            yield say_all("report.note_cards", cards=self.cards)
        undated = cube.undated(period)
        yield say_all("report.note_undated", departures=undated["D"], returns=undated["A"])

    def _shown(self, of: int, row: Path, column: Path) -> int | None:
        return None if (row, column) in self._secret[of] else self._series[of][row, column]


def cards_of(measure: Measure, series: Sequence[Counts], secret: Sequence[Collection[CellPlace]]) -> int | None:
    """How many cards a table is of, those of the year before left out; None where that is hidden."""
    if any(((), ()) in cells for cells in secret):
        return None
    return sum(counts[(), ()] for counts in (series[:1] if measure is Measure.CHANGE else series))


def series_of(cube: Cube, period: Period, measure: Measure, asked: PivotParameters) -> list[Counts]:
    """The counts that the measure is made of."""
    if measure is Measure.BALANCE:
        side = parameter(DIRECTION, period, cube.frozen.own)
        sides = [Only(side, (code,)) for code in (DEPARTED, RETURNED)]
        return [_counted(cube, period, asked, (*asked.only, one)) for one in sides]
    now = _counted(cube, period, asked, asked.only)
    if measure is not Measure.CHANGE:
        return [now]
    previous = period.previous
    if previous is None:
        raise PivotError("no_year_before")
    earlier = [
        Only(one.parameter, tuple(shifted(code, -1) for code in one.codes)) if one.parameter.is_time else one
        for one in asked.only
    ]
    return [now, _counted(cube, previous, asked, earlier, later=1)]


def _counted(cube: Cube, period: Period, asked: PivotParameters, only: Sequence[Only], later: int = 0) -> Counts:
    """Counts in rows and columns with all sums, as if everybody had crossed so many years later."""
    found = cube.count((*asked.rows, *asked.columns), period, only)
    paths = _Paths(asked, later)
    return add_up((*paths[codes], number) for codes, number in found)


class _Paths(dict[Path, tuple[Path, Path]]):
    """Row and column of some codes, found once for each: codes come again and again."""

    def __init__(self, asked: PivotParameters, later: int) -> None:
        super().__init__()
        self._parameters, self._later = (*asked.rows, *asked.columns), later
        rows, columns = (tuple(one.level for one in of) for of in (asked.rows, asked.columns))
        self._shape = TableShape(rows, columns, _fixed(asked.only))

    def __missing__(self, codes: Path) -> tuple[Path, Path]:
        self[codes] = self._shape.paths(
            [_moved(one, code, self._later) for one, code in zip(self._parameters, codes, strict=True)]
        )
        return self[codes]


def _fixed(only: Sequence[Only]) -> dict[str, tuple[str, ...]]:
    """What all cards have for certain, where it is the value itself that was selected."""
    return {
        one.parameter.level.column: tuple(code for code in one.codes if code)
        for one in only
        if one.parameter.name == one.parameter.level.column and len(one.codes) == 1
    }


def margins(series: Sequence[Counts]) -> Counts:
    """The sums of all rows and of all columns, over all series: what heads follow from."""
    sums: Counts = Counter()
    for counts in series:
        for (row, column), number in counts.items():
            if not row or not column:
                sums[row, column] += number
    return sums


def _moved(one: Parameter, code: Code, years: int) -> Code:
    return shifted(code, years) if years and one.is_time else code
