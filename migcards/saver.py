"""Saving what became of pages: to the store, the archive and the log, in the order in which they lay in the box."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property, partial
from pathlib import Path
from time import monotonic, perf_counter
from types import TracebackType

from sqlalchemy import Engine
from sqlalchemy.orm import Session

from migcards.log import Event, note
from migcards.tally import RunTally
from ocr.confidence.acceptance import AcceptancePolicy
from ocr.errors import BadInputError, StoreError
from ocr.extract.network import MODELS
from ocr.file_names import as_text
from ocr.forms.definition import FORMS_DIR, Form, fingerprint, load_forms
from ocr.page import PageJob, PageResult, software
from ocr.reading import CardReading, Refusal, Refused
from ocr.scan import ScanId
from store.archive import keep
from store.cards import save_cards
from store.scans import ReadCard, save_refused

MAX_HELD = 32
"""Pages that wait for a slower one; a run that is killed has to read these again."""

MAX_DUE, MAX_DUE_S = 32, 1.0
"""Pages that are saved at once, and the seconds after which the next page ends their waiting: a transaction for each
costs ten times as much. A run that is killed has to read these again, too."""


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
    network
        Folder of the network that reads.
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
    network: Path = MODELS
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
    """Writes what became of pages to the store, and to the archive and the log."""

    how: Ingestion
    run_id: int

    def save(self, results: Sequence[PageResult]) -> list[PageResult]:
        """Keep what became of pages, in one transaction.

        Where one of them cannot be kept, each is kept in a transaction of its own, and what failed first is raised in
        the end.

        Returns
        -------
        list of PageResult
            The pages, those refused whose original could not be archived.
        """
        began = perf_counter()
        results = [self._archived(result) for result in results]
        try:
            self._keep(results)
        except StoreError:
            raise
        except Exception:
            if len(results) < 2:
                raise
            self._keep_each(results)
        for result in results:
            _note_page(result, round(1000 * (perf_counter() - began) / len(results), 1))
        return results

    def _keep_each(self, results: Sequence[PageResult]) -> None:
        failed: list[Exception] = []
        for result in results:
            try:
                self._keep([result])
            except StoreError:
                raise
            except Exception as error:
                failed.append(error)
        if failed:
            raise failed[0]

    def _keep(self, results: Sequence[PageResult]) -> None:
        with Session(self.how.engine) as session, session.begin():
            cards = [self._card(r, r.outcome) for r in results if isinstance(r.outcome, CardReading)]
            save_cards(session, cards, run_id=self.run_id, software=self.how.read_by)
            for result in results:
                if isinstance(result.outcome, Refused):
                    save_refused(
                        session,
                        result.outcome,
                        run_id=self.run_id,
                        path=as_text(result.job.path),
                        dpi=result.dpi,
                        size=result.size,
                        forms=self.how.forms_fingerprint,
                    )

    def _card(self, result: PageResult, reading: CardReading) -> ReadCard:
        form = self.how.forms[reading.form, reading.version]
        return ReadCard(reading, form, as_text(result.job.path), result.dpi or 0.0, result.size or (0, 0))

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
    """Saves pages in their order, some at once, and those that are read too early once it is their turn.

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
    due: list[PageResult] = field(default_factory=list)
    due_since: float = 0.0

    def __enter__(self) -> OrderedSaver:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.save_all()

    def add(self, result: PageResult) -> None:
        """Take a page that was read; a page that keeps `MAX_HELD` others waiting loses its turn."""
        self.waiting[self.places[result.job]] = result
        while self.waiting and (min(self.waiting) <= self.turn or len(self.waiting) > MAX_HELD):
            self._take_turn()
        if len(self.due) >= MAX_DUE or (self.due and monotonic() - self.due_since >= MAX_DUE_S):
            self._save_due()

    def save_all(self) -> None:
        """Save all that was taken."""
        while self.waiting:
            self._take_turn()
        self._save_due()

    def _take_turn(self) -> None:
        place = min(self.waiting)
        if not self.due:
            self.due_since = monotonic()
        self.due.append(self.waiting[place])
        del self.waiting[place]  # not before it is due: an interrupt may come in between
        self.turn = max(self.turn, place + 1)

    def _save_due(self) -> None:
        saved = self.saver.save(self.due) if self.due else []
        self.due = []  # not before they are saved
        for result in saved:
            self.tally.add(result.outcome)
