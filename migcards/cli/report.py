"""`migcards report`: tables for publication."""

from __future__ import annotations

from pathlib import Path

import click
from sqlalchemy.orm import Session

from migcards.cli.shared.acceptance import policy_in_force, warnings
from migcards.cli.shared.context import OUT_FILE, language_option, settings, store
from migcards.cli.shared.tables import period_of, write_table
from migcards.frozen_keeper import FrozenKeeper
from reports.build import build_each, published
from reports.writers.page import render_report
from reports.writers.render import FORMATS, as_json, render
from reports.writers.workbook import as_workbook
from store.engine import read_only
from texts import Language


@click.command()
@click.argument("tables", nargs=-1, required=True, metavar="TABLE… | all")
@click.option("--period", help="2026, 2026-Q1, 2026-H1 or 2026-03.")
@click.option("--from", "first", help="First day or month: 2026-01 or 2026-01-15.")
@click.option("--to", "last", help="Last day or month, included.")
@click.option("--format", "form", type=click.Choice(FORMATS), default="table", show_default=True)
@click.option("--estimate", is_flag=True, help="Count cards in doubt, too, and say how sure each number is.")
@click.option(
    "--purpose",
    "purposes",
    multiple=True,
    metavar="CODE",
    help="Only departures for this purpose of travel, such as 1 for labour migration; may be given several times.",
)
@click.option("-o", "out", type=OUT_FILE, help="Write to a file instead of the screen.")
@language_option
def report(
    tables: tuple[str, ...],
    period: str | None,
    first: str | None,
    last: str | None,
    form: str,
    estimate: bool,
    purposes: tuple[str, ...],
    out: Path | None,
    language: Language,
) -> None:
    """Build standard tables T1, T2, … (or all) for a period, or by-NAME: by any variable, as by-education.

    T15, which names folders and batches, is for the office alone: all leaves it out.

    Every table adds up: what is not stated, not classified or still waits for a person has lines of its own. With
    --estimate what still waits is put where it belongs most likely, and each number has its margin. With --purpose
    only departures count, since no return card asks for a purpose; tables that need returns are left out.
    """
    span = period_of(period, first, last)
    every = published(estimate=estimate, purposes=purposes)
    ids = every if [name.lower() for name in tables] == ["all"] else tables
    engine = store()
    with Session(read_only(engine)) as session:
        frozen = FrozenKeeper(engine, settings().frozen).kept(session)
        built = build_each(session, ids, span.start, span.end, estimate=estimate, purposes=purposes, frozen=frozen)
        _, found = policy_in_force(session)
    for line in warnings(found, language):
        click.echo(line, err=True)
    if form == "html":
        data = render_report(built, language).encode()
    elif form == "xlsx":
        data = as_workbook(built, language)
    elif form == "json":
        data = as_json(built, language).encode()
    else:
        data = b"\n".join(render(table, form, language) for table in built)
    write_table(data, form, out)
