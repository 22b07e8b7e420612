"""The counts that a pivot table is made of, in rows and columns, with all their sums."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from reports.crosstab import Counts, add_up
from reports.cube import Cube, Only
from reports.levels import MISSING, Code, Path
from reports.measures import Measure
from reports.parameters import Parameter, PivotError, parameter, shifted
from reports.period import Period

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
    split, rows, columns = len(asked.rows), _Paths(asked.rows, later), _Paths(asked.columns, later)
    return add_up((rows[codes[:split]], columns[codes[split:]], number) for codes, number in found)


class _Paths(dict[Path, Path]):
    """The path that codes of some parameters make, found once for each: codes come again and again."""

    def __init__(self, parameters: Sequence[Parameter], later: int) -> None:
        super().__init__()
        self._parameters, self._later = parameters, later

    def __missing__(self, codes: Path) -> Path:
        moved = [_moved(one, code, self._later) for one, code in zip(self._parameters, codes, strict=True)]
        self[codes] = _path(self._parameters, moved)
        return self[codes]


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


def _path(parameters: Sequence[Parameter], codes: Sequence[Code]) -> Path:
    """Codes up to the first that is no category; at the end none that only repeats a coarser level of the same."""
    kept: list[Code] = []
    for code in codes:
        kept.append(code)
        if code in MISSING:
            return tuple(kept)
    while len(kept) > 1 and kept[-1] == kept[-2] and _divides(*parameters[len(kept) - 2 : len(kept)]):
        kept.pop()
    return tuple(kept)


def _divides(outer: Parameter, inner: Parameter) -> bool:
    """Whether one is a finer level of the other, so that a code of both is one and the same."""
    return inner.level.column == outer.level.column or inner.name == outer.finer
