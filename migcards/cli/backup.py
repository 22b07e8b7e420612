"""`migcards backup`: one consistent copy of all that an installation keeps."""

from __future__ import annotations

from pathlib import Path

import click

from migcards.backup import Office, back_up
from migcards.cli.shared.context import language_option, settings, store
from migcards.cli.shared.output import json_option, print_json
from migcards.cli.shared.stage_bar import StageBar
from migcards.settings import FILE
from ocr.errors import StoreError
from texts import Language, say


@click.command()
@click.argument("target", type=click.Path(file_okay=False, path_type=Path))
@json_option
@language_option
@click.pass_context
def backup(context: click.Context, target: Path, as_json: bool, language: Language) -> None:
    """Back up database, originals, settings and own forms into the folder TARGET, while others work.

    Each backup is a folder named after its moment (UTC), made whole or not at all. All in one TARGET share its folder
    originals, to which only new ones are added. The exit code is 6 where an original is damaged and therefore left out.

    As JSON (--json): folder, rows (by table), originals, damaged (a list of paths).
    """
    settings_file = Path(FILE) if Path(FILE).is_file() else None
    office = Office(settings_file, settings().forms_dir, settings().archive)
    stages = {"rows": say("copy.rows", language), "originals": say("verify.originals", language)}
    with StageBar(stages) as progress:
        made = back_up(store(), office, target, progress)
    if as_json:
        found = {"rows": made.manifest.rows, "originals": made.manifest.originals, "damaged": made.damaged}
        print_json({"folder": made.folder} | found)
    else:
        rows = sum(made.manifest.rows.values())
        click.echo(say("backup.done", language, folder=made.folder, rows=rows, originals=made.manifest.originals))
    if settings().archive is None:
        click.echo(say("backup.no_archive", language), err=True)
    for path in made.damaged:
        click.echo(say("finding.original_damaged", language, file=path), err=True)
    if made.damaged:
        context.exit(StoreError.exit_code)
