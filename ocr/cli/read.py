"""`migcards run`: read files and folders into the store."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass, field
from functools import partial
from pathlib import Path

import click
from sqlalchemy import Engine
from sqlalchemy.orm import Session
from tqdm import tqdm

from ocr import batch
from ocr.cli.common import forms_dir, language_option, settings, store
from ocr.errors import BadInputError
from ocr.form import Form, load_forms
from ocr.messages import Language, say
from ocr.pipeline import PageJob, PageResult, crashed_page, read_page, software
from ocr.preprocess.load import FileInfo, discover, probe
from ocr.reading import CardReading, Refusal, Refused
from ocr.scan import ScanId
from store.archive import keep
from store.cards import finish_batch, known_scans, save_card, save_refused, start_batch

EXIT_REFUSED = 7


@dataclass
class Tally:
    """Running counts of one run; `sheets` is always the sum of `read`, `known` and `refused`."""

    sheets: int = 0
    read: int = 0
    known: int = 0
    refused: int = 0
    accepted: int = 0
    review: int = 0
    reasons: dict[str, int] = field(default_factory=dict)

    def add(self, outcome: CardReading | Refused) -> None:
        """Count one page."""
        self.sheets += 1
        if isinstance(outcome, Refused):
            self.refused += 1
            self.reasons[outcome.reason.value] = self.reasons.get(outcome.reason.value, 0) + 1
        else:
            self.read += 1
            self.accepted += sum(reading.accepted for reading in outcome.fields)
            self.review += sum(not reading.accepted for reading in outcome.fields)


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
    engine, tally = store(), Tally()
    with Session(engine) as session:
        batch_id = start_batch(session, names, note)
        session.commit()
    saver = Saver(engine, batch_id, {(f.id, f.version): f for f in load_forms(forms_dir())}, software())
    try:
        jobs = list(_pending(files, engine, saver, tally))
        _read(jobs, saver, tally, language, quiet=as_json)
    except KeyboardInterrupt:
        click.echo(say("run.interrupted", language), err=True)
        context.exit(130)
    with Session(engine) as session:
        finish_batch(session, batch_id)
        session.commit()
    seconds = time.monotonic() - started
    click.echo(
        json.dumps(asdict(tally) | {"seconds": round(seconds, 1)}) if as_json else _summary(tally, seconds, language)
    )
    if tally.refused:
        context.exit(EXIT_REFUSED)


@dataclass(frozen=True)
class Saver:
    """Writes outcomes to the store, one page in one transaction; originals go to the archive if there is one."""

    engine: Engine
    batch_id: int
    forms: dict[tuple[str, str], Form]
    software: str

    def save(self, path: Path, outcome: CardReading | Refused, dpi: float | None, size: tuple[int, int] | None) -> None:
        """Keep what became of one page."""
        archive = settings().archive
        if archive is not None and not (isinstance(outcome, Refused) and outcome.reason is Refusal.UNREADABLE_FILE):
            keep(archive, path, outcome.scan.sha256)
        with Session(self.engine) as session:
            if isinstance(outcome, Refused):
                save_refused(session, outcome, batch_id=self.batch_id, path=str(path), dpi=dpi, size=size)
            else:
                save_card(
                    session,
                    outcome,
                    batch_id=self.batch_id,
                    form=self.forms[outcome.form, outcome.version],
                    path=str(path),
                    dpi=dpi or 0.0,
                    size=size or (0, 0),
                    software=self.software,
                )
            session.commit()


def _pending(files: Sequence[Path], engine: Engine, saver: Saver, tally: Tally) -> Iterator[PageJob]:
    """Pages that are not in the store yet; files that cannot be read at all are kept as refused on the way."""
    seen: set[ScanId] = set()
    found = batch.run(
        files, probe, workers=settings().workers, timeout_s=settings().page_timeout_s, on_crash=_crashed_file
    )
    for path, info in found:
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
    return Refused(ScanId("0" * 64, 0), Refusal.CRASHED, f"{path.name}: {what}")


def _read(jobs: Sequence[PageJob], saver: Saver, tally: Tally, language: Language, quiet: bool) -> None:
    work: Callable[[PageJob], PageResult] = partial(read_page, forms_dir=forms_dir())
    results = batch.run(
        jobs, work, workers=settings().workers, timeout_s=settings().page_timeout_s, on_crash=crashed_page
    )
    with tqdm(total=len(jobs), unit="", desc=say("run.progress", language), disable=quiet or None) as bar:
        for job, result in results:
            saver.save(job.path, result.outcome, result.dpi, result.size)
            tally.add(result.outcome)
            bar.set_postfix_str(
                say("run.postfix", language, accepted=tally.accepted, review=tally.review, refused=tally.refused)
            )
            bar.update()


def _summary(tally: Tally, seconds: float, language: Language) -> str:
    numbers = {
        "total": tally.sheets,
        "read": tally.read,
        "known": tally.known,
        "refused": tally.refused,
        "accepted": tally.accepted,
        "review": tally.review,
        "time": round(seconds, 1),
    }
    lines = [f"{say(f'run.{key}', language):40}{number:>10}" for key, number in numbers.items()]
    lines += [f"    {reason:36}{count:>10}" for reason, count in sorted(tally.reasons.items())]
    return "\n".join([*lines, say("run.next", language)])
