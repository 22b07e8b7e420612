"""`python -m benchmarks.recount`: every cell of T1 to T12 counted once more, by pandas alone.

The records hold every odd answer beside any other: codes of every dictionary and of none, groups, what is left empty or
waits, ages that cannot be, days that are settled in part. What falls where is said anew here, by docs/tables.md; of the
program only the words are taken. Every cell is compared, those of the frozen record's counting too.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import click
import pandas as pd
from sqlalchemy import create_engine, insert
from sqlalchemy.orm import Session

from benchmarks.recount.compared import compared
from benchmarks.recount.count import CROSSTABS, Recounted, counted, inside
from benchmarks.recount.records import odd_records
from benchmarks.recount.words import word
from reports.build import build_each
from reports.table import Table
from store.frozen import freeze
from store.tables import Base, Record

TABLES = tuple(f"T{n}" for n in range(1, 13))
SPANS = (
    (date(2016, 1, 1), date(2016, 12, 31)),
    (date(2015, 2, 1), date(2015, 2, 28)),
    (date(2014, 3, 5), date(2016, 7, 9)),
)
"""A leap year, a short month, and any days beyond a year."""


def cells_of(table: Table) -> Iterator[tuple[tuple[str, ...], tuple[str, ...], float | None]]:
    """Cells of a table by names, as `counted` has them."""
    path: list[str] = []
    for row, cells in zip(table.rows, table.cells, strict=True):
        path = [*path[: row.level - 1], row.label.en] if row.level else []
        for column, cell in zip(table.columns, cells, strict=True):
            names = ("%",) if column.label.en == word("percent_of_total") else (column.label.en,)
            whole = names == (word("total"),)
            yield tuple(path), (*((column.group.en,) if column.group else ()), *(() if whole else names)), cell


def differences(table: Table, right: Recounted) -> tuple[int, list[str]]:
    """Number of cells compared, and what is wrong."""
    wrong: list[str] = []
    seen = set()
    for row, column, cell in cells_of(table):
        seen.add((row, column))
        expected = right.get((row, column), 0)
        same = cell is None if expected != expected else cell is not None and abs(cell - expected) <= 0.05 + 1e-9
        if cell is None and not right.get((row, column)):  # a percentage of nothing
            same = True
        exact = not isinstance(cell, int) or cell == expected
        if not (same and exact):
            wrong.append(f"{table.id} {row} {column}: {cell}, counted {expected}")
    sided = any(column.group for column in table.columns)
    lacking = {key for key, n in right.items() if n == n and n and _is_shown(*key, sided)} - seen
    return len(seen), [*wrong, *(f"{table.id} lacks {row} {column}" for row, column in sorted(lacking))]


def _is_shown(row: tuple[str, ...], column: tuple[str, ...], sided: bool) -> bool:
    """Whether a table has such a cell: nothing stands below what is no category, nor a lone part that says no more.

    Over departures and returns together there is no total.
    """
    below_none = ({*row[:-1]} | {*column[:-1]}) & {word(name) for name in ("not_stated", "not_classified", "awaiting")}
    return not below_none and row[-1:] != (word("no_finer"),) and not (sided and not column)


def recount(frame: pd.DataFrame) -> tuple[int, list[str]]:
    """Compare all tables of all periods, counted in both ways."""
    cells, wrong = 0, list[str]()
    with tempfile.TemporaryDirectory() as folder, Session(create_engine("sqlite://")) as session:
        Base.metadata.create_all(session.connection())
        rows = frame.astype(object).where(frame.notna(), None)
        for name in ("crossing_first", "crossing_last"):
            rows[name] = [day.date() if day is not None else None for day in rows[name]]
        records = [
            {"card_id": n, "form": "made-up", "pending": 0, "crossing_date": None} | row
            for n, row in enumerate(rows.to_dict("records"), start=1)
        ]
        session.execute(insert(Record), records)
        frozen = freeze(session, Path(folder) / "record.parquet")
        for start, end in SPANS:
            for fast in (None, frozen):
                for table in build_each(session, TABLES, start, end, frozen=fast):
                    asked = CROSSTABS.get(table.id)
                    right = (
                        counted(asked, inside(frame, start, end)) if asked else compared(table.id, frame, start, end)
                    )
                    number, faults = differences(table, right)
                    cells, wrong = cells + number, wrong + faults
                    click.echo(
                        f"{table.id} {start} to {end}: {table.cards:,} cards, {number} cells, {len(faults)} wrong"
                    )
    return cells, wrong


@click.command()
@click.option("--cards", default=200_000, show_default=True)
@click.option("--seed", default=1, show_default=True)
def main(cards: int, seed: int) -> None:
    """Count, compare and print."""
    cells, wrong = recount(odd_records(cards, seed))
    for line in wrong[:40]:
        click.echo(line)
    click.echo(f"{cells:,} cells compared, {len(wrong)} wrong")
    raise SystemExit(bool(wrong))


if __name__ == "__main__":
    main()
