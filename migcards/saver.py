"""Saving what became of pages: to the store, the archive and the log, in the order in which they lay in the box."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property, partial
from pathlib import Path
from time import perf_counter
from types import TracebackType

from sqlalchemy import Engine
from sqlalchemy.orm import Session

from migcards.log import Event, note
from migcards.tally import RunTally
from ocr.confidence.acceptance import AcceptancePolicy
from ocr.errors import BadInputError
from ocr.file_names import as_text
from ocr.forms.definition import FORMS_DIR, Form, fingerprint, load_forms
from ocr.page import PageJob, PageResult, software
from ocr.reading import Refusal, Refused
from ocr.scan import ScanId
from store.archive import keep
from store.cards import save_card
from store.scans import save_refused

MAX_HELD = 32
"""Pages that wait for a slower one; a run that is killed has to read these again."""


@dataclass(frozen=True)
class Ingestion:
    """How files are read, and where to they are saved.

    Attributes
    ----------
    policy
        Which readings are accepted.
    archive
        Folder that keeps the originals, if there is one.
    workers, timeout_s
        Processes that read, and the seconds that one page may take.
    audit_share
        Of the accepted fields, 0..1: these go to people all the same.
    again
        Whether sheets that were refused before are read again, all of them.
    software
        Version of all that changed the readings, kept with them; that of this program if None.
    """

    engine: Engine
    policy: AcceptancePolicy
    forms_dir: Path = FORMS_DIR
    archive: Path | None = None
    workers: int = 1
    timeout_s: float = 60.0
    audit_share: float = 0.0
    again: bool = False
    software: str | None = None

    @cached_property
    def forms(self) -> Mapping[tuple[str, str], Form]:
        """The known forms by id and version."""
        return {(form.id, form.version): form for form in load_forms(self.forms_dir)}

    @cached_property
    def read_by(self) -> str:
        """What is kept as the version that read."""
        return self.software or version_with(self.policy)

    @cached_property
    def forms_fingerprint(self) -> str:
        """Changes when a form is added, removed or altered (`ocr.forms.definition.fingerprint`)."""
        return fingerprint(self.forms.values())


def version_with(policy: AcceptancePolicy) -> str:
    """Version of all that can change a reading: program, data files and calibration."""
    return f"{software()} calibration {policy.calibration.fingerprint}"


@dataclass(frozen=True)
class Saver:
    """Writes what became of pages to the store, one page in one transaction, and to the archive and the log."""

    how: Ingestion
    batch_id: int

    def save(self, result: PageResult) -> PageResult:
        """Keep what became of one page; returns it, refused now where its original could not be archived."""
        began = perf_counter()
        result = self._archived(result)
        outcome, path = result.outcome, as_text(result.job.path)
        with Session(self.how.engine) as session, session.begin():
            if isinstance(outcome, Refused):
                save_refused(
                    session,
                    outcome,
                    batch_id=self.batch_id,
                    path=path,
                    dpi=result.dpi,
                    size=result.size,
                    forms=self.how.forms_fingerprint,
                )
            else:
                save_card(
                    session,
                    outcome,
                    batch_id=self.batch_id,
                    form=self.how.forms[outcome.form, outcome.version],
                    path=path,
                    dpi=result.dpi or 0.0,
                    size=result.size or (0, 0),
                    software=self.how.read_by,
                )
        _note_page(result, round(1000 * (perf_counter() - began), 1))
        return result

    def _archived(self, result: PageResult) -> PageResult:
        """No page is kept whose original is not: one that is gone or changed meanwhile is read by the next run."""
        job, outcome = result.job, result.outcome
        if self.how.archive is None or (isinstance(outcome, Refused) and _is_no_scan(outcome.reason)):
            return result
        try:
            keep(self.how.archive, job.path, job.sha256)
        except BadInputError as error:
            return replace(result, outcome=Refused(ScanId(job.sha256, job.page), Refusal.UNAVAILABLE, str(error)))
        return result


def _is_no_scan(reason: Refusal) -> bool:
    """Whether there is nothing to archive, or not yet."""
    return reason.transient or reason is Refusal.UNREADABLE_FILE


def _note_page(result: PageResult, saving_ms: float) -> None:
    """A line for each stage of a page: the last stage before a refusal bears its reason."""
    job, outcome = result.job, result.outcome
    end = str(outcome.reason) if isinstance(outcome, Refused) else "read"
    line = partial(note, file=job.path, sha256=job.sha256, page=job.page)
    stages = list(result.milliseconds.items())
    for i, (stage, ms) in enumerate(stages):
        refused_here = isinstance(outcome, Refused) and i == len(stages) - 1
        line(Event.STAGE, stage=stage, ms=ms, outcome=end if refused_here else "done")
    line(Event.STAGE, stage="save", ms=saving_ms, outcome=end)
    if result.trace:
        line(Event.CRASH, logging.ERROR, trace=result.trace)


@dataclass
class OrderedSaver:
    """Saves pages in their order, and those that are read too early once it is their turn.

    Used in a ``with`` statement, at whose end, also after an error or an interrupt, what still waits is saved.

    Attributes
    ----------
    places
        Place of each page in the order.
    tally
        Counts the pages as they are saved.
    """

    places: Mapping[PageJob, int]
    saver: Saver
    tally: RunTally
    waiting: dict[int, PageResult] = field(default_factory=dict)
    turn: int = 0

    def __enter__(self) -> OrderedSaver:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        while self.waiting:
            self._save_first()

    def add(self, result: PageResult) -> None:
        """Take a page that was read; a page that keeps `MAX_HELD` others waiting loses its turn."""
        self.waiting[self.places[result.job]] = result
        while self.waiting and (min(self.waiting) <= self.turn or len(self.waiting) > MAX_HELD):
            self._save_first()

    def _save_first(self) -> None:
        place = min(self.waiting)
        saved = self.saver.save(self.waiting[place])
        del self.waiting[place]  # not before it is saved: an interrupt may come in between
        self.turn = max(self.turn, place + 1)
        self.tally.add(saved.outcome)
