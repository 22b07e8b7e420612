"""An analyst asks for a table, sorts it, divides a row and takes it along, by keyboard alone and without a script."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from fixtures.review_site import ReviewSite, opened
from tests.browser.keyboard_user import SCREEN, KeyboardUser
from tests.browser.pivot_office import furnish_pivots
from tests.browser.test_pages import RING, grave, page_of

pytestmark = pytest.mark.browser

QUERY = "/pivot?rows=region&columns=sex&only=direction%3DD&first_day=2026-01-01&last_day=2026-12-31"


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ReviewSite]:
    folder = tmp_path_factory.mktemp("pivots") / "site"
    furnish_pivots(folder)
    with opened(folder) as site:
        yield site


def tab_to(user: KeyboardUser, wanted: str) -> None:
    """Press Tab until something has the focus, which is seen on the way."""
    for _ in range(80):
        user.press("Tab")
        if user.page.evaluate("wanted => document.activeElement.matches(wanted)", wanted):
            stop = user.page.evaluate(RING)
            assert stop is None or stop[1], f"nothing shows the focus on {wanted}"
            return
    raise AssertionError(f"the Tab key never came to {wanted}")


def choose(user: KeyboardUser, code: str) -> None:
    """Go down a list that has the focus."""
    for _ in range(60):
        user.press("ArrowDown")
        if user.page.evaluate("document.activeElement.value") == code:
            return
    raise AssertionError(f"the list has no {code}")


def heads(page: Page) -> list[str]:
    return page.locator("table.pivot tbody th").all_inner_texts()


def numbers(page: Page, column: int) -> list[int]:
    cells = page.locator(f"table.pivot tr.category td:nth-child({column + 1})").all_inner_texts()
    return [int("".join(sign for sign in cell if sign.isdigit()) or 0) for cell in cells]


def test_the_whole_way_by_keyboard(browser: Browser, office: ReviewSite) -> None:
    with page_of(browser) as page:
        user = KeyboardUser(page, office, "analyst")
        user.enter()
        tab_to(user, "[data-nav=pivot]")
        user.press("Enter")
        page.wait_for_url("**/pivot")
        tab_to(user, "[name=rows]")
        choose(user, "region")
        tab_to(user, "[name=columns]")
        choose(user, "sex")
        tab_to(user, "#show")
        user.press("Enter")
        page.wait_for_url("**/pivot?*rows=region*columns=sex*")
        assert len(heads(page)) == 9, "the total, five regions and three answers that are none"
        tab_to(user, "[data-sort='2']")
        user.press("Enter")
        page.wait_for_url("**sort=2**")
        assert numbers(page, 2) == sorted(numbers(page, 2), reverse=True)
        largest = heads(page)[1]
        tab_to(user, "table.pivot tbody a")
        user.press("Enter")
        page.wait_for_url("**rows=district**")
        expect(page.locator("#table h2")).to_contain_text("город, район")
        expect(page.locator(".notes")).to_contain_text(largest)


def test_a_link_makes_the_table_again_for_somebody_else(browser: Browser, office: ReviewSite) -> None:
    seen = []
    for login in ("analyst", "supervisor"):
        with page_of(browser) as page:
            user = KeyboardUser(page, office, login)
            user.enter()
            page.goto(office.url + QUERY)
            seen.append((page.locator("#table h2").inner_text(), heads(page), numbers(page, 1)))
    assert seen[0] == seen[1] and sum(seen[0][2]) > 500


def test_without_scripts_nothing_is_missing(browser: Browser, office: ReviewSite) -> None:
    with browser.new_context(**SCREEN, java_script_enabled=False) as context:
        page = context.new_page()
        user = KeyboardUser(page, office, "analyst")
        page.goto(f"{office.url}/login?next=/pivot")
        page.locator("#login").fill(user.login)
        page.locator("[type=password]").fill("three words together")
        page.keyboard.press("Enter")
        page.wait_for_url("**/pivot")
        page.locator("[name=rows]").first.select_option("region")
        page.locator(".another select").select_option("direction")
        page.locator("#show").click()
        page.get_by_label("Выехало").check()
        page.locator("#show").click()
        page.wait_for_url("**only=direction%3DD**")
        assert sum(numbers(page, 1)) > 500
        with page.expect_download() as download:
            page.locator("#csv").click()
        lines = list(csv.reader(io.StringIO(Path(download.value.path()).read_text("utf-8-sig")), delimiter=";"))
        assert any(line[0] == heads(page)[1] for line in lines if line)


def test_axe_finds_nothing_serious(browser: Browser, office: ReviewSite) -> None:
    with page_of(browser) as page:
        user = KeyboardUser(page, office, "analyst")
        user.enter()
        for query in (QUERY, "/pivot?rows=month&measure=change&columns=direction&offer=checkpoint", "/pivot?rows=shoe"):
            page.goto(office.url + query)
            assert not grave(page)
