"""From a box of files to the store: which pages are new, reading them on all cores, saving them in their order."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager
from datetime import date
from functools import partial
from pathlib import Path
from typing import TypeAlias

from sqlalchemy.orm import Session

from migcards.backs import lay_together
from migcards.feed import Feed, FileJob, Job
from migcards.in_order import MAX_HELD, OrderedSaver
from migcards.log import Event, note
from migcards.saver import Ingestion, Saver
from migcards.scan_file import ScanFile
from migcards.tally import RunTally
from ocr import worker_pool
from ocr.page import PageJob, PageResult, crashed_file, crashed_page, read_page
from ocr.preprocess.load import FileInfo, probe
from ocr.reading import Refused
from ocr.worker_pool import Crash
from store.archive import tidy
from store.cards import finish_run, start_run

Progress = Callable[[RunTally, int], None]
"""Told the counts so far and by how much the pages found exceed the files they were found in, as either changes."""

Result: TypeAlias = FileInfo | Refused | PageResult

AHEAD = 32
"""Files and pages for each worker that wait between looking and reading."""


def ingest(
    files: Iterable[ScanFile],
    how: Ingestion,
    *,
    today: date,
    folder: str = "",
    run_note: str = "",
    batch: int | None = None,
    opened_by: str = "",
    progress: Progress | None = None,
    cluster: AbstractContextManager[worker_pool.JobRunner] | None = None,
) -> RunTally:
    """Read the pages of `files` that the store does not have, and save them in their order.

    Reading begins with the first file. After a break the same call goes on where it stopped; what was read until then
    is kept.

    Parameters
    ----------
    files
        Taken as they are needed: there may be millions.
    today
        The day of the run: no card was filled in later.
    folder, run_note
        What the box is called and a word about it, kept with the run.
    batch
        Id of the batch that the pages before the first cover sheet lie in.
    opened_by
        Who opens the batches whose cover sheets come.
    cluster
        The machines that read, instead of this one.

    Raises
    ------
    StoreError
        The database or the archive fails.
    """
    tally, told = RunTally(), progress or (lambda tally, more: None)
    if how.archive is not None:
        tidy(how.archive)
    with Session(how.engine) as session, session.begin():
        run_id = start_run(session, folder, run_note)
    note(Event.RUN_STARTED)
    read = partial(
        read_page,
        acceptor=how.policy,
        forms_dir=how.forms_dir,
        audit_share=how.audit_share,
        network=how.network,
        today=today,
    )
    with (
        cluster or worker_pool.Workers(how.workers, how.timeout_s, how.memory_mb) as pool,
        OrderedSaver(Saver(how, run_id, opened_by, today), tally, batch, MAX_HELD + pool.capacity) as saving,
    ):
        feed = Feed(files, how, saving, max(AHEAD * how.workers, pool.capacity))
        do = partial(work, look=probe, read=read)
        done: Iterator[tuple[Job, Result]] = pool.run(feed, do, on_crash=crashed)
        for job, result in done:
            if isinstance(result, PageResult):
                saving.read(result)
            elif isinstance(job, FileJob):
                feed.looked_into(job, result)
            told(tally, feed.pages_found - feed.files_taken)
    tally.batch = saving.batch_after
    told(tally, feed.pages_found - feed.files_taken)
    with Session(how.engine) as session, session.begin():
        if how.duplex:
            tally.put_aside(lay_together(session, run_id))
        finish_run(session, run_id)
    note(Event.RUN_FINISHED, count=tally.sheets)
    return tally


def work(job: Job, look: Callable[[Path], FileInfo | Refused], read: Callable[[PageJob], PageResult]) -> Result:
    """Look into a file or read a page; the function that worker processes run."""
    return read(job) if isinstance(job, PageJob) else look(job.file.path)


def crashed(job: Job, crash: Crash) -> Result:
    """What becomes of a file or page with which a worker crashed."""
    if isinstance(job, PageJob):
        return crashed_page(job, crash)
    if crash.trace:
        note(Event.CRASH, logging.ERROR, file=job.file.name, trace=crash.trace)
    return crashed_file(job.file.path, crash)
