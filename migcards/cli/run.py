"""`migcards run`: read files and folders into the store."""

from __future__ import annotations

import gc
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path

import click
from sqlalchemy.orm import Session
from tqdm import tqdm

from migcards.cli.shared.acceptance import policy_in_force, warnings
from migcards.cli.shared.context import forms_dir, language_option, settings, store
from migcards.ingest import ingest
from migcards.networks import network_in_force
from migcards.saver import Ingestion
from migcards.tally import RunTally
from ocr.errors import BadInputError
from ocr.file_names import as_text
from ocr.preprocess.load import discover
from texts import Language, say

EXIT_REFUSED = 7


@click.command()
@click.argument("paths", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="Print the summary as JSON.")
@click.option("--note", default="", help="A word about the box, kept with the batch.")
@click.option("--again", is_flag=True, help="Also read again what was refused before.")
@language_option
@click.pass_context
def run(
    context: click.Context, paths: tuple[Path, ...], as_json: bool, note: str, again: bool, language: Language
) -> None:
    """Read scans (files or folders: JPEG, PNG, TIFF, PDF) into the store.

    What was read before is skipped; after a break, run the same command again. Files that could not be got at are tried
    again by themselves, and so are sheets of an unknown form once other forms are known.
    """
    started = time.monotonic()
    names = ", ".join(map(as_text, paths))
    files = discover(paths)
    if not files:
        raise BadInputError(say("run.nothing", language, paths=names))
    how = _ingestion(again, language)
    quiet = as_json or context.find_root().params.get("quiet", False)
    try:
        with _bar(language, quiet=quiet) as progress, _settled():
            tally = ingest(files, how, today=date.today(), folder=names, batch_note=as_text(note), progress=progress)
    except KeyboardInterrupt:
        click.echo(say("run.interrupted", language), err=True)
        context.exit(130)
    seconds = time.monotonic() - started
    for (reader, version), count in sorted(tally.unmeasured.items()):
        click.echo(say("trust.unmeasured", language, reader=reader, version=version, count=count), err=True)
    click.echo(tally.as_json(seconds) if as_json else tally.as_text(seconds, language))
    if tally.refused:
        context.exit(EXIT_REFUSED)


def _ingestion(again: bool, language: Language) -> Ingestion:
    """How this installation reads; says beforehand where readings have drifted."""
    engine = store()
    with Session(engine) as session:
        policy, found = policy_in_force(session)
        network = network_in_force(session)
    for line in warnings(found, language):
        click.echo(line, err=True)
    return Ingestion(
        engine=engine,
        policy=policy,
        forms_dir=forms_dir(),
        archive=settings().archive,
        workers=settings().workers,
        timeout_s=settings().page_timeout_s,
        audit_share=settings().audit_share,
        network=network,
        again=again,
    )


@contextmanager
def _settled() -> Iterator[None]:
    """All that was imported is not looked through for garbage again and again, which costs a fifth of saving."""
    gc.freeze()
    try:
        yield
    finally:
        gc.unfreeze()


@contextmanager
def _bar(language: Language, quiet: bool) -> Iterator[Callable[[RunTally, int], None]]:
    """A bar of sheets on the screen; yields what is called whenever their numbers have changed."""
    with tqdm(unit="", desc=say("run.progress", language), disable=quiet or None) as bar:

        def progress(tally: RunTally, total: int) -> None:
            if (tally.sheets, total) == (bar.n, bar.total):
                return
            bar.total = total
            bar.set_postfix_str(
                say("run.postfix", language, accepted=tally.accepted, review=tally.review, refused=tally.refused),
                refresh=False,
            )
            bar.update(tally.sheets - bar.n)

        yield progress
