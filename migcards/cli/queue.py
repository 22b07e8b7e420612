"""`migcards queue`: the fields that wait for people, and why."""

from __future__ import annotations

import csv
import sys
from collections.abc import Sequence
from pathlib import Path

import click
from sqlalchemy.orm import Session

from migcards.cli.shared.context import language_option, settings, store
from migcards.cli.shared.output import json_option, print_columns, print_json
from ocr.file_names import shown_path
from review.assignment.demand import demand_of
from review.assignment.queue import QueueCounts, QueueItem, counts, waiting
from store.engine import read_only
from texts import Language, say, why_message
from texts.spreadsheet import safe

FORMATS = click.Choice(["table", "csv"])


@click.command()
@click.option("--field", help="Only this field.")
@click.option("--limit", type=int, default=50, show_default=True)
@click.option("--format", "form", type=FORMATS, default="table", show_default=True)
@json_option
@language_option
def queue(field: str | None, limit: int, form: str, as_json: bool, language: Language) -> None:
    """List the fields that wait for people and why, most urgent first.

    Those that are not wanted now, by the setting `keying`, are counted only. As CSV it is the sheet that `migcards
    decide` takes back once the columns value and person are filled in. As JSON (--json): waiting (fields in all),
    later (not wanted now), cards, by_field, and items, each with card, serial, form, field, personal, why (codes),
    scan (hash:page), file and since. No values are in it.
    """
    with Session(read_only(store())) as session:
        demand = demand_of(session, settings().keying)
        items = waiting(session, demand=demand, field=field, limit=limit)
        numbers = counts(session, demand)
    if as_json:
        print_json(_plain(numbers, items))
        return
    if form == "csv":
        sheet = csv.writer(sys.stdout)
        sheet.writerow(["scan", "serial", "field", "why", "file", "value", "person", "reason"])
        for item in items:
            why = "; ".join(why_message(w, language) for w in item.why)
            scan = f"{item.scan.sha256}:{item.scan.page + 1}"
            sheet.writerow(
                safe(cell) for cell in (scan, item.serial or "", item.field, why, shown_path(item.path), "", "", "")
            )
        return
    if numbers.later:
        click.echo(say("queue.later", language, count=numbers.later))
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
    print_columns(say("queue.columns", language).split("|"), rows)


def _plain(numbers: QueueCounts, items: Sequence[QueueItem]) -> dict[str, object]:
    rows = [
        {
            "card": item.card_id, "serial": item.serial, "form": item.form, "field": item.field,
            "personal": item.personal, "why": item.why, "scan": f"{item.scan.sha256}:{item.scan.page + 1}",
            "file": item.path, "since": item.since,
        }
        for item in items
    ]  # fmt: skip
    about = {"waiting": numbers.total, "later": numbers.later, "cards": numbers.cards}
    return about | {"by_field": numbers.by_field, "items": rows}
