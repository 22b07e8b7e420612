"""`migcards rescan`: the sheets that could not be read, and what to do about each."""

from __future__ import annotations

import click
from sqlalchemy.orm import Session

from migcards.cli.shared.context import language_option, store
from migcards.cli.shared.output import print_columns
from ocr.file_names import shown_path
from store.engine import read_only
from store.scans import rescan_list
from texts import Language, refusal_message, say


@click.command()
@language_option
def rescan(language: Language) -> None:
    """List the sheets that were refused and what to do about each."""
    with Session(read_only(store())) as session:
        items = rescan_list(session)
    if not items:
        click.echo(say("rescan_list.empty", language))
        return
    rows = []
    for item in items:
        advice = refusal_message(item.reason, item.detail, language)
        rows.append((shown_path(item.path), str(item.scan.page + 1), advice))
    print_columns(say("rescan_list.columns", language).split("|"), rows)
