"""What the picture of a table shows, whoever draws it: we as SVG, or a spreadsheet program from its own cells."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TypeAlias

Margin: TypeAlias = float | None
"""Half the width of a 95 % interval; None where it is not known."""


class ChartKind(StrEnum):
    """Kind of picture."""

    STACKED = "stacked"
    PAIRED = "paired"
    SHARES = "shares"
    DIVERGING = "diverging"
    PYRAMID = "pyramid"
    LINES = "lines"


@dataclass(frozen=True)
class Series:
    """One run of numbers.

    Attributes
    ----------
    fill
        How it is painted: a colour or ``hatch``.
    column
        The table's column that it is of.
    margins
        Those of the values; empty where the table has none.
    earlier
        Whether the numbers are those of the year before.
    counts
        Whether they are counts, not differences.
    """

    name: str
    fill: str
    column: int
    values: tuple[int, ...]
    margins: tuple[Margin, ...] = ()
    earlier: bool = False
    counts: bool = True

    def ends(self, i: int) -> tuple[float, float]:
        """Ends of the i-th interval, the value itself where it has none; no count is less than nothing."""
        value, off = self.values[i], (self.margins[i] if self.margins else None) or 0.0
        return min(value, max(0.0, value - off)) if self.counts else value - off, value + off


@dataclass(frozen=True)
class Plot:
    """A picture of a table.

    Attributes
    ----------
    names
        What each bar, or place along the line, is named.
    rows
        The table's rows that it stands for; their numbers are summed.
    series
        In the order in which they are drawn.
    whole
        What the parts of each bar add up to, where bars are made of parts.
    """

    kind: ChartKind
    title: str
    names: tuple[str, ...]
    rows: tuple[tuple[int, ...], ...]
    series: tuple[Series, ...]
    whole: Series | None = None
