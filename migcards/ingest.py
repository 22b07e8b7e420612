"""From a box of files to the store: which pages are new, reading them on all cores, saving them in their order."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Sequence
from datetime import date
from functools import partial
from pathlib import Path

from sqlalchemy.orm import Session

from migcards.log import Event, note
from migcards.saver import Ingestion, OrderedSaver, Saver
from migcards.tally import RunTally
from ocr import worker_pool
from ocr.file_names import as_text
from ocr.page import PageJob, PageResult, crashed_file, crashed_page, read_page
from ocr.preprocess.load import FileInfo, probe
from ocr.reading import Refused
from ocr.scan import ScanId
from ocr.worker_pool import Crash
from store.cards import finish_run, start_run
from store.scans import forget_unavailable, known_scans

Progress = Callable[[RunTally, int], None]
"""Told the counts so far and how many sheets they will be of in the end, whenever either has changed.

A file that was not looked at yet counts as one sheet."""

LOOK_AHEAD = 512
"""Files that are looked at together, so that reading begins soon and finds their bytes still in memory."""


def ingest(
    files: Sequence[Path],
    how: Ingestion,
    *,
    today: date,
    folder: str = "",
    batch_note: str = "",
    progress: Progress | None = None,
) -> RunTally:
    """Read the pages of `files` that the store does not have, and save them in their order.

    After a break the same call goes on where it stopped; what was read until then is kept.

    Parameters
    ----------
    files
        As `ocr.preprocess.load.discover` finds them.
    today
        The day of the run: no card was filled in later.
    folder, batch_note
        What the box is called and a word about it, kept with the batch.

    Raises
    ------
    StoreError
        The database or the archive fails.
    """
    files, tally, told = [path.absolute() for path in files], RunTally(), progress or (lambda tally, total: None)
    with Session(how.engine) as session, session.begin():
        run_id = start_run(session, folder, batch_note)
    saver = Saver(how, run_id)
    note(Event.RUN_STARTED, count=len(files))
    told(tally, len(files))
    work = partial(
        read_page,
        acceptor=how.policy,
        forms_dir=how.forms_dir,
        audit_share=how.audit_share,
        network=how.network,
        today=today,
    )
    seen: set[ScanId] = set()
    with worker_pool.Workers(how.workers, how.timeout_s) as pool:
        for first in range(0, len(files), LOOK_AHEAD):
            ahead = files[first : first + LOOK_AHEAD]
            jobs = list(new_pages(ahead, saver, tally, pool, seen))
            total = tally.sheets + len(jobs) + len(files) - first - len(ahead)
            told(tally, total)
            with OrderedSaver({job: i for i, job in enumerate(jobs)}, saver, tally) as saving:
                for _, result in pool.run(jobs, work, on_crash=crashed_page):
                    saving.add(result)
                    told(tally, total)
            told(tally, total)
    with Session(how.engine) as session, session.begin():
        finish_run(session, run_id)
    note(Event.RUN_FINISHED, count=tally.sheets)
    return tally


def new_pages(
    files: Sequence[Path], saver: Saver, tally: RunTally, pool: worker_pool.Workers, seen: set[ScanId]
) -> Iterator[PageJob]:
    """Pages that are to be read, file by file; files that cannot be read at all are saved as refused.

    Parameters
    ----------
    seen
        Pages of this run; those found now are added.
    """
    how, place = saver.how, {path: i for i, path in enumerate(files)}
    found = pool.run(files, probe, on_crash=_crashed_file)
    infos = sorted(found, key=lambda item: place[item[0]])
    with Session(how.engine) as session, session.begin():
        forget_unavailable(session, {as_text(path): _hash(info) for path, info in infos if not _is_away(info)})
        shas = {_hash(info) for _, info in infos}
        seen |= known_scans(session, shas, forms=how.forms_fingerprint, again=how.again)
    for path, info in infos:
        for page in range(1 if isinstance(info, Refused) else info.pages):
            job = PageJob(path, _hash(info), page)
            scan = ScanId(job.sha256, page)
            if scan in seen:
                tally.add_known()
            elif isinstance(info, Refused):
                tally.add(saver.save([PageResult(job, info, None, None)])[0].outcome)
            else:
                yield job
            seen.add(scan)


def _hash(info: FileInfo | Refused) -> str:
    return info.scan.sha256 if isinstance(info, Refused) else info.sha256


def _is_away(info: FileInfo | Refused) -> bool:
    return isinstance(info, Refused) and info.reason.transient


def _crashed_file(path: Path, crash: Crash) -> FileInfo | Refused:
    if crash.trace:
        note(Event.CRASH, logging.ERROR, file=path, trace=crash.trace)
    return crashed_file(path, crash)
