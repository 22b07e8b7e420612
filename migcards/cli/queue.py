"""`migcards queue`, `rescan`, `decide`: what waits for people, and what they decided."""

from __future__ import annotations

import csv
import sys
from collections.abc import Sequence
from pathlib import Path

import click
from sqlalchemy.orm import Session

from migcards.cli.common import language_option, store
from ocr.file_names import shown_path
from review.assignment.queue import counts, waiting
from review.decisions.queue_sheet import import_decisions
from store.engine import read_only
from store.scans import rescan_list
from texts.messages import Language, refusal_message, say, why_message

FORMATS = click.Choice(["table", "csv"])


@click.command()
@click.option("--field", help="Only this field.")
@click.option("--limit", type=int, default=50, show_default=True)
@click.option("--format", "form", type=FORMATS, default="table", show_default=True)
@language_option
def queue(field: str | None, limit: int, form: str, language: Language) -> None:
    """List the fields that wait for people and why, most urgent first.

    As CSV it is the sheet that `migcards decide` takes back once the columns value and person are filled in.
    """
    with Session(read_only(store())) as session:
        items = waiting(session, field=field, limit=limit)
        numbers = counts(session)
    if form == "csv":
        sheet = csv.writer(sys.stdout)
        sheet.writerow(["scan", "serial", "field", "why", "file", "value", "person", "reason"])
        for item in items:
            why = "; ".join(why_message(w, language) for w in item.why)
            sheet.writerow(
                [
                    f"{item.scan.sha256}:{item.scan.page + 1}",
                    item.serial or "",
                    item.field,
                    why,
                    shown_path(item.path),
                    "",
                    "",
                    "",
                ]
            )
        return
    if not numbers.total:
        click.echo(say("queue.empty", language))
        return
    click.echo(say("queue.waiting", language, count=numbers.total))
    for name, count in numbers.by_field.items():
        click.echo(f"  {name:24}{count:>8}")
    rows = [
        (
            str(item.card_id),
            item.serial or "—",
            item.field,
            "; ".join(why_message(why, language) for why in item.why),
            shown_path(Path(item.path).name),
            str(item.scan.page + 1),
        )
        for item in items
    ]
    _columns(say("queue.columns", language).split("|"), rows)


@click.command()
@language_option
def rescan(language: Language) -> None:
    """List the sheets that were refused and what to do about each."""
    with Session(read_only(store())) as session:
        items = rescan_list(session)
    if not items:
        click.echo(say("rescan.empty", language))
        return
    rows = []
    for item in items:
        advice = refusal_message(item.reason, item.detail, language)
        rows.append((shown_path(item.path), str(item.scan.page + 1), advice))
    _columns(say("rescan.columns", language).split("|"), rows)


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


def _columns(heads: list[str], rows: Sequence[tuple[str, ...]]) -> None:
    widths = [max(len(heads[i]), *(len(row[i]) for row in rows)) for i in range(len(heads))]
    for row in (heads, *rows):
        click.echo("  ".join(f"{cell:{width}}" for cell, width in zip(row, widths, strict=True)).rstrip())
