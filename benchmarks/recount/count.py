"""The cells of the standard tables by the names of their rows and columns."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import TypeAlias

import pandas as pd

from benchmarks.recount import levels
from benchmarks.recount.levels import Paths, named, sexes
from benchmarks.recount.words import word

Recounted: TypeAlias = dict[tuple[tuple[str, ...], tuple[str, ...]], float]
"""Cells by the names of row and column, outer first; a total has fewer names."""


@dataclass(frozen=True)
class Crossing:
    """A table: its cards, the names in its rows and in its columns."""

    rows: Callable[[pd.DataFrame], Paths]
    columns: Callable[[pd.DataFrame], Paths]
    cards: Callable[[pd.DataFrame], pd.Series] = lambda frame: frame["direction"] == "D"
    share: bool = True


def _flat(column: str) -> Callable[[pd.DataFrame], Paths]:
    return lambda frame: (named(frame, column, {"OTHER": word("other_sector")} if column == "sector" else {}),)


def _sided(frame: pd.DataFrame) -> Paths:
    return frame["direction"].map({"D": word("departed"), "A": word("returned")}), sexes(frame)


def _leaving_for_russia(frame: pd.DataFrame) -> pd.Series:
    return (frame["direction"] == "D") & (frame["country"] == "RU")


_BY_SEX: Callable[[pd.DataFrame], Paths] = lambda frame: (sexes(frame),)  # noqa: E731
CROSSTABS = {
    "T1": Crossing(levels.regions, _sided, lambda frame: frame["direction"] != "", share=False),
    "T3": Crossing(levels.ages, _BY_SEX), "T4": Crossing(levels.occupations, _BY_SEX),
    "T5": Crossing(_flat("sector"), _BY_SEX),
    "T6": Crossing(levels.countries, _BY_SEX),
    "T7": Crossing(levels.places, _BY_SEX, _leaving_for_russia),
    "T8": Crossing(_flat("purpose"), _BY_SEX), "T9": Crossing(_flat("duration"), _BY_SEX),
    "T10": Crossing(_flat("education"), _flat("marital_status"), share=False),
    "T12": Crossing(levels.checkpoints, _sided, lambda frame: frame["direction"] != "", share=False),
}  # fmt: skip


def inside(frame: pd.DataFrame, start: date, end: date) -> pd.DataFrame:
    """Cards that crossed in a period for certain."""
    first, last = pd.Timestamp(start), pd.Timestamp(end)
    return frame[(frame["direction"] != "") & (frame["crossing_first"] >= first) & (frame["crossing_last"] <= last)]


def counted(asked: Crossing, cards: pd.DataFrame) -> Recounted:
    """Cells by the names of row and column, outer first; a total has fewer names."""
    cards = cards[asked.cards(cards)]
    found: Recounted = {}
    rows, columns = _prefixes(asked.rows(cards)), _prefixes(asked.columns(cards))
    for row in rows:
        for column in columns:
            keys = [*row, *column]
            groups = pd.DataFrame(dict(enumerate(keys))).groupby([*range(len(keys))]).size() if keys else None
            for key, number in groups.items() if groups is not None else [((), len(cards))]:
                names = key if isinstance(key, tuple) else (key,)
                found[names[: len(row)], names[len(row) :]] = int(number)
    if asked.share:
        share: Recounted = {(row, ("%",)): 100 * n / len(cards) for (row, column), n in found.items() if not column}
        found |= share
    return found


def _prefixes(paths: Paths) -> list[list[pd.Series]]:
    return [list(paths[:n]) for n in range(len(paths) + 1)]
