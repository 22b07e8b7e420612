"""`migcards pivot`: a table of any parameters by any others."""

from __future__ import annotations

from contextlib import nullcontext
from pathlib import Path

import click
from sqlalchemy.orm import Session

from migcards.cli.shared.context import OUT_FILE, language_option, settings, store
from migcards.cli.shared.tables import period_of, write_table
from migcards.frozen_keeper import FrozenKeeper
from ocr.errors import BadInputError
from reports.cube import Cube
from reports.measures import Measure
from reports.pivot import Pivot, build_pivot
from reports.selections import read_selections
from reports.writers.render import FORMATS, render
from store.engine import read_only
from store.frozen import open_frozen
from texts import Language


@click.command()
@click.option("-r", "--rows", multiple=True, help="A parameter of the rows, as region; several, outer first.")
@click.option("-c", "--columns", multiple=True, help="A parameter of the columns, as sex; up to two.")
@click.option("-w", "--where", multiple=True, help="Only cards with these codes, as purpose=1,2.")
@click.option(
    "--measure",
    type=click.Choice([one.value for one in Measure]),
    default=Measure.CARDS.value,
    show_default=True,
    help="What the cells are.",
)
@click.option("--sort", type=int, default=0, help="Number of the column to sort by; -2: by the second, smallest first.")
@click.option("--period", help="2026, 2026-Q1, 2026-H1 or 2026-03.")
@click.option("--from", "first", help="First day or month: 2026-01 or 2026-01-15.")
@click.option("--to", "last", help="Last day or month, included.")
@click.option("--estimate", is_flag=True, help="Count cards in doubt, too, and say how sure each number is.")
@click.option("--of", "frozen", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="A frozen record.")
@click.option("--format", "form", type=click.Choice(FORMATS), default="table", show_default=True)
@click.option("-o", "out", type=OUT_FILE, help="Write to a file instead of the screen.")
@language_option
def pivot(
    rows: tuple[str, ...],
    columns: tuple[str, ...],
    where: tuple[str, ...],
    measure: str,
    sort: int,
    period: str | None,
    first: str | None,
    last: str | None,
    estimate: bool,
    frozen: Path | None,
    form: str,
    out: Path | None,
    language: Language,
) -> None:
    """Build a table of any parameters of the cards by any others, over a frozen record.

    For example `migcards pivot -r region -c sex -w purpose=1 --period 2026`.

    Parameters are the variables of the cards at each level: region, district; occupation_major, occupation,
    occupation:3, occupation:4; country_group, country, destination; year, quarter, month; age:0-17,18-29,30+ and so on;
    an unknown one lists all. The frozen record is made anew once the store went on (`migcards freeze`).
    """
    if estimate and frozen:
        raise BadInputError("Estimates need the doubts, which the store has and no frozen record: leave out --of.")
    cube = Cube(open_frozen(frozen)) if frozen else FrozenKeeper(store(), settings().frozen).now()
    span = period_of(period, first, last)
    asked = Pivot(span, rows, columns, read_selections(where), Measure(measure), sort)
    with Session(read_only(store())) if estimate else nullcontext() as session:
        table = build_pivot(cube, asked, estimate=session).table
    write_table(render(table, form, language), form, out)
