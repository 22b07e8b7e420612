"""Every page: what axe finds, in one language each, and whether it is seen where the focus is."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from fixtures.review_site import ReviewSite
from tests.browser.busy import BATCH, work
from tests.browser.keyboard_user import SCREEN, KeyboardUser
from texts import LANGUAGES

pytestmark = pytest.mark.browser

GRAVE = ("serious", "critical")
RING = """() => {
    const one = document.activeElement;
    const drawn = (place) => {
        const { outlineStyle, outlineWidth } = getComputedStyle(place);
        return outlineStyle !== "none" && parseFloat(outlineWidth) >= 2;
    };
    if (!one || one === document.body) return null;
    return [one.outerHTML.slice(0, 160), drawn(one) || drawn(one.closest("label") || one)];
}"""
"""What has the focus, and whether a line is drawn around it or the label that holds it."""


@pytest.fixture(scope="module")
def site(served: ReviewSite, furnished: Path) -> ReviewSite:
    """An office in which something happened: every page has something to show."""
    served.reset(furnished)
    work(served)
    return served


def completing(user: KeyboardUser) -> None:
    user.page.keyboard.type("TJ-S")
    expect(user.page.locator("#completions li").first).to_be_visible()


def told_off(user: KeyboardUser) -> None:
    user.press("Enter")
    expect(user.page.locator("#echo")).to_have_class("echo bad")


def setting_aside(user: KeyboardUser) -> None:
    user.press("Alt+KeyW")
    expect(user.page.locator("#flag-form")).to_be_visible()


def whole_card(user: KeyboardUser) -> None:
    user.press("Alt+KeyK")
    expect(user.page.locator("#card-picture img")).to_be_visible()


def reading_rules(user: KeyboardUser) -> None:
    user.press("F1")
    expect(user.page.locator("#rules-view")).to_be_visible()


def looking_closer(user: KeyboardUser) -> None:
    """At a part of the crop, turned."""
    user.press("Alt+KeyR", *["Alt+Equal"] * 4)
    expect(user.page.locator("#crop")).to_have_attribute("tabindex", "0")


def doubted(user: KeyboardUser) -> None:
    user.page.keyboard.type("01012090")
    user.press("Enter")
    expect(user.page.locator("#echo")).to_have_class("echo watch")


def answering_differently(user: KeyboardUser) -> None:
    user.press(str(user.page.locator("#answers input").count()))
    expect(user.page.locator("#value")).to_be_focused()


def striking(user: KeyboardUser) -> None:
    expect(user.page.locator("#grid .cell").first).to_be_focused()
    settle(user.page)
    user.press("Space", "ArrowRight")


def unfolding(user: KeyboardUser) -> None:
    user.page.locator("details.line summary").first.focus()
    user.press("Enter", "ArrowDown")


def correcting(user: KeyboardUser) -> None:
    line = user.page.locator("details[data-field=crossing_date]")
    line.locator("summary").focus()
    user.press("Enter")
    line.locator("[name=value]").fill("04.05.2016")
    line.locator("[name=reason]").first.fill("the stamp on the back")
    user.press("Enter")
    expect(user.page.locator("#change")).to_be_visible()


def mistaken(user: KeyboardUser) -> None:
    user.page.select_option("[name=checkpoint]", index=1)
    user.page.select_option("[name=direction]", "D")
    user.page.fill("[name=expected]", "0")
    user.page.click("#open-button")
    expect(user.page.locator("#fault-expected")).to_be_visible()


def nothing(user: KeyboardUser) -> None:
    """Just look."""


PAGES: Mapping[str, tuple[tuple[str, Callable[[KeyboardUser], None]], ...]] = {
    "reviewer": (
        ("/", nothing),
        ("/key?field=residence_district", completing),
        ("/key?field=birth_date", told_off),
        ("/key?field=surname", nothing),
        ("/key?field=sex", nothing),
        ("/key?field=checkpoint", setting_aside),
        ("/key?field=checkpoint", whole_card),
        ("/key?field=residence_district", reading_rules),
        ("/key?field=checkpoint", looking_closer),
        ("/key?field=crossing_date", doubted),
        ("/key?field=signature", nothing),
        ("/groups", nothing),
        ("/groups/checkpoint?value=TJ-A1", striking),
        ("/quality", nothing),
        ("/password", nothing),
        ("/records", nothing),  # not for reviewers: a problem in words
    ),
    "supervisor": (
        ("/", nothing),
        ("/key?field=crossing_date", answering_differently),
        ("/flags", nothing),
        ("/operations", nothing),
        ("/batches", nothing),
        (f"/batches/{BATCH.number}", nothing),
        ("/rescan", nothing),
        ("/duplicates", nothing),
        ("/duplicates/1", nothing),
        ("/records", nothing),
        ("/records/1", unfolding),
        ("/records/2?personal=1", correcting),
        ("/quality", nothing),
    ),
    "operator": (
        ("/", nothing),
        ("/operations", nothing),
        ("/batches", mistaken),
        (f"/batches/{BATCH.number}", nothing),
        ("/upload", nothing),
        ("/rescan", nothing),
        ("/duplicates/1", nothing),
    ),
    "analyst": (("/", nothing), ("/pivot?rows=region&columns=sex&offer=sector", nothing), ("/api", nothing)),
    "administrator": (("/", nothing), ("/users", nothing)),
}


@contextmanager
def page_of(browser: Browser) -> Iterator[Page]:
    context = browser.new_context(**SCREEN)
    yield context.new_page()
    context.close()


def grave(page: Page) -> list[str]:
    """What axe calls serious or critical on a page."""
    found = Axe().run(page, options={"resultTypes": ["violations"]}).response["violations"]
    return [
        f"{page.url}: {one['id']}: {one['help']}: {[node['html'][:120] for node in one['nodes']]}"
        for one in found
        if one["impact"] in GRAVE
    ]


def settle(page: Page) -> None:
    """Wait until the page has its styles and shows what it was opened for."""
    page.wait_for_load_state()
    page.wait_for_function("""() => {
        const [work, nothing] = ["work", "nothing"].map((id) => document.getElementById(id));
        const painted = (image) => image.complete || image.loading === "lazy";
        return (!work || !work.hidden || !nothing.hidden) && [...document.images].every(painted);
    }""")


@pytest.mark.parametrize("language", LANGUAGES)
def test_axe_finds_nothing_serious(browser: Browser, site: ReviewSite, language: str) -> None:
    """On a third of the pages in each language: only words differ."""
    faults: list[str] = []
    turn = LANGUAGES.index(language)
    with page_of(browser) as page:
        page.goto(f"{site.url}/login")
        page.locator(f".languages [value={language}]").click()
        faults += grave(page)
    for role, places in PAGES.items():
        with page_of(browser) as page:
            user = KeyboardUser(page, site, role)
            user.enter()
            page.locator(f".languages [value={language}]").click()
            for path, act in places[turn :: len(LANGUAGES)]:
                page.goto(site.url + path)
                settle(page)
                assert page.locator("html").get_attribute("lang") == language
                act(user)
                settle(page)
                faults += grave(page)
    assert not faults, "\n".join(faults)


@pytest.mark.parametrize("role", PAGES)
def test_the_focus_is_seen_wherever_it_goes(browser: Browser, site: ReviewSite, role: str) -> None:
    """On every stop of the Tab key something is drawn around it, or around what holds it."""
    with page_of(browser) as page:
        user = KeyboardUser(page, site, role)
        user.enter()
        for path, act in PAGES[role]:
            page.goto(site.url + path)
            settle(page)
            act(user)
            settle(page)  # it may be another page by now
            for _ in range(20):
                user.press("Tab")
                stop = page.evaluate(RING)
                assert stop is None or stop[1], f"{path}: nothing shows the focus on {stop[0]}"


def test_no_page_asks_anything_of_another_computer(browser: Browser, site: ReviewSite) -> None:
    asked: set[str] = set()
    with page_of(browser) as page:
        page.on("request", lambda request: asked.add(request.url))
        user = KeyboardUser(page, site, "supervisor")
        user.enter()
        for path, _ in PAGES["supervisor"]:
            page.goto(site.url + path)
            settle(page)
    assert {url for url in asked if not url.startswith((site.url + "/", "blob:"))} == set()


def test_the_zone_of_a_field_lights_up_on_the_card(browser: Browser, site: ReviewSite) -> None:
    with page_of(browser) as page:
        user = KeyboardUser(page, site, "supervisor")
        user.enter("/records/1")
        page.locator("#field-crossing_date summary").focus()
        expect(page.locator("[data-zone=crossing_date]")).to_have_class(re.compile(r"\blit\b"))


def arrived(page: Page, shown: str) -> None:
    """A page is there and hears keys: its scripts have run before it says that it is loaded."""
    expect(page.locator(shown)).to_be_visible()
    page.wait_for_load_state()


def test_one_key_tells_two_scans_apart_and_one_takes_it_back(browser: Browser, site: ReviewSite) -> None:
    with page_of(browser) as page:
        user = KeyboardUser(page, site, "supervisor")
        user.enter("/duplicates/1")
        settle(page)
        assert all(
            width > 500 for width in page.locator(".scan img").evaluate_all("all => all.map((i) => i.naturalWidth)")
        )
        user.press("2")
        page.wait_for_url(f"{site.url}/duplicates/2?done=1")
        page.locator("#done a").click()
        arrived(page, "#verdict")
        user.press("0")
        arrived(page, "#same")
        user.press("3")
        page.wait_for_url(f"{site.url}/duplicates/2")
        page.locator("[name=reason]").focus()
        page.keyboard.type("1 of 2")
        expect(page.locator("[name=reason]")).to_have_value("1 of 2")


def test_a_correction_is_shown_before_it_is_kept(browser: Browser, site: ReviewSite) -> None:
    with page_of(browser) as page:
        user = KeyboardUser(page, site, "supervisor")
        user.enter("/records/3")
        correcting(user)
        expect(page.locator("#change tr[data-field=crossing_date]")).to_be_visible()
        expect(page.locator("#confirm")).to_be_focused()
        user.press("Enter")
        page.wait_for_url(f"{site.url}/records/3#field-crossing_date")
        expect(page.locator("#field-crossing_date .value")).to_contain_text("2016")
        expect(page.locator("#field-crossing_date .history")).to_contain_text("the stamp on the back")
