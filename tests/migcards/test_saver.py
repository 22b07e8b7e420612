"""Pages are saved in their order, however they come, and none is lost."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import cast

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Engine, func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from migcards.in_order import MAX_DUE, MAX_DUE_S, MAX_HELD, KnownPage, OrderedSaver
from migcards.saver import InBatch, Ingestion, SavedPage, Saver
from migcards.tally import RunTally
from ocr.confidence.acceptance import AcceptancePolicy
from ocr.confidence.calibration import load_calibration
from ocr.errors import StoreError
from ocr.forms.cover_sheet import CoverSheet, payload
from ocr.page import PageJob, PageResult, crashed_page
from ocr.reading import CardReading, Refusal, Refused
from ocr.scan import ScanId
from ocr.worker_pool import Crash
from store.cards import start_run
from store.engine import open_store
from store.tables import Card, Reading, Record, Scan
from tests.store.cards import card
from tests.store.side_by_side import side_by_side


class Noting:
    """Stands in for a saver: notes the pages in the order in which they are saved, and the batches they lie in."""

    def __init__(self) -> None:
        self.saved: list[int] = []
        self.batches: dict[int, int | None] = {}
        self.before: dict[int, int | None] = {}

    def save(self, pages: Sequence[InBatch]) -> list[SavedPage]:
        assert 0 < len(pages) <= MAX_DUE + MAX_HELD
        self.saved += [page.result.job.page for page in pages]
        self.batches |= {page.result.job.page: page.batch_id for page in pages}
        return [SavedPage(page.result.outcome) for page in pages]

    def open_batch(self, sheet: CoverSheet) -> int:
        return sheet.expected or 0

    def attach(self, scans: Mapping[ScanId, str], batch_id: int, before: int | None) -> None:
        self.batches |= {scan.page: batch_id for scan in scans}
        self.before |= {scan.page: before for scan in scans}


def started(pages: int) -> tuple[OrderedSaver, list[int]]:
    held, noting = noted(pages)
    return held, noting.saved


def noted(pages: int, batch: int | None = None) -> tuple[OrderedSaver, Noting]:
    noting = Noting()
    held = OrderedSaver(cast(Saver, noting), RunTally(), batch)
    assert all(held.expect(ScanId("0" * 64, page), page) for page in range(pages))
    return held, noting


def job(page: int) -> PageJob:
    return PageJob(Path("box.tif"), "0" * 64, page)


def add(held: OrderedSaver, page: int) -> None:
    held.read(crashed_page(job(page), Crash("died", "made up")))


def taken(held: OrderedSaver, saved: list[int]) -> list[int]:
    """Pages that are saved, or are next."""
    return saved + [page.result.job.page for page in held.due]


@given(st.permutations(range(MAX_DUE + 12)))
def test_pages_are_saved_in_their_order_as_soon_as_it_is_their_turn(order: list[int]) -> None:
    held, saved = started(len(order))
    with held:
        for i, page in enumerate(order):
            add(held, page)
            assert len(held.due) < MAX_DUE and len(held.waiting) <= MAX_HELD
            if i < MAX_HELD:  # nothing can have lost its turn
                come = set(order[: i + 1])
                first_missing = next(n for n in range(len(order) + 1) if n not in come)
                assert taken(held, saved) == list(range(first_missing))
    assert sorted(saved) == list(range(len(order)))


def test_a_page_that_takes_very_long_does_not_hold_up_the_rest() -> None:
    held, saved = started(MAX_HELD + 10)
    with held:
        for page in range(1, MAX_HELD + 10):
            add(held, page)
            assert len(held.waiting) <= MAX_HELD
        assert taken(held, saved) == list(range(1, MAX_HELD + 10))
        add(held, 0)
    assert saved == [*range(1, MAX_HELD + 10), 0]


def test_no_page_waits_for_others_longer_than_a_second(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = iter([0.0, 0.1, 0.9, MAX_DUE_S, 5.0, 5.1])
    monkeypatch.setattr("migcards.in_order.monotonic", lambda: next(clock))
    held, saved = started(9)
    counts = []
    for page in range(4):
        add(held, page)
        counts.append((held.tally.sheets, len(held.due)))
    assert counts == [(0, 1), (0, 2), (3, 0), (3, 1)]
    assert saved == [0, 1, 2]


@pytest.mark.parametrize("break_off", [KeyboardInterrupt, RuntimeError])
def test_what_has_had_its_turn_when_the_run_breaks_off_is_saved(break_off: type[BaseException]) -> None:
    """Not what waits for an earlier page: that may be a cover sheet."""
    held, saved = started(9)
    with pytest.raises(break_off), held:
        for page in (0, 5, 1, 3):
            add(held, page)
        raise break_off
    assert saved == [0, 1]


def test_a_database_that_failed_is_not_asked_again() -> None:
    held, saved = started(9)
    with pytest.raises(StoreError), held:
        add(held, 0)
        raise StoreError
    assert saved == []


def cover(page: int, batch: int) -> PageResult:
    sheet = CoverSheet(f"26-AAAAAA{batch}", expected=batch)
    return PageResult(job(page), Refused(ScanId("0" * 64, page), Refusal.COVER_SHEET, payload(sheet)), None, None)


@given(st.permutations(range(MAX_HELD)))
def test_a_cover_sheet_opens_its_batch_for_the_pages_after_it(order: list[int]) -> None:
    held, noting = noted(MAX_HELD, batch=2)
    covers = {5: 3, 20: 4}
    with held:
        for page in order:
            held.read(cover(page, covers[page])) if page in covers else add(held, page)
    wanted = {page: 2 if page < 5 else 3 if page < 20 else 4 for page in range(MAX_HELD)}
    assert noting.batches == wanted
    assert (held.tally.covers, held.tally.refused) == (2, MAX_HELD - 2)


def test_a_page_that_lost_its_turn_lies_in_the_batch_of_its_place() -> None:
    held, noting = noted(MAX_HELD + 10, batch=2)
    with held:
        for page in range(1, MAX_HELD + 10):
            held.read(cover(page, 3)) if page == 4 else add(held, page)
        add(held, 0)
    assert (noting.batches[0], noting.batches[3], noting.batches[5]) == (2, 2, 3)


def test_known_pages_are_put_into_the_batch_that_they_lie_in_and_a_known_cover_opens_it_again() -> None:
    held, noting = noted(0)
    with held:
        for page, opens in enumerate((None, 7, None, 8, None)):
            held.add(page, KnownPage(ScanId("0" * 64, page), f"{page}.jpg", opens))
    assert noting.batches == {2: 7, 4: 8}
    assert noting.before == {2: None, 4: 7}
    assert held.tally.known == 5


def test_a_page_that_is_expected_already_is_not_read_again() -> None:
    held, _ = noted(1)
    assert not held.expect(ScanId("0" * 64, 0), 1)
    with held:
        add(held, 0)
    assert held.expected == {}, "what is saved is the store's to know"


def test_a_card_that_cannot_be_kept_takes_no_other_down_and_leaves_no_half_of_itself(tmp_path: Path) -> None:
    engine = open_store(f"sqlite:///{tmp_path}/cards.db")
    with Session(engine) as session, session.begin():
        run_id = start_run(session, "box")
    saver = Saver(Ingestion(engine, AcceptancePolicy(load_calibration())), run_id)
    pages = [read_page(n) for n in range(1, 6)]
    bad = pages[2].outcome
    assert isinstance(bad, CardReading)
    lacking = replace(bad, fields=tuple(replace(f, probability=cast(float, None)) for f in bad.fields))
    pages[2] = replace(pages[2], outcome=lacking)  # the tables do not take it
    tally = RunTally()
    with pytest.raises(IntegrityError), OrderedSaver(saver, tally) as held:
        for place, page in enumerate(pages):
            held.add(place, page)
    with Session(engine) as session:
        assert set(session.scalars(select(Scan.path))) == {f"/box/{n}.jpg" for n in (1, 2, 4, 5)}
        assert session.scalar(select(func.count()).select_from(Card)) == 4
        assert session.scalar(select(func.count()).select_from(Reading)) == 4 * len(bad.fields)
    engine.dispose()


def test_two_programs_that_save_the_same_pages_in_other_orders_save_each_once(store_url: str) -> None:
    pages = [read_page(n) for n in range(1, 33)]
    engine, other = open_store(store_url), open_store(store_url)
    with Session(engine) as session, session.begin():
        assert start_run(session, "box") == 1

    def saving(own: Engine, order: list[PageResult]) -> None:
        saver = Saver(Ingestion(own, AcceptancePolicy(load_calibration())), 1)
        for _ in range(3):
            saver.save(
                [InBatch(page) for page in order]
            )  # where the two lock each other out, one of them is told to do it again

    assert side_by_side(partial(saving, engine, pages), partial(saving, other, pages[::-1])) == []
    other.dispose()
    with Session(engine) as session:
        for kind, number in ((Card, 32), (Scan, 32), (Record, 32), (Reading, 32 * len(card().fields))):
            assert session.scalar(select(func.count()).select_from(kind)) == number
    engine.dispose()


def read_page(n: int) -> PageResult:
    """The n-th page of a box, read."""
    reading = card(n)
    return PageResult(PageJob(Path(f"/box/{n}.jpg"), reading.scan.sha256, 0), reading, 300.0, (10, 10))
