"""What the cells of a pivot table are made of, and what stands over them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from enum import StrEnum
from typing import TypeAlias

from reports.levels import Path
from reports.table import Cell, Column, Unit, percent
from texts import Label, say_all

CountShown: TypeAlias = Callable[[int, Path, Path], int | None]
"""Number of cards of one of a measure's series in a row and a column; None where it is hidden."""


class Measure(StrEnum):
    """What the cells are. A change has two series, now and the year before; a balance two, departed and returned."""

    CARDS = "cards"
    ROW_SHARE = "row_share"
    COLUMN_SHARE = "column_share"
    SHARE = "share"
    CHANGE = "change"
    BALANCE = "balance"

    @property
    def is_share(self) -> bool:
        """Whether it is a percentage of a total."""
        return self in (Measure.ROW_SHARE, Measure.COLUMN_SHARE, Measure.SHARE)


_PARTS = {
    Measure.CHANGE: (
        ("report.cards", Unit.COUNT),
        ("report.previous", Unit.COUNT),
        ("report.change", Unit.CHANGE),
        ("report.change_percent", Unit.CHANGE_PERCENT),
    ),
    Measure.BALANCE: (
        ("report.departed", Unit.COUNT),
        ("report.returned", Unit.COUNT),
        ("report.net", Unit.CHANGE),
    ),
}


def heads_of(measure: Measure, column: Column, alone: bool) -> Iterator[Column]:
    """Heads of the cells that a measure makes of one column; `alone` where the table has no other."""
    if measure not in _PARTS:
        unit = Unit.PERCENT if measure.is_share else Unit.COUNT
        yield Column(column.label, column.group, unit, column.part or alone, column.missing)
        return
    group = None if alone else _joined(column)
    for key, unit in _PARTS[measure]:
        yield Column(say_all(key), group, unit)


def cells_of(measure: Measure, shown: CountShown, row: Path, column: Path) -> Sequence[Cell]:
    """The cells that a measure makes of one row and one column."""
    count = shown(0, row, column)
    if measure is Measure.CARDS:
        return (count,)
    if measure.is_share:
        whole = {Measure.ROW_SHARE: (row, ()), Measure.COLUMN_SHARE: ((), column), Measure.SHARE: ((), ())}[measure]
        return (_share(count, shown(0, *whole)),)
    other = shown(1, row, column)
    if measure is Measure.BALANCE:
        return count, other, _difference(other, count)
    change = _difference(count, other)
    return count, other, change, _share(change, other)


def _share(part: int | None, whole: int | None) -> float | None:
    return None if part is None or whole is None else percent(part, whole)


def _difference(one: int | None, other: int | None) -> int | None:
    return None if one is None or other is None else one - other


def _joined(column: Column) -> Label:
    if column.group is None:
        return column.label
    return Label(*(f"{group}: {own}" for group, own in zip(column.group, column.label, strict=True)))
