"""`migcards rescan`: the sheets that could not be read, and what to do about each."""

from __future__ import annotations

import click
from sqlalchemy.orm import Session

from migcards.cli.shared.context import language_option, store
from migcards.cli.shared.output import json_option, print_columns, print_json
from ocr.file_names import shown_path
from store.engine import read_only
from store.scans import rescan_list
from texts import Language, refusal_message, say


@click.command()
@json_option
@language_option
def rescan(as_json: bool, language: Language) -> None:
    """List the sheets that were refused and what to do about each.

    As JSON (--json): a list of objects with scan (hash:page), file, page, reason (code), detail, advice and since.
    """
    with Session(read_only(store())) as session:
        items = rescan_list(session)
    if as_json:
        print_json(
            [
                {
                    "scan": f"{item.scan.sha256}:{item.scan.page + 1}", "file": item.path, "page": item.scan.page + 1,
                    "reason": item.reason, "detail": item.detail,
                    "advice": refusal_message(item.reason, item.detail, language), "since": item.loaded_at,
                }
                for item in items
            ]
        )  # fmt: skip
        return
    if not items:
        click.echo(say("rescan_list.empty", language))
        return
    rows = []
    for item in items:
        advice = refusal_message(item.reason, item.detail, language)
        rows.append((shown_path(item.path), str(item.scan.page + 1), advice))
    print_columns(say("rescan_list.columns", language).split("|"), rows)
