"""What the page of pivot tables needs of whoever counts; `migcards.pivot_desk.PivotDesk` does."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Protocol

from texts import Language


@dataclass(frozen=True)
class PivotQuery:
    """What is asked for, as it stands in the address.

    Attributes
    ----------
    only
        Selections, one code each: ``purpose=1``.
    offer
        Names of further parameters whose codes are offered to select by.
    ages
        Age groups of one's own.
    estimate
        Whether cards in doubt count, too, each number with its margin.
    first_day, last_day
        None for the first and the last day of the latest year with crossings.
    """

    rows: tuple[str, ...]
    columns: tuple[str, ...]
    only: tuple[str, ...]
    offer: tuple[str, ...]
    measure: str
    sort: int
    ages: str
    first_day: date | None
    last_day: date | None
    estimate: bool = False


@dataclass(frozen=True)
class PivotChoice:
    """Something to choose."""

    code: str
    label: str
    chosen: bool = False


@dataclass(frozen=True)
class Offer:
    """A parameter to select cards by, with its codes as they stand in the address."""

    name: str
    label: str
    choices: Sequence[PivotChoice]

    @property
    def chosen(self) -> int:
        """How many codes are selected."""
        return sum(one.chosen for one in self.choices)


@dataclass(frozen=True)
class Head:
    """Head of a column; `number` is what it is sorted by, 0 for one that spans others."""

    label: str
    columns: int = 1
    lines: int = 1
    number: int = 0


@dataclass(frozen=True)
class PivotRow:
    """A row; `finer` is the query that divides it further, None where nothing does."""

    label: str
    level: int
    kind: str
    cells: Sequence[str]
    finer: PivotQuery | None


@dataclass(frozen=True)
class PivotView:
    """All that the page shows, in one language.

    Attributes
    ----------
    fault
        Why there is no table; empty where there is one.
    heads
        Lines of heads, after that of the first column.
    chart
        SVG, or empty.
    record
        What it was counted over: the beginning of the hash of the frozen record.
    """

    query: PivotQuery
    parameters: Sequence[PivotChoice]
    measures: Sequence[PivotChoice]
    offers: Sequence[Offer]
    first_day: date
    last_day: date
    fault: str = ""
    title: str = ""
    period: str = ""
    stub: str = ""
    heads: Sequence[Sequence[Head]] = ()
    rows: Sequence[PivotRow] = ()
    notes: Sequence[str] = ()
    chart: str = ""
    record: str = ""


class PivotBoard(Protocol):
    """Counts. `hidden` hides small counts and what gives them away."""

    def view(self, query: PivotQuery, language: Language, *, hidden: bool) -> PivotView:
        """What a query asks for, with what else can be asked."""
        ...

    def file(self, query: PivotQuery, language: Language, form: str, *, hidden: bool) -> bytes | None:
        """The table as ``csv`` or ``xlsx``; None where it cannot be made."""
        ...
