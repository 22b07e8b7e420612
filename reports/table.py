"""`Table`: what a finished statistical table holds, in all languages, before it is written in any format."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from fractions import Fraction
from typing import TypeAlias

from reports.period import Period
from texts import Label

Cell: TypeAlias = int | float | None


class Unit(StrEnum):
    """What the numbers of a column are."""

    COUNT = "count"
    CHANGE = "change"
    PERCENT = "percent"
    CHANGE_PERCENT = "change_percent"
    MARGIN = "margin"
    MARGIN_PERCENT = "margin_percent"

    @property
    def decimals(self) -> int:
        """Decimals that the numbers are written with."""
        return 1 if self in (Unit.PERCENT, Unit.CHANGE_PERCENT, Unit.MARGIN_PERCENT) else 0

    @property
    def is_margin(self) -> bool:
        """Whether the numbers say how sure those of the column before are: half the width of a 95 % interval."""
        return self in (Unit.MARGIN, Unit.MARGIN_PERCENT)

    @property
    def signed(self) -> bool:
        """Whether positive numbers carry a plus."""
        return self in (Unit.CHANGE, Unit.CHANGE_PERCENT)


class RowKind(StrEnum):
    """What a row is: the total, a category, or cards that have no category."""

    TOTAL = "total"
    CATEGORY = "category"
    MISSING = "missing"


@dataclass(frozen=True)
class Row:
    """Head of a row; `level` 0 is the total, 1 a category, 2 a part of the category above it.

    `code` is that of a category with a name in a dictionary.
    """

    label: Label
    level: int
    kind: RowKind
    code: str | None = None


@dataclass(frozen=True)
class Column:
    """Head of a column; columns in a row with the same `group` share a spanning head.

    `missing` marks a column of cards that have no category; `part` one that adds up with its like to a total.
    """

    label: Label
    group: Label | None
    unit: Unit
    part: bool = False
    missing: bool = False


@dataclass(frozen=True)
class Table:
    """A finished table.

    Attributes
    ----------
    id
        ``T1`` and so on.
    stub
        Head of the first column.
    cells
        One tuple per row, one cell per column: counts int, percentages float rounded to 0.1, None where there is
        nothing to compute (no cards to take a percentage of).
    chart, chart_level
        Kind of picture that suits it (`reports.charts`) or ``none``, and the level of the rows that it shows.
    cards
        Number of cards in the table.
    provisional
        Whether days of the period have yet to pass, or cards of them to be read.
    until
        The last day of it that the cards reach; None where they reach none.
    """

    id: str
    title: Label
    period: Period
    stub: Label
    rows: tuple[Row, ...]
    columns: tuple[Column, ...]
    cells: tuple[tuple[Cell, ...], ...]
    notes: tuple[Label, ...]
    chart: str
    chart_level: int
    cards: int
    provisional: bool
    until: date | None

    @property
    def totals(self) -> tuple[Cell, ...]:
        """Cells of the total row; empty where the table has none (its rows do not add up to one thing)."""
        return next((c for r, c in zip(self.rows, self.cells, strict=True) if r.kind is RowKind.TOTAL), ())


def percent(part: int, whole: int) -> float | None:
    """100 `part` / `whole`, exact, then rounded to one decimal with halves to even; None when `whole` is 0."""
    return float(round(Fraction(100 * part, whole), 1)) if whole else None
