"""Supervisors find cards by words and half-known days, and see which scan took which card's place."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime

import pytest
from playwright.sync_api import Browser, expect
from sqlalchemy import select
from sqlalchemy.orm import Session

from fixtures.review_site import ReviewSite
from ocr.lexicon.lexicon import label
from review.cards.flags import Flagging
from store.records import refresh
from store.replacements import take_places
from store.tables import DuplicatePair, Record
from tests.browser.busy import ANNA
from tests.browser.keyboard_user import KeyboardUser
from tests.browser.test_pages import grave, page_of, settle

pytestmark = pytest.mark.browser
OLD, NEW = 2, 5


def replaced(site: ReviewSite) -> None:
    """A card was set aside to be scanned again, and a later one took its place."""
    now = datetime.now(UTC)
    with Session(site.engine) as session, session.begin():
        Flagging(session, ANNA, now).flag(OLD, "sex", "rescan", "the lower half is missing")
        session.add(DuplicatePair(card_id=NEW, other_id=OLD, by_number=True, distance=0.1, found_at=now))
        session.flush()
        refresh(session, sorted([*take_places(session, [NEW], now), NEW]))


def test_a_search_is_typed_and_what_was_understood_is_said(browser: Browser, site: ReviewSite) -> None:
    with Session(site.engine) as session:
        homes = Counter(region for region in session.scalars(select(Record.region)) if region and region != "?")
    region, cards = homes.most_common()[-1]
    with page_of(browser) as page:
        user = KeyboardUser(page, site, "vera")
        user.enter("/records")
        page.locator("[data-field]").first.select_option("residence_region")
        page.locator("[name=value]").first.fill(label("regions", region, "en"))
        user.press("Enter")
        expect(page.locator("[data-taken-for=residence_region]")).to_contain_text(region)
        expect(page.locator("#found tbody tr")).to_have_count(cards)
        assert not grave(page)
        page.locator("[name=value]").first.fill("Хатлан область")
        page.locator("[name=until]").fill("вчера")
        user.press("Enter")
        expect(page.locator("[data-odd]")).to_have_count(1)
        expect(page.locator("[data-odd]")).to_contain_text("вчера")
        assert not grave(page)


def test_a_name_is_found_though_it_is_mistyped(browser: Browser, site: ReviewSite) -> None:
    card_id, surname = next((key, true["surname"]) for key, true in site.truth.items() if len(true["surname"]) > 5)
    with page_of(browser) as page:
        user = KeyboardUser(page, site, "vera")
        user.enter("/records")
        page.locator("[data-field]").first.select_option("surname")
        page.locator("[name=value]").first.fill(f"{surname[:3]}щ{surname[4:]}")
        user.press("Enter")
        expect(page.locator(f"[data-card='{card_id}']")).to_be_visible()
        assert surname not in page.locator("#found").inner_text().upper()


def test_both_cards_say_which_scan_took_the_place(browser: Browser, site: ReviewSite) -> None:
    replaced(site)
    with page_of(browser) as page:
        user = KeyboardUser(page, site, "vera")
        user.enter(f"/records/{OLD}")
        settle(page)
        assert not grave(page)
        page.locator("#replaced a").click()
        page.wait_for_url(f"{site.url}/records/{NEW}")
        expect(page.locator("[data-replaces]")).to_be_visible()
        assert not grave(page)
        for path in ("/records?state=replaced", "/duplicates/1"):
            page.goto(site.url + path)
            settle(page)
            assert not grave(page)
