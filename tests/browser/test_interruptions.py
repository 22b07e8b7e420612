"""Nothing that was answered is lost: not with the connection, not with the server, not with the browser."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserType, Route, expect

from fixtures.review_site import ReviewSite
from tests.browser.keyboard_user import LAUNCH, SCREEN, KeyboardUser, kept, profile

pytestmark = pytest.mark.browser


@pytest.fixture
def anna(browser: Browser, site: ReviewSite) -> Iterator[KeyboardUser]:
    context = browser.new_context(**SCREEN)
    user = KeyboardUser(context.new_page(), site, "anna")
    user.enter("/key?field=crossing_date")
    yield user
    context.close()


def answer_three(user: KeyboardUser) -> dict[str, str]:
    """Answer three fields with dates that nobody else would key; returns them by ticket."""
    said = {}
    for value in ("2009-01-01", "2009-01-02", "2009-01-03"):
        said[user.ticket] = value
        user.answer(value)
    return said


def values(site: ReviewSite) -> dict[str, str | None]:
    return {ticket: value for ticket, (_, _, value, _) in kept(site, "anna").items()}


def wait_until_at_hand(user: KeyboardUser) -> None:
    """Until the crops of the next fields are here."""
    user.page.wait_for_load_state("networkidle")


def test_the_connection_is_lost_and_comes_back(anna: KeyboardUser, site: ReviewSite) -> None:
    wait_until_at_hand(anna)
    anna.page.context.set_offline(True)
    said = answer_three(anna)
    assert anna.page.locator("#crop img").evaluate("image => image.naturalWidth") > 0
    expect(anna.page.locator("#banner")).to_contain_text("3")
    assert values(site) == {}
    anna.page.context.set_offline(False)
    anna.wait_until_sent()
    expect(anna.page.locator("#banner")).to_be_hidden()
    assert values(site) == said


def test_the_server_is_killed_and_started_again(anna: KeyboardUser, site: ReviewSite) -> None:
    wait_until_at_hand(anna)
    site.kill()
    said = answer_three(anna)
    expect(anna.page.locator("#banner")).to_be_visible()
    site.start()
    anna.wait_until_sent()
    assert values(site) == said
    anna.wait_for_task()


def test_an_answer_whose_receipt_is_lost_counts_once(anna: KeyboardUser, site: ReviewSite) -> None:
    lost: list[int] = []

    def lose(route: Route) -> None:
        if lost:
            route.continue_()
        else:
            lost.append(route.fetch().status)
            route.abort()

    anna.page.route("**/api/v1/key", lose)
    ticket = anna.answer("2009-01-01")
    anna.wait_until_sent()
    expect(anna.page.locator("#banner")).to_be_hidden()
    assert (lost, values(site)) == ([200], {ticket: "2009-01-01"})


def test_the_browser_is_closed_in_the_middle(chromium: BrowserType, site: ReviewSite, tmp_path: Path) -> None:
    with chromium.launch_persistent_context(profile(tmp_path), **LAUNCH, **SCREEN) as context:
        anna = KeyboardUser(context.new_page(), site, "anna")
        anna.enter("/key?field=crossing_date")
        wait_until_at_hand(anna)
        site.kill()
        said = answer_three(anna)
        on_screen = anna.wait_for_task()
        expect(anna.page.locator("#banner")).to_be_visible()
    site.start()
    with chromium.launch_persistent_context(profile(tmp_path), **LAUNCH, **SCREEN) as context:
        anna = KeyboardUser(context.new_page(), site, "anna")
        anna.enter("/key?field=crossing_date")
        anna.wait_until_sent()
        assert values(site) == said
        assert anna.ticket == on_screen, "the field that was on the screen is still hers"
