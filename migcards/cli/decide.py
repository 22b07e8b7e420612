"""`migcards decide`: what people decided on a queue sheet, taken back."""

from __future__ import annotations

from pathlib import Path

import click
from sqlalchemy.orm import Session

from migcards.cli.shared.context import store
from review.decisions.queue_sheet import import_decisions


@click.command()
@click.argument("sheet", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--apply", is_flag=True, help="Write the decisions; without it they are only shown.")
def decide(sheet: Path, apply: bool) -> None:
    """Take back a queue sheet (CSV) with values filled in: a preview first, then --apply, all or nothing."""
    rows = sheet.read_text("utf-8-sig").splitlines()
    with Session(store()) as session:
        report = import_decisions(session, rows, apply=apply)
        session.commit()
    for line in report.errors:
        click.echo(f"{sheet}:{line.line}: {line.message}", err=True)
    if not report.applied:
        for line in report.changes[:20]:
            shown = "***" if line.personal else f"{line.before or '—'} → {line.after or '∅'}"
            click.echo(f"{sheet}:{line.line}: {line.field}: {shown}")
    same = len(report.lines) - len(report.errors) - len(report.changes)
    done = "written" if report.applied else "not written (add --apply)" if not report.errors else "nothing was written"
    click.echo(f"{len(report.changes)} to change, {same} unchanged, {len(report.errors)} wrong: {done}.")
    if report.errors:
        raise click.exceptions.Exit(4)
