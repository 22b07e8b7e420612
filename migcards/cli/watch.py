"""`migcards watch`: read what a scanner puts into a folder, as it comes."""

from __future__ import annotations

import signal
import time
from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import partial
from pathlib import Path
from threading import Event
from types import FrameType

import click
from sqlalchemy.orm import Session

from migcards.cli.shared.context import language_option, settings
from migcards.cli.shared.reading import ingestion, settled, who
from migcards.hot_folder import HotFolder
from migcards.ingest import ingest
from migcards.saver import Ingestion
from migcards.scan_file import ScanFile
from migcards.tally import RunTally
from ocr.file_names import as_text, shown_path
from store.engine import read_only
from store.scans import unavailable_now
from texts import Language, say

KINDS = ("read", "refused", "known", "covers")
"""Counts of a run (`RunTally`) that are said."""

SAY_EVERY_S = 60.0
LOOK_UP_EVERY_S = 600.0
"""After that it is looked up anew what is accepted: an audit may have stopped a reader meanwhile."""


@click.command()
@click.argument("folder", type=click.Path(path_type=Path))
@language_option
def watch(folder: Path, language: Language) -> None:
    """Read what a scanner puts into a folder as it comes, until Ctrl+C.

    A file is read when it is whole. Files are left where they are and known again after a restart; those that cannot be
    opened are tried again later. Links, devices and pipes are passed over. Once a minute a line says what was done.
    What was begun when Ctrl+C came is read to its end; a second Ctrl+C does not wait for it.
    """
    reader = _Reader(language)
    hot = HotFolder(folder, reader.read, reader.unavailable, settings().archive)
    reader.hot = hot
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, partial(_end, hot.end))
    click.echo(say("watch.started", language, folder=shown_path(as_text(folder))))
    with suppress(KeyboardInterrupt), settled():
        hot.run(reader.tell)
    reader.tell(now=True)
    click.echo(say("watch.ended", language))


def _end(end: Event, number: int, frame: FrameType | None) -> None:
    """Take a signal: raised into a call of the database, an interrupt would look like its failure."""
    if end.is_set():
        raise KeyboardInterrupt
    end.set()


@dataclass
class _Reader:
    """Reads files in rounds and says once a minute what was done."""

    language: Language
    hot: HotFolder | None = None
    how: Ingestion | None = None
    looked_up: float = 0.0
    batch: int | None = None
    done: Counter[str] = field(default_factory=Counter)
    said: float = field(default_factory=time.monotonic)
    said_of: tuple[object, ...] = ()

    def read(self, files: Iterator[ScanFile], in_order: bool) -> None:
        """Read files; those that come in order lie in the batch whose cover sheet came last."""
        before: Counter[str] = Counter()

        def progress(tally: RunTally, more: int) -> None:
            nonlocal before
            counts = Counter({kind: getattr(tally, kind) for kind in KINDS})
            self.done += counts - before
            before = counts
            self.tell()

        tally = ingest(
            files,
            self._how(),
            today=date.today(),
            folder=as_text(self.hot.folder) if self.hot else "",
            batch=self.batch if in_order else None,
            opened_by=who(),
            progress=progress,
        )
        if in_order:
            self.batch = tally.batch

    def unavailable(self, names: Sequence[str]) -> Collection[str]:
        """Which of these files could not be got at."""
        with Session(read_only(self._how().engine)) as session:
            return unavailable_now(session, names)

    def tell(self, now: bool = False) -> None:
        """Say what was done, if it is time to and there is anything to say."""
        hot = self.hot
        if hot is None or not (now or time.monotonic() - self.said >= SAY_EVERY_S):
            return
        self.said = time.monotonic()
        odd = tuple(hot.sight.passed_over), tuple(hot.sight.unlisted)
        if self.done.total() or hot.waiting:
            counts = {kind: self.done[kind] for kind in KINDS} | {"waiting": hot.waiting}
            click.echo(say("watch.did", self.language, time=f"{datetime.now():%H:%M}", **counts))
        if odd != self.said_of:
            for key, paths in zip(("watch.passed_over", "watch.unlisted"), odd, strict=True):
                if paths:
                    name = shown_path(as_text(paths[0]))
                    click.echo(say(key, self.language, name=name, count=len(paths)), err=True)
        self.done, self.said_of = Counter(), odd

    def _how(self) -> Ingestion:
        """How this installation reads now."""
        if self.how is None or time.monotonic() - self.looked_up >= LOOK_UP_EVERY_S:
            if self.how is not None:
                self.how.engine.dispose()
            self.how, self.looked_up = ingestion(self.language), time.monotonic()
        return self.how
