"""The standard tables as data (data/tables.toml)."""

from __future__ import annotations

import tomllib
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from ocr.forms.codebook import Role, codebook
from reports.levels import Level
from reports.shape import TableShape
from texts import Label, say_all

_SIDES = (("D", "departed"), ("A", "returned"))


@dataclass(frozen=True)
class Spec:
    """One standard table.

    Attributes
    ----------
    plain_title
        Title where nothing is compared; None where `title` speaks of no comparison.
    departures_title
        Title where only departures count; None where `title` speaks of no returns.
    head
        Over the first column.
    stub, columns
        Names of levels (`reports.levels`), outer first; empty for a table with a shape of its own.
    rows
        Dimensions of which the answers are counted.
    direction
        ``D`` or ``A`` for cards of one side only, None for both.
    country
        Keeps the cards of one country, None for all.
    purposes
        Keeps the departures for one of these purposes, empty for all.
    internal
        Whether it is for the office alone: it names folders and batches, and nobody publishes it.
    compares
        Whether it compares with the year before, so that only the days that have passed count.
    share
        Whether a last column gives per cent of the total.
    chart
        Kind of picture that suits it (`reports.charts`).
    chart_level
        Level of the rows that the picture shows.
    """

    id: str
    title: Label
    head: Label
    chart: str
    stub: tuple[str, ...] = ()
    columns: tuple[str, ...] = ()
    rows: tuple[str, ...] = ()
    direction: str | None = None
    country: str | None = None
    purposes: tuple[str, ...] = ()
    compares: bool = False
    internal: bool = False
    share: bool = False
    chart_level: int = 1
    plain_title: Label | None = None
    departures_title: Label | None = None

    @property
    def sides(self) -> tuple[tuple[str, str], ...]:
        """The directions of its cards, with the names of their words."""
        return tuple(side for side in _SIDES if self.direction in (None, side[0]))

    @property
    def counts_sheets(self) -> bool:
        """Whether it is about sheets, of which not every one is a card."""
        return not (self.stub or self.rows or self.compares)

    @property
    def fixed(self) -> dict[str, Collection[str]]:
        """Values of which columns of the record must have one for a card to be in the table."""
        country, purpose = (codebook().column_of(role) for role in (Role.COUNTRY_ABROAD, Role.PURPOSE))
        wanted = (("direction", self.direction), (country, self.country))
        one: dict[str, Collection[str]] = {name: (value,) for name, value in wanted if value}
        return one | {purpose: self.purposes} if self.purposes else one

    def shape(self, levels: Mapping[str, Level]) -> TableShape:
        """What the table is made by, of the levels that it may name."""
        stub, columns = (tuple(levels[name] for name in names) for names in (self.stub, self.columns))
        return TableShape(stub, columns, self.fixed)


@cache
def specs() -> dict[str, Spec]:
    """All standard tables by id, in their order."""
    with (Path(__file__).parent / "data" / "tables.toml").open("rb") as file:
        tables = tomllib.load(file)["table"]
    return {
        t["id"]: Spec(
            **t
            | {"title": say_all(f"title.{t['id']}"), "head": say_all(f"report.{t['head']}")}
            | {name: say_all(f"title.{t[name]}") for name in ("plain_title", "departures_title") if name in t}
            | {key: tuple(t.get(key, ())) for key in ("stub", "columns", "rows")}
        )
        for t in tables
    }
