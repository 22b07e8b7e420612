"""Reads what operators upload, one upload after another, in a thread beside the pages."""

from __future__ import annotations

import logging
from collections.abc import Callable, Generator
from contextlib import closing
from datetime import date
from functools import partial
from pathlib import Path
from threading import Event as Flag
from threading import Thread
from time import monotonic

from sqlalchemy.orm import Session

from migcards.inbox import (
    ScanInboxFolder,
    already_read,
    batch_of_lot,
    note_read,
    scans_in,
    sent_by,
)
from migcards.ingest import ingest
from migcards.intake import found
from migcards.log import Event, note
from migcards.pace import Pace
from migcards.saver import Ingestion
from migcards.scan_file import ScanFile
from migcards.tally import RunTally
from ocr.errors import MigcardsError
from ocr.file_names import as_text
from ocr.preprocess.content import file_hash
from review.web.scan_inbox import InboxState, ReadingNow, UploadLot
from store.archive import find
from store.engine import read_only
from store.scans import waits_for_another_try

LOOK_S, RETRY_S = 10.0, 60.0
"""How long until the folder is looked into again though nothing was said, and until what failed is tried again."""


class StoppedError(Exception):
    """The server ends; what was read is saved."""


class InboxReader:
    """The inbox with its reader: `review.web.scan_inbox.ScanInbox`.

    Parameters
    ----------
    inbox
        Where uploads lie.
    how
        How files are read now, given whether they are refused sheets that were scanned again.
    archive
        Where originals are kept; what lies there goes from the inbox once it is read.
    """

    def __init__(self, inbox: ScanInboxFolder, how: Callable[[bool], Ingestion], archive: Path | None) -> None:
        self.inbox, self.how, self.archive = inbox, how, archive
        self.takes_zip, self.receive = inbox.takes_zip, inbox.receive
        self._tried: dict[Path, set[str]] = {}
        self._failed: dict[Path, tuple[float, str]] = {}
        self._exhausted: dict[Path, int] = {}
        self._now: tuple[Path, RunTally, int, Pace] | None = None
        self._wake, self._stop = Flag(), Flag()
        self._thread = Thread(target=self._run, name="inbox", daemon=True)

    def start(self) -> None:
        """Begin to read what lies there."""
        self._thread.start()

    def stop(self) -> None:
        """End after the sheets that are being read; what was read is saved."""
        self._stop.set()
        self._wake.set()
        self._thread.join()

    def finish(self, lot: UploadLot) -> None:
        """All files of an upload are there."""
        self.inbox.finish(lot)
        self._wake.set()

    def state(self) -> InboxState:
        """How the reading stands."""
        now = self._now
        lots = {place: len(self._fresh(place)) for place in self.inbox.folder.glob("*/*")}
        failures = (why for place, (_, why) in tuple(self._failed.items()) if lots.get(place))
        failure = "; ".join(dict.fromkeys(failures))
        if now is None:
            return InboxState(None, sum(lots.values()), failure)
        place, tally, more, pace = now
        waiting = max(0, lots.pop(place, 0) + more - tally.sheets)
        reading = ReadingNow(
            *batch_of_lot(place), tally.sheets, tally.read, tally.refused, waiting, pace.left_s(waiting)
        )
        return InboxState(reading, sum(lots.values()), failure)

    def _run(self) -> None:
        while not self._stop.is_set():
            place = next(filter(self._is_due, self.inbox.lots()), None)
            if place is None:
                self._wake.wait(LOOK_S)
                self._wake.clear()
                continue
            try:
                self._read(place)
                self._failed.pop(place, None)
            except StoppedError:
                return
            except Exception as error:
                why = str(error) if isinstance(error, MigcardsError) else type(error).__name__
                self._failed[place] = monotonic(), why
                note(Event.CRASH, logging.ERROR, file=as_text(place))
                logging.getLogger(__name__).error("an upload could not be read", exc_info=error)
            finally:
                self._now = None

    def _is_due(self, place: Path) -> bool:
        tried, _ = self._failed.get(place, (-RETRY_S, ""))
        resting = monotonic() - tried < RETRY_S
        return not resting and bool(self._fresh(place))

    def _fresh(self, place: Path) -> list[Path]:
        """What is to be read of an upload. A folder in which nothing is new, as most are, is only looked at."""
        changed = place.stat().st_mtime_ns
        if self._exhausted.get(place) == changed:
            return []
        done = already_read(place) | self._tried.get(place, set())
        found = [path for path in scans_in(place) if path.name not in done]
        if not found:
            self._exhausted[place] = changed
        return found

    def _read(self, place: Path) -> None:
        number, rescan = batch_of_lot(place)
        how = self.how(rescan)
        taken: list[Path] = []
        pace = Pace()

        def told(tally: RunTally, more: int) -> None:
            nonlocal pace
            pace = pace.at(monotonic(), tally.read + tally.refused)
            self._now = place, tally, more, pace
            if self._stop.is_set():
                raise StoppedError

        self._now = place, RunTally(), 0, pace
        try:
            batch = how.batch_id(number)
            with closing(self._files(place, taken)) as files:
                ingest(
                    files, how, today=date.today(), folder=as_text(place), batch=batch, opened_by=sent_by(place),
                    progress=told,
                )  # fmt: skip
            self._tidy(place, taken, how)
        finally:
            how.engine.dispose()

    def _files(self, place: Path, taken: list[Path]) -> Generator[ScanFile, None, None]:
        """Files of an upload, also those that come while the first are read."""
        while new := [path for path in self._fresh(place) if path not in taken]:
            for path in new:
                taken.append(path)
                yield from found([str(path)], self.archive)

    def _tidy(self, place: Path, taken: list[Path], how: Ingestion) -> None:
        """Write down what was read, and remove what lies in the archive by now: nothing else may be removed.

        What the machine could not get at is tried again when the server starts the next time.
        """
        self._tried.setdefault(place, set()).update(path.name for path in taken)
        with Session(read_only(how.engine)) as session:
            again = set(filter(partial(waits_for_another_try, session), map(as_text, taken)))
        read = [path for path in taken if as_text(path) not in again]
        note_read(place, (path.name for path in read))
        if self.archive is not None:
            for path in read:
                if find(self.archive, file_hash(path)) is not None:
                    path.unlink()
