"""`migcards freeze`: the statistical record as a file."""

from __future__ import annotations

from pathlib import Path

import click
from sqlalchemy.orm import Session

from migcards.cli.shared.context import OUT_FILE, language_option, store
from store.engine import read_only
from store.frozen import freeze as freeze_record
from texts import Language, say


@click.command()
@click.argument("file", type=OUT_FILE)
@language_option
def freeze(file: Path, language: Language) -> None:
    """Write the statistical record as it is now into a FILE (Parquet), without names and numbers.

    Pivot tables are counted over it: `migcards pivot --of FILE`. It has a row for each person: keep it in the office.
    """
    with Session(read_only(store())) as session:
        made = freeze_record(session, file)
    click.echo(say("freeze.done", language, file=made.path, cards=made.rows, sha256=made.sha256))
