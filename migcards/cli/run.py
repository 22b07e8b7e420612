"""`migcards run`: read files and folders into the store."""

from __future__ import annotations

import time
from datetime import date

import click

from migcards.cli.shared.cluster import cluster_of
from migcards.cli.shared.context import language_option, settings
from migcards.cli.shared.progress import sheet_bar
from migcards.cli.shared.reading import (
    EXIT_REFUSED,
    batch_option,
    ingestion,
    rescan_option,
    say_unmeasured,
    settled,
    who,
)
from migcards.file_count import FileCount
from migcards.ingest import ingest
from migcards.intake import found
from ocr.errors import BadInputError
from ocr.file_names import as_text
from texts import Language, say


@click.command()
@click.argument("paths", nargs=-1, required=True)
@click.option("--json", "as_json", is_flag=True, help="Print the summary as JSON.")
@click.option("--note", default="", help="A word about the box, kept with the run.")
@click.option("--cluster", metavar="ADDRESS", help="Read on the machines of a Dask cluster (`migcards worker`).")
@click.option("--again", is_flag=True, help="Also read again what was refused before.")
@click.option("--duplex", is_flag=True, help="Both sides of every sheet were scanned: blank backs are no sheets.")
@batch_option
@rescan_option
@language_option
@click.pass_context
def run(
    context: click.Context,
    paths: tuple[str, ...],
    as_json: bool,
    note: str,
    cluster: str | None,
    again: bool,
    duplex: bool,
    number: str,
    rescan: bool,
    language: Language,
) -> None:
    """Read scans (files or folders: JPEG, PNG, TIFF, PDF) into the store.

    PATHS are files, folders, quoted patterns ('scans/2026-1*/*.jpg'), zip files, and addresses such as s3://bucket/box7.
    What was read before is skipped; after a break, run the same command again. Files that could not be got at are tried
    again by themselves, and so are sheets of an unknown form once other forms are known.

    The cover sheet of a batch in the stream opens the batch for the sheets after it, up to the next cover sheet.
    """
    if rescan and not number:
        raise click.UsageError("--rescan needs --batch: whose sheets were scanned again?")
    started = time.monotonic()
    names = ", ".join(map(as_text, paths))
    files = found(paths, settings().archive)
    how = ingestion(language, again=again, duplex=duplex, rescan=rescan)
    machines = None if cluster is None else cluster_of(cluster, how, paths, language)
    quiet = as_json or context.find_root().params.get("quiet", False)
    try:
        with sheet_bar(language, FileCount(paths), quiet=quiet) as progress, settled():
            tally = ingest(
                files,
                how,
                today=date.today(),
                folder=names,
                run_note=as_text(note),
                batch=how.batch_id(number),
                opened_by=who(),
                progress=progress,
                cluster=machines,
            )
    except KeyboardInterrupt:
        click.echo(say("run.interrupted", language), err=True)
        context.exit(130)
    if not tally.sheets:
        raise BadInputError(say("run.nothing", language, paths=names))
    say_unmeasured(tally, language)
    seconds = time.monotonic() - started
    click.echo(tally.as_json(seconds) if as_json else tally.as_text(seconds, language))
    if tally.refused:
        context.exit(EXIT_REFUSED)
