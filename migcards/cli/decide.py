"""`migcards decide`: what people decided on a queue sheet, taken back."""

from __future__ import annotations

from pathlib import Path

import click
from sqlalchemy.orm import Session

from migcards.cli.shared.context import language_option, store
from review.decisions.queue_sheet import ImportReport, import_decisions
from texts import Language, say


@click.command()
@click.argument("sheet", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--apply", is_flag=True, help="Write the decisions; without it they are only shown.")
@language_option
def decide(sheet: Path, apply: bool, language: Language) -> None:
    """Take back a queue sheet (CSV) with values filled in: a preview first, then --apply, all or nothing."""
    rows = sheet.read_text("utf-8-sig").splitlines()
    with Session(store()) as session:
        report = import_decisions(session, rows, apply=apply)
        session.commit()
    for line in report.errors:
        click.echo(f"{sheet}:{line.line}: {line.fault.said(language) if line.fault else ''}", err=True)
    if not report.applied:
        for line in report.changes[:20]:
            shown = "***" if line.personal else f"{line.before or '—'} → {line.after or '∅'}"
            click.echo(f"{sheet}:{line.line}: {line.field}: {shown}")
    click.echo(_summary(report, language))
    if report.errors:
        raise click.exceptions.Exit(4)


def _summary(report: ImportReport, language: Language) -> str:
    """How many lines change something, and whether that was written."""
    changes, wrong = len(report.changes), len(report.errors)
    numbers = say("decide.summary", language, changes=changes, same=len(report.lines) - changes - wrong, wrong=wrong)
    state = "written" if report.applied else "refused" if wrong else "shown_only"
    return f"{numbers} {say(f'decide.{state}', language)}"
