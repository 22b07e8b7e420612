"""The counts that a pivot table is made of, in rows and columns, with all their sums."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from reports.crosstab import Counts, add_up
from reports.cube import Cube, Only
from reports.levels import Code, Path
from reports.measures import Measure
from reports.parameters import Parameter, PivotError, parameter, shifted
from reports.period import Period
from reports.shape import TableShape

DIRECTION, DEPARTED, RETURNED = "direction", "D", "A"


@dataclass(frozen=True)
class PivotParameters:
    """A pivot with its names looked up."""

    rows: tuple[Parameter, ...]
    columns: tuple[Parameter, ...]
    only: tuple[Only, ...]


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
