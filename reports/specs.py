"""The standard tables as data (data/tables.toml)."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from reports.words import Label, word


@dataclass(frozen=True)
class Spec:
    """One standard table.

    Attributes
    ----------
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


@cache
def specs() -> dict[str, Spec]:
    """All standard tables by id, in their order."""
    with (Path(__file__).parent / "data" / "tables.toml").open("rb") as file:
        tables = tomllib.load(file)["table"]
    return {
        t["id"]: Spec(
            **t
            | {"title": Label(**t["title"]), "head": word(t["head"])}
            | {key: tuple(t.get(key, ())) for key in ("stub", "columns", "rows")}
        )
        for t in tables
    }
