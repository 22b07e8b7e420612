"""Writing what `migcards run` reads to the store, in the order in which the pages lay in the box."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType

from sqlalchemy import Engine
from sqlalchemy.orm import Session

from ocr.forms.definition import Form
from ocr.page import PageJob, PageResult
from ocr.reading import CardReading, Refusal, Refused
from store.archive import keep
from store.cards import save_card, save_refused

MAX_HELD = 32
"""Pages that wait for a slower one; a run that is killed has to read these again."""


@dataclass(frozen=True)
class Saver:
    """Writes outcomes to the store, one page in one transaction; originals also to the folder `archive`."""

    engine: Engine
    batch_id: int
    forms: dict[tuple[str, str], Form]
    software: str
    archive: Path | None = None

    def save(self, path: Path, outcome: CardReading | Refused, dpi: float | None, size: tuple[int, int] | None) -> None:
        """Keep what became of one page."""
        if self.archive is not None and not (
            isinstance(outcome, Refused) and outcome.reason is Refusal.UNREADABLE_FILE
        ):
            keep(self.archive, path, outcome.scan.sha256)
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


@dataclass
class OrderedSaver:
    """Saves pages in their order, and those that are read too early once it is their turn.

    Used in a ``with`` statement, at whose end, also after an error or an interrupt, what still waits is saved.

    Attributes
    ----------
    places
        Place of each page in the order.
    """

    places: Mapping[PageJob, int]
    saver: Saver
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
        result = self.waiting[place]
        self.saver.save(result.job.path, result.outcome, result.dpi, result.size)
        del self.waiting[place]  # not before it is saved: an interrupt may come in between
        self.turn = max(self.turn, place + 1)
