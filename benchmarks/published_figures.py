"""`python -m benchmarks.published_figures`: the tables say what was published, where the same counts are put in."""

from __future__ import annotations

import tempfile
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import click
from sqlalchemy import create_engine, text
from sqlalchemy.orm import Session

from ocr.forms.codebook import Role, codebook
from reports.build import build_each
from reports.cube import Cube
from reports.measures import Measure
from reports.period import Period, parse_period
from reports.pivot import Pivot, build_pivot
from reports.table import Cell, Table
from store.frozen import freeze
from store.tables import Base

DATA = Path(__file__).parent / "data" / "published.toml"
LABOUR = "1"

_INSERT = """
    WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < :number)
    INSERT INTO records (card_id, form, direction, crossing_date, crossing_first, crossing_last, sex, country, purpose,
                         region, pending)
    SELECT i + (SELECT coalesce(max(card_id), 0) FROM records), 'made-up', :direction, :day, :day, :day, :sex, :country,
           :purpose, :region, 0 FROM n
"""


def span_of(written: str) -> Period:
    """A period as the file has it."""
    first, _, last = written.partition("/")
    return Period(date.fromisoformat(first), date.fromisoformat(last)) if last else parse_period(first)


def put_in(session: Session, cards: Sequence[Sequence[Any]], day: date) -> None:
    """Save so many cards of each kind that crossed on a day."""
    names = ("number", "direction", "sex", "country", "purpose", "region")
    for kind in cards:
        session.execute(text(_INSERT), dict(zip(names, kind, strict=True)) | {"day": day.isoformat()})


def cells_of(table: Table) -> dict[tuple[str, str], Cell]:
    """Cells by the names of row and column."""
    heads = [f"{one.group.en}/{one.label.en}" if one.group else one.label.en for one in table.columns]
    lines = zip(table.rows, table.cells, strict=True)
    return {(row.label.en, head): cell for row, line in lines for head, cell in zip(heads, line, strict=True)}


def came_out(session: Session, published: Mapping[str, Any]) -> Iterator[tuple[str, float, Cell]]:
    """Each figure in words, as it was published, and as it comes out."""
    period = span_of(published["period"])
    for kind, purposes in (("figures", ()), ("labour", (LABOUR,)), ("rounded", ())):
        figures = published.get(kind, ())
        ids = sorted({figure[0] for figure in figures})
        tables = build_each(session, ids, period.start, period.end, purposes=purposes)
        cells = {table.id: cells_of(table) for table in tables}
        for table_id, row, column, number in figures:
            found = cells[table_id][row, column]
            if kind == "rounded" and found is not None and number in (found // 1000, round(found / 1000)):
                found = number
            yield f"{published['period']} {table_id} {row}, {column}", number, found
    with tempfile.TemporaryDirectory() as folder:
        if shares := published.get("shares"):
            cube = Cube(freeze(session, Path(folder) / "record.parquet"))
        for variable, row, number in shares or ():
            only = ((codebook().column_of(Role.PURPOSE), (LABOUR,)),)
            table = build_pivot(cube, Pivot(period, (variable,), (), only, Measure.SHARE)).table
            (found,) = (cell for (name, _), cell in cells_of(table).items() if name == row)
            yield f"{published['period']} share of {row}", number, found


def compare() -> list[tuple[str, float, Cell]]:
    """All figures."""
    found: list[tuple[str, float, Cell]] = []
    for published in tomllib.loads(DATA.read_text("utf-8"))["published"]:
        engine = create_engine("sqlite://")
        with Session(engine) as session:
            Base.metadata.create_all(session.connection())
            day = span_of(published["period"]).end
            put_in(session, published["cards"], day)
            put_in(session, published.get("before", ()), day.replace(year=day.year - 1))
            found += came_out(session, published)
        engine.dispose()
    return found


@click.command()
def main() -> None:
    """Compare and print."""
    figures = compare()
    for words, published, found in figures:
        click.echo(f"{'  ' if published == found else '! '}{published:>12,} {found!s:>12}  {words}")
    wrong = sum(published != found for _, published, found in figures)
    click.echo(f"{len(figures)} figures, {wrong} come out otherwise")
    raise SystemExit(bool(wrong))


if __name__ == "__main__":
    main()
