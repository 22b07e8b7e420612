"""Saving what became of pages: to the store, the archive and the log."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cached_property, partial
from pathlib import Path
from time import perf_counter
from typing import NamedTuple

from sqlalchemy import Engine
from sqlalchemy.orm import Session

from migcards.log import Event, note
from ocr.batch_evidence import weigh
from ocr.confidence.acceptance import AcceptancePolicy
from ocr.errors import BadInputError, StoreError
from ocr.extract.network import MODELS
from ocr.forms.cover_sheet import CoverSheet
from ocr.forms.definition import FORMS_DIR, Form, fingerprint, load_forms
from ocr.page import PageResult, software
from ocr.reading import CardReading, Refusal, Refused
from ocr.scan import ScanId
from ocr.worker_pool import MEMORY_MB
from store.archive import keep
from store.batches import attach, batch_of, cover_of, id_of
from store.cards import save_cards, work_left
from store.engine import read_only
from store.rescans import close_rescans
from store.scans import ReadCard, save_refused


@dataclass(frozen=True)
class Ingestion:
    """How files are read, and where to they are saved.

    Attributes
    ----------
    policy
        Which readings are accepted.
    archive
        Folder that keeps the originals, if there is one.
    workers, timeout_s, memory_mb
        Processes that read, the seconds that one page may take, and the memory that one of them may.
    audit_share
        Of the accepted fields, 0..1: these go to people all the same.
    network
        Folder of the network that reads.
    again
        Whether sheets that were refused before are read again, all of them.
    duplex
        Whether both sides of every sheet were scanned (`migcards.duplex`).
    rescan
        Whether a batch's refused sheets, and no others, were scanned again (`store.rescans`).
    software
        Version of all that changed the readings, kept with them; that of this program if None.
    """

    engine: Engine
    policy: AcceptancePolicy
    forms_dir: Path = FORMS_DIR
    archive: Path | None = None
    workers: int = 1
    timeout_s: float = 60.0
    memory_mb: int = MEMORY_MB
    audit_share: float = 0.0
    network: Path = MODELS
    again: bool = False
    duplex: bool = False
    rescan: bool = False
    software: str | None = None

    @cached_property
    def forms(self) -> Mapping[tuple[str, str], Form]:
        """The known forms by id and version."""
        return {(form.id, form.version): form for form in load_forms(self.forms_dir)}

    @cached_property
    def read_by(self) -> str:
        """What is kept as the version that read."""
        return self.software or version_with(self.policy)

    def batch_id(self, number: str) -> int | None:
        """Id of the batch with a number; None where none is named.

        Raises
        ------
        BadInputError
            There is no such batch.
        """
        if not number:
            return None
        with Session(read_only(self.engine)) as session:
            return id_of(session, number)

    @cached_property
    def forms_fingerprint(self) -> str:
        """Changes when a form is added, removed or altered (`ocr.forms.definition.fingerprint`)."""
        return fingerprint(self.forms.values())


def version_with(policy: AcceptancePolicy) -> str:
    """Version of all that can change a reading: program, data files and calibration."""
    return f"{software()} calibration {policy.calibration.fingerprint}"


class InBatch(NamedTuple):
    """A page that is to be saved, the id of the batch that it lay in, and where it lay among the pages of its run."""

    result: PageResult
    batch_id: int | None = None
    place: int | None = None


class SavedPage(NamedTuple):
    """What became of a page in the store: of a card also how many of its fields wait, and whether it came before."""

    outcome: CardReading | Refused
    waiting: int = 0
    duplicate: bool = False


@dataclass(frozen=True)
class Saver:
    """Writes what became of pages to the store, and to the archive and the log.

    Attributes
    ----------
    run_id
        The run that read them.
    opened_by
        Who opens the batches whose cover sheets come.
    today
        No card was filled in later.
    """

    how: Ingestion
    run_id: int
    opened_by: str = ""
    today: date = field(default_factory=date.today)
    covers: dict[int, CoverSheet] = field(default_factory=dict)

    def save(self, pages: Sequence[InBatch]) -> list[SavedPage]:
        """Keep what became of pages, in one transaction.

        Where one of them cannot be kept, each is kept in a transaction of its own, and what failed first is raised in
        the end.

        Returns
        -------
        list of SavedPage
            In the order of the pages; those are refused whose original could not be archived.
        """
        began = perf_counter()
        pages = [page._replace(result=self._with_batch(self._archived(page.result), page.batch_id)) for page in pages]
        try:
            saved = self._keep(pages)
        except StoreError:
            raise
        except Exception:
            if len(pages) < 2:
                raise
            saved = self._keep_each(pages)
        for page in pages:
            _note_page(page.result, round(1000 * (perf_counter() - began) / len(pages), 1))
        return saved

    def open_batch(self, sheet: CoverSheet) -> int:
        """Id of the batch with this cover sheet, opened if it is new."""
        with Session(self.how.engine) as session, session.begin():
            return batch_of(session, sheet, self.opened_by)

    def attach(self, scans: Mapping[ScanId, str], batch_id: int, before: int | None) -> None:
        """Put pages that are known into the batch that they lie in (`store.batches.attach`)."""
        with Session(self.how.engine) as session, session.begin():
            attach(session, scans, batch_id, before)

    def _keep_each(self, pages: Sequence[InBatch]) -> list[SavedPage]:
        saved: list[SavedPage] = []
        failed: list[Exception] = []
        for page in pages:
            try:
                saved += self._keep([page])
            except StoreError:
                raise
            except Exception as error:
                failed.append(error)
        if failed:
            raise failed[0]
        return saved

    def _keep(self, pages: Sequence[InBatch]) -> list[SavedPage]:
        with Session(self.how.engine) as session, session.begin():
            cards = [self._card(page, read) for page in pages if isinstance(read := page.result.outcome, CardReading)]
            ids = save_cards(session, cards, run_id=self.run_id, software=self.how.read_by)
            close_rescans(session, ids, rescan=self.how.rescan)
            for page in pages:
                if isinstance(page.result.outcome, Refused):
                    self._keep_refused(session, page, page.result.outcome)
            became = dict(zip((card.reading.scan for card in cards), work_left(session, ids), strict=True))
        outcomes = [page.result.outcome for page in pages]
        return [SavedPage(outcome, *became.get(outcome.scan, ())) for outcome in outcomes]

    def _keep_refused(self, session: Session, page: InBatch, refused: Refused) -> None:
        result = page.result
        save_refused(
            session,
            refused,
            run_id=self.run_id,
            batch_id=page.batch_id,
            path=result.job.called,
            dpi=result.dpi,
            size=result.size,
            forms=self.how.forms_fingerprint,
            place=page.place,
        )

    def _card(self, page: InBatch, reading: CardReading) -> ReadCard:
        result, batch, place = page
        form = self.how.forms[reading.form, reading.version]
        size = result.size or (0, 0)
        return ReadCard(reading, form, result.job.called, result.dpi or 0.0, size, batch, result.likeness, place)

    def _with_batch(self, result: PageResult, batch: int | None) -> PageResult:
        """What the batch says is evidence for its cards."""
        if batch is None or not isinstance(result.outcome, CardReading):
            return result
        if batch not in self.covers:
            with Session(read_only(self.how.engine)) as session:
                self.covers[batch] = cover_of(session, batch)
        form, cover = self.how.forms[result.outcome.form, result.outcome.version], self.covers[batch]
        return replace(result, outcome=weigh(result.outcome, form, cover, self.how.audit_share, self.today))

    def _archived(self, result: PageResult) -> PageResult:
        """No page is kept whose original is not: one that is gone or changed meanwhile is read by the next run."""
        job, outcome = result.job, result.outcome
        if self.how.archive is None or (isinstance(outcome, Refused) and _is_no_scan(outcome.reason)):
            return result
        try:
            keep(self.how.archive, job.path, job.sha256)
        except BadInputError:
            why = "changed" if job.path.exists() else "gone"
            return replace(result, outcome=Refused(ScanId(job.sha256, job.page), Refusal.UNAVAILABLE, why))
        return result


def _is_no_scan(reason: Refusal) -> bool:
    """Whether there is nothing to archive, or not yet."""
    return reason.transient or reason is Refusal.UNREADABLE_FILE


def _note_page(result: PageResult, saving_ms: float) -> None:
    """A line for each stage of a page: the last stage before a refusal bears its reason."""
    job, outcome = result.job, result.outcome
    end = str(outcome.reason) if isinstance(outcome, Refused) else "read"
    line = partial(note, file=job.called, sha256=job.sha256, page=job.page)
    stages = list(result.milliseconds.items())
    for i, (stage, ms) in enumerate(stages):
        refused_here = isinstance(outcome, Refused) and i == len(stages) - 1
        line(Event.STAGE, stage=stage, ms=ms, outcome=end if refused_here else "done")
    line(Event.STAGE, stage="save", ms=saving_ms, outcome=end)
    if result.trace:
        line(Event.CRASH, logging.ERROR, trace=result.trace)
