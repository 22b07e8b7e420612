"""Pages are saved in their order, however they come, and none is lost."""

from __future__ import annotations

from pathlib import Path
from typing import cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from migcards.saver import MAX_HELD, OrderedSaver, Saver
from migcards.tally import RunTally
from ocr.page import PageJob, PageResult, crashed_page
from ocr.worker_pool import Crash


class Noting:
    """Stands in for a saver: notes the pages in the order in which they are saved."""

    def __init__(self) -> None:
        self.saved: list[int] = []

    def save(self, result: PageResult) -> PageResult:
        self.saved.append(result.job.page)
        return result


def started(pages: int) -> tuple[OrderedSaver, list[int]]:
    noting = Noting()
    places = {job(page): page for page in range(pages)}
    return OrderedSaver(places, cast(Saver, noting), RunTally()), noting.saved


def job(page: int) -> PageJob:
    return PageJob(Path("box.tif"), "0" * 64, page)


def add(held: OrderedSaver, page: int) -> None:
    held.add(crashed_page(job(page), Crash("died", "made up")))


@given(st.permutations(range(12)))
def test_pages_are_saved_in_their_order_as_soon_as_it_is_their_turn(order: list[int]) -> None:
    held, saved = started(12)
    with held:
        for i, page in enumerate(order):
            add(held, page)
            come = set(order[: i + 1])
            first_missing = next(n for n in range(13) if n not in come)
            assert saved == list(range(first_missing))
    assert saved == list(range(12))


def test_a_page_that_takes_very_long_does_not_hold_up_the_rest() -> None:
    held, saved = started(MAX_HELD + 10)
    with held:
        for page in range(1, MAX_HELD + 10):
            add(held, page)
            assert len(held.waiting) <= MAX_HELD
        assert saved == list(range(1, MAX_HELD + 10))
        add(held, 0)
    assert saved == [*range(1, MAX_HELD + 10), 0]


@pytest.mark.parametrize("break_off", [KeyboardInterrupt, RuntimeError])
def test_what_waits_when_the_run_breaks_off_is_saved(break_off: type[BaseException]) -> None:
    held, saved = started(9)
    with pytest.raises(break_off), held:
        for page in (0, 5, 3):
            add(held, page)
        raise break_off
    assert saved == [0, 3, 5]
