"""The standard tables as data (data/tables.toml)."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from ocr.forms.codebook import Role, codebook
from reports.levels import Level
from reports.shape import TableShape
from texts import Label, say_all


@dataclass(frozen=True)
class Spec:
    """One standard table.

    Attributes
    ----------
    plain_title
        Title for a period over a year, which is compared with no other; None where `title` speaks of no comparison.
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
    share: bool = False
    chart_level: int = 1
    plain_title: Label | None = None

    @property
    def fixed(self) -> dict[str, str]:
        """Values that columns of the record must have for a card to be in the table."""
        country = codebook().column_of(Role.COUNTRY_ABROAD)
        return {name: value for name, value in (("direction", self.direction), (country, self.country)) if value}

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
            | {"plain_title": say_all(f"title.{t['plain_title']}") if "plain_title" in t else None}
            | {key: tuple(t.get(key, ())) for key in ("stub", "columns", "rows")}
        )
        for t in tables
    }
