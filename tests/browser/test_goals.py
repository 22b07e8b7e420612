"""A supervisor sets a goal, a person keys until it is reached, and the queue stops though doubtful fields are left."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from fixtures.review_site import ReviewSite, opened
from store.tables import Waiting
from tests.browser.goal_office import REGION, furnish_goals
from tests.browser.keyboard_user import KeyboardUser
from tests.browser.test_pages import grave, page_of

pytestmark = pytest.mark.browser

CARDS = 40
WITHIN = "30"
RECKONED_S = 40
"""The server reckons every 20 s."""


@pytest.fixture
def office(tmp_path: Path) -> Iterator[tuple[ReviewSite, Mapping[int, str]]]:
    """Forty cards, half from each of two regions, of which the machine is not sure; their regions by card."""
    folder = tmp_path / "site"
    homes = furnish_goals(folder, [("TJ-SU", "TJ-KT")[n % 2] for n in range(CARDS)])
    with opened(folder) as site:
        yield site, homes


def ask(page: Page) -> None:
    """Fill in the form and look at what it takes."""
    page.locator("[name=dimension]").select_option("region")
    page.locator(".goal-form [name=within]").fill(WITHIN)
    page.locator(".goal-form [name=first_day]").fill("2016-01-01")
    page.locator(".goal-form [name=last_day]").fill("2016-12-31")
    page.locator("#preview-goal").click()


def key_all(user: KeyboardUser, homes: Mapping[int, str]) -> int:
    """Key what comes until the page says that nothing waits; how many fields that were."""
    keyed, ticket = 0, ""
    while True:
        user.page.wait_for_function(
            "ticket => !document.querySelector('#nothing').hidden"
            " || !['', ticket].includes(document.querySelector('#crop').dataset.ticket ?? '')",
            arg=ticket,
        )
        if user.page.locator("#nothing").is_visible():
            user.wait_until_sent()
            return keyed
        user.wait_for_task(other_than=ticket)
        ticket = user.answer(homes[user.place[0]])
        keyed += 1


def wait_until_reached(page: Page) -> None:
    """Look at the page again and again, as a supervisor does, until it says so."""
    until = time.monotonic() + RECKONED_S
    while page.locator("[data-reached=yes]").count() == 0 and time.monotonic() < until:
        page.wait_for_timeout(500)
        page.reload()
    expect(page.locator("[data-goal='1'] [data-reached=yes]")).to_be_visible()


def test_people_key_no_more_than_a_goal_takes(browser: Browser, office: tuple[ReviewSite, Mapping[int, str]]) -> None:
    site, homes = office
    with page_of(browser) as one, page_of(browser) as other:
        boss, keyer = KeyboardUser(one, site, "vera"), KeyboardUser(other, site, "anna")
        keyer.enter()
        other.goto(f"{site.url}/key")
        expect(other.locator("#nothing")).to_be_visible()
        boss.enter("/goals")
        expect(one.locator("#no-goals")).to_be_visible()
        ask(one)
        expect(one.locator("#preview [data-reached=no]")).to_be_visible()
        expect(one.locator("#preview tbody tr")).to_have_count(2)
        assert not grave(one)
        one.locator("#keep-goal").click()
        expect(one.locator("[data-goal='1'] [data-reached=no]")).to_be_visible()
        assert not grave(one)
        other.goto(f"{site.url}/key")
        keyer.wait_for_task()
        keyed = key_all(keyer, homes)
        wait_until_reached(one)
        other.goto(f"{site.url}/key")
        expect(other.locator("#nothing")).to_be_visible()
    with Session(site.engine) as session:
        left = session.scalar(select(func.count()).select_from(Waiting).where(Waiting.field == REGION))
    assert 10 < keyed < CARDS - 5 and left == CARDS - keyed
