"""Nothing that was answered is lost: not with the connection, not with the server, not with the browser."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserType, Route, expect

from fixtures.review_site import ReviewSite
from tests.browser.keyboard_user import LAUNCH, SCREEN, Hands, kept, profile

pytestmark = pytest.mark.browser


@pytest.fixture
def anna(browser: Browser, office: ReviewSite) -> Iterator[Hands]:
    context = browser.new_context(**SCREEN)
    hands = Hands(context.new_page(), office, "anna")
    hands.enter("/key?field=crossing_date")
    yield hands
    context.close()


def answer_three(hands: Hands) -> dict[str, str]:
    """Answer three fields with dates that nobody else would key; returns them by ticket."""
    said = {}
    for value in ("1999-01-01", "1999-01-02", "1999-01-03"):
        said[hands.ticket] = value
        hands.answer(value)
    return said


def values(office: ReviewSite) -> dict[str, str | None]:
    return {ticket: value for ticket, (_, _, value, _) in kept(office, "anna").items()}


def wait_until_at_hand(hands: Hands) -> None:
    """Until the crops of the next fields are here."""
    hands.page.wait_for_load_state("networkidle")


def test_the_connection_is_lost_and_comes_back(anna: Hands, office: ReviewSite) -> None:
    wait_until_at_hand(anna)
    anna.page.context.set_offline(True)
    said = answer_three(anna)
    assert anna.page.locator("#crop img").evaluate("image => image.naturalWidth") > 0
    expect(anna.page.locator("#banner")).to_contain_text("3")
    assert values(office) == {}
    anna.page.context.set_offline(False)
    anna.wait_until_sent()
    expect(anna.page.locator("#banner")).to_be_hidden()
    assert values(office) == said


def test_the_server_is_killed_and_started_again(anna: Hands, office: ReviewSite) -> None:
    wait_until_at_hand(anna)
    office.kill()
    said = answer_three(anna)
    expect(anna.page.locator("#banner")).to_be_visible()
    office.start()
    anna.wait_until_sent()
    assert values(office) == said
    anna.wait_for_task()


def test_an_answer_whose_receipt_is_lost_counts_once(anna: Hands, office: ReviewSite) -> None:
    lost: list[int] = []

    def lose(route: Route) -> None:
        if lost:
            route.continue_()
        else:
            lost.append(route.fetch().status)
            route.abort()

    anna.page.route("**/api/v1/key", lose)
    ticket = anna.answer("1999-01-01")
    anna.wait_until_sent()
    expect(anna.page.locator("#banner")).to_be_hidden()
    assert (lost, values(office)) == ([200], {ticket: "1999-01-01"})


def test_the_browser_is_closed_in_the_middle(chromium: BrowserType, office: ReviewSite, tmp_path: Path) -> None:
    with chromium.launch_persistent_context(profile(tmp_path), **LAUNCH, **SCREEN) as context:
        anna = Hands(context.new_page(), office, "anna")
        anna.enter("/key?field=crossing_date")
        wait_until_at_hand(anna)
        office.kill()
        said = answer_three(anna)
        on_screen = anna.wait_for_task()
        expect(anna.page.locator("#banner")).to_be_visible()
    office.start()
    with chromium.launch_persistent_context(profile(tmp_path), **LAUNCH, **SCREEN) as context:
        anna = Hands(context.new_page(), office, "anna")
        anna.enter("/key?field=crossing_date")
        anna.wait_until_sent()
        assert values(office) == said
        assert anna.ticket == on_screen, "the field that was on the screen is still hers"
