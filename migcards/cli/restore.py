"""`migcards restore`: a backup brought back into an empty place."""

from __future__ import annotations

from pathlib import Path

import click

from migcards.cli.shared.context import IN_FOLDER, settings, store
from migcards.cli.shared.findings import counts, findings
from migcards.cli.shared.stage_bar import StageBar
from migcards.restore import read_manifest, restore_data, restore_settings
from ocr.errors import StoreError
from texts import LANGUAGES, Language, say


@click.command()
@click.argument("source", type=IN_FOLDER)
@click.option("--lang", "chosen", type=click.Choice(LANGUAGES), help="Language of messages.")
@click.pass_context
def restore(context: click.Context, source: Path, chosen: Language | None) -> None:
    """Bring back a backup, the folder SOURCE of its moment, into an empty folder and an empty database.

    A migcards.toml that is there already stays and says where all belongs; else that of the backup is brought back.
    Everything is held against its hash, and in the end the store is verified. After a break, run the same again.
    """
    manifest = read_manifest(source)
    restore_settings(source, Path.cwd())
    language, engine, archive = chosen or settings().language, store(), settings().archive
    stages = {"rows": say("copy.rows", language), "originals": say("verify.originals", language)}
    with StageBar(stages) as progress:
        restore_data(source, engine, archive, progress)
    wrong = 0
    for _, message in findings(engine, archive, language):
        click.echo(message)
        wrong += 1
    click.echo(say("backup.restored", language, made=f"{manifest.made:%Y-%m-%d %H:%M} UTC"))
    click.echo(say("verify.counts", language, **counts(engine)))
    click.echo(say("verify.wrong" if wrong else "verify.right", language, count=wrong))
    if wrong:
        context.exit(StoreError.exit_code)
