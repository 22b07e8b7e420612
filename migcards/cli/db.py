"""`migcards db`: the database itself."""

from __future__ import annotations

import click

from migcards.cli.shared.context import language_option
from migcards.cli.shared.output import json_option, print_columns, print_json
from migcards.cli.shared.stage_bar import StageBar
from store.copy import copy_store, open_existing
from store.engine import open_store
from texts import Language, say


@click.group()
def db() -> None:
    """Move the store to another database, from SQLite to PostgreSQL or back."""


@db.command()
@click.argument("source", metavar="FROM")
@click.argument("target", metavar="TO")
@json_option
@language_option
def copy(source: str, target: str, as_json: bool, language: Language) -> None:
    """Copy the store at the address FROM into the empty one TO, and hold every table against what was copied.

    Addresses are as in the setting `database`: sqlite:///cards.db, postgresql://user@host/name. All is copied or
    nothing: after a break, run the same command again. FROM is not altered.

    As JSON (--json): a list of objects with table, rows and sha256, the same in both.
    """
    there, here = open_existing(source), open_store(target)
    with StageBar({"rows": say("copy.rows", language)}) as progress:
        copied = copy_store(there, here, lambda done, total: progress("rows", done, total))
    if as_json:
        print_json([{"table": one.table, "rows": one.rows, "sha256": one.sha256} for one in copied])
        return
    rows = [(one.table, str(one.rows), one.sha256[:16]) for one in copied]
    print_columns(say("copy.columns", language).split("|"), rows)
    click.echo(say("copy.done", language, count=sum(one.rows for one in copied)))
