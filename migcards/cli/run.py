"""`migcards run`: read files and folders into the store."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path

import click
from sqlalchemy import Engine
from sqlalchemy.orm import Session
from tqdm import tqdm

from migcards.cli.acceptance import policy_in_force, warnings
from migcards.cli.common import forms_dir, language_option, settings, store
from migcards.ingest import OrderedSaver, Saver
from migcards.tally import RunTally
from ocr import worker_pool as batch
from ocr.errors import BadInputError
from ocr.forms.definition import load_forms
from ocr.page import PageJob, PageResult, crashed_page, read_page, software
from ocr.preprocess.load import FileInfo, discover, file_hash, probe
from ocr.reading import Refusal, Refused
from ocr.scan import ScanId
from store.cards import finish_batch, known_scans, start_batch
from texts.messages import Language, say

EXIT_REFUSED = 7


@click.command()
@click.argument("paths", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="Print the summary as JSON.")
@click.option("--note", default="", help="A word about the box, kept with the batch.")
@language_option
@click.pass_context
def run(context: click.Context, paths: tuple[Path, ...], as_json: bool, note: str, language: Language) -> None:
    """Read scans (files or folders: JPEG, PNG, TIFF, PDF) into the store.

    What was read before is skipped; after a break, run the same command again.
    """
    started = time.monotonic()
    names = ", ".join(map(str, paths))
    files = discover(paths)
    if not files:
        raise BadInputError(say("run.nothing", language, paths=names))
    engine, tally = store(), RunTally()
    with Session(engine) as session:
        policy, found = policy_in_force(session)
        batch_id = start_batch(session, names, note)
        session.commit()
    for line in warnings(found, language):
        click.echo(line, err=True)
    made_by = f"{software()} calibration {policy.calibration.fingerprint}"
    saver = Saver(
        engine, batch_id, {(f.id, f.version): f for f in load_forms(forms_dir())}, made_by, settings().archive
    )
    try:
        jobs = list(_pending(files, engine, saver, tally))
        work = partial(read_page, acceptor=policy, forms_dir=forms_dir(), audit_share=settings().audit_share)
        _read(jobs, work, saver, tally, language, quiet=as_json)
    except KeyboardInterrupt:
        click.echo(say("run.interrupted", language), err=True)
        context.exit(130)
    with Session(engine) as session:
        finish_batch(session, batch_id)
        session.commit()
    seconds = time.monotonic() - started
    for (reader, version), count in sorted(tally.unmeasured.items()):
        click.echo(say("trust.unmeasured", language, reader=reader, version=version, count=count), err=True)
    click.echo(tally.as_json(seconds) if as_json else tally.as_text(seconds, language))
    if tally.refused:
        context.exit(EXIT_REFUSED)


def _pending(files: Sequence[Path], engine: Engine, saver: Saver, tally: RunTally) -> Iterator[PageJob]:
    """Pages that are not in the store yet, file by file; files that cannot be read at all are kept as refused."""
    seen: set[ScanId] = set()
    found = batch.run(
        files, probe, workers=settings().workers, timeout_s=settings().page_timeout_s, on_crash=_crashed_file
    )
    place = {path: i for i, path in enumerate(files)}
    for path, info in sorted(found, key=lambda item: place[item[0]]):
        sha256 = info.scan.sha256 if isinstance(info, Refused) else info.sha256
        with Session(engine) as session:
            known = known_scans(session, [sha256]) | seen
        if isinstance(info, Refused):
            if info.scan in known:
                tally.sheets, tally.known = tally.sheets + 1, tally.known + 1
            else:
                saver.save(path, info, None, None)
                tally.add(info)
            seen.add(info.scan)
            continue
        for page in range(info.pages):
            scan = ScanId(sha256, page)
            if scan in known:
                tally.sheets, tally.known = tally.sheets + 1, tally.known + 1
            else:
                yield PageJob(path, sha256, page)
            seen.add(scan)


def _crashed_file(path: Path, what: str) -> FileInfo | Refused:
    return Refused(ScanId(file_hash(path), 0), Refusal.CRASHED, f"{path.name}: {what}")


def _read(
    jobs: Sequence[PageJob],
    work: Callable[[PageJob], PageResult],
    saver: Saver,
    tally: RunTally,
    language: Language,
    quiet: bool,
) -> None:
    """Read the pages, and save them in the order of `jobs`, so that cards are numbered as they lay in the box.

    A page that takes long holds up `MAX_HELD` others at most; when the run breaks off, those that wait are saved.
    """
    results = batch.run(
        jobs, work, workers=settings().workers, timeout_s=settings().page_timeout_s, on_crash=crashed_page
    )
    held = OrderedSaver({job: i for i, job in enumerate(jobs)}, saver)
    with tqdm(total=len(jobs), unit="", desc=say("run.progress", language), disable=quiet or None) as bar, held:
        for _, result in results:
            held.add(result)
            tally.add(result.outcome)
            bar.set_postfix_str(
                say("run.postfix", language, accepted=tally.accepted, review=tally.review, refused=tally.refused)
            )
            bar.update()
