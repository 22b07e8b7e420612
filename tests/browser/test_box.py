"""A box of cards from its opening to its closing, small: `python -m benchmarks.box` takes 500 through."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Browser

from benchmarks.box import taken_through, wrong
from benchmarks.box_files import BoxPlan, make_box
from fixtures.demo import SAMPLES
from fixtures.review_site import opened, staff
from tests.browser.keyboard_user import SCREEN

pytestmark = pytest.mark.browser

PLAN = BoxPlan(8, missing=1, double=1, foreign=1, unreadable=1)


def test_a_box_that_does_not_add_up_is_sent_rescanned_and_signed(browser: Browser, tmp_path: Path) -> None:
    box = make_box(PLAN, SAMPLES, tmp_path / "box")
    staff(tmp_path)
    context = browser.new_context(**SCREEN)
    with opened(tmp_path) as site:
        work = taken_through(context.new_page(), site, PLAN, *box)
    context.close()
    assert wrong(work, PLAN) == []
    assert sum(1 for path in (tmp_path / "inbox").rglob("*.jpg")) == sum(map(len, box)), "the originals are kept"
