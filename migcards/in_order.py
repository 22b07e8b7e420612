"""Pages are saved in the order in which they lay in the box, however they come, each in the batch that it lay in."""

from __future__ import annotations

from bisect import bisect, insort
from dataclasses import dataclass, field
from time import monotonic
from types import TracebackType
from typing import TypeAlias

from migcards.saver import InBatch, Saver
from migcards.tally import RunTally
from ocr.errors import StoreError
from ocr.forms import cover_sheet
from ocr.page import PageResult
from ocr.reading import Refusal, Refused
from ocr.scan import ScanId

MAX_HELD = 32
"""Pages that wait for a slower one; a run that is killed has to read these again."""

MAX_DUE, MAX_DUE_S = 32, 1.0
"""Pages that are saved at once, and the seconds after which the next page ends their waiting: a transaction for each
costs ten times as much. A run that is killed has to read these again, too."""


@dataclass(frozen=True)
class KnownPage:
    """A page that need not be read: what its file is called, and the batch whose cover sheet it is, if it is one."""

    scan: ScanId
    called: str
    opens: int | None = None


Item: TypeAlias = PageResult | KnownPage


@dataclass
class OrderedSaver:
    """Saves pages in their order, some at once, and those that are read too early once it is their turn.

    Used in a ``with`` statement. After an error or an interrupt what has had its turn is saved; not what waits for an
    earlier page, which may be a cover sheet.

    A cover sheet opens its batch for the pages after it, up to the next one. A page that took so long that it lost its
    turn lies in the batch that its place says.

    Attributes
    ----------
    tally
        Counts the pages as they are saved.
    batch
        Batch of the pages before the first cover sheet.
    held
        Pages that wait for a slower one: as many as are read out of their order at a time.
    """

    saver: Saver
    tally: RunTally
    batch: int | None = None
    held: int = MAX_HELD
    expected: dict[ScanId, int] = field(default_factory=dict)
    waiting: dict[int, Item] = field(default_factory=dict)
    turn: int = 0
    due: list[InBatch] = field(default_factory=list)
    attached: dict[tuple[int | None, int], dict[ScanId, str]] = field(default_factory=dict)
    due_since: float = 0.0
    covers: list[tuple[int, int]] = field(default_factory=list)

    def __enter__(self) -> OrderedSaver:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        if error is None:
            self._save_all()
        elif not isinstance(error, StoreError):  # or it would only fail once more
            self._save_due()

    @property
    def batch_after(self) -> int | None:
        """Batch of the pages that would come after all."""
        return self.covers[-1][1] if self.covers else self.batch

    def expect(self, scan: ScanId, place: int) -> bool:
        """Say which place a page has that will be read; False where the same page is expected already."""
        return self.expected.setdefault(scan, place) == place

    def read(self, result: PageResult) -> None:
        """Take an expected page that was read."""
        self.add(self.expected[ScanId(result.job.sha256, result.job.page)], result)

    def add(self, place: int, item: Item) -> None:
        """Take what became of the page at a place; a page that keeps `held` others waiting loses its turn."""
        self.waiting[place] = item
        while self.waiting and (min(self.waiting) <= self.turn or len(self.waiting) > self.held):
            self._take_turn()
        if len(self.due) >= MAX_DUE or (self.due and monotonic() - self.due_since >= MAX_DUE_S):
            self._save_due()

    def _save_all(self) -> None:
        while self.waiting:
            self._take_turn()
        self._save_due()

    def _take_turn(self) -> None:
        place = min(self.waiting)
        item = self.waiting[place]
        opened = item.opens if isinstance(item, KnownPage) else self._opened(item)
        if opened is not None:
            insort(self.covers, (place, opened))
        before, batch = self._batches_at(place)
        if isinstance(item, KnownPage):
            self.tally.add_known()
            if batch is not None and item.opens is None:
                self.attached.setdefault((before, batch), {})[item.scan] = item.called
        else:
            if not self.due:
                self.due_since = monotonic()
            self.due.append(InBatch(item, batch, place))
        del self.waiting[place]  # not before it is due: an interrupt may come in between
        self.turn = max(self.turn, place + 1)

    def _opened(self, result: PageResult) -> int | None:
        outcome = result.outcome
        if not isinstance(outcome, Refused) or outcome.reason is not Refusal.COVER_SHEET:
            return None
        sheet = cover_sheet.parse_payload(outcome.detail)
        return None if sheet is None else self.saver.open_batch(sheet)

    def _batches_at(self, place: int) -> tuple[int | None, int | None]:
        """The batch before that of a place, and that itself."""
        covers = bisect(self.covers, place, key=lambda cover: cover[0])
        opened = [None, self.batch, *(batch for _, batch in self.covers[max(0, covers - 2) : covers])]
        return opened[-2], opened[-1]

    def _save_due(self) -> None:
        saved = self.saver.save(self.due) if self.due else []
        self.due = []  # not before they are saved
        for (before, batch), scans in self.attached.items():
            self.saver.attach(scans, batch, before)
        self.attached = {}
        for page in saved:
            self.expected.pop(page.outcome.scan, None)
            self.tally.add(page)
