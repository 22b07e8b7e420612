"""The keying page serves the person who keys: pictures as large as they can be, answers that come back, questions."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, expect

from fixtures.review_site import ReviewSite
from tests.browser.keyboard_user import SCREEN, KeyboardUser, kept
from texts import LANGUAGES, say

pytestmark = pytest.mark.browser
Seat = Callable[..., KeyboardUser]

MEASURES = """() => {
    const box = (place) => place.getBoundingClientRect().toJSON();
    const [crop, strip] = ["crop", "strip"].map((id) => document.getElementById(id));
    return {
        crop: box(crop), picture: box(crop.querySelector("img")),
        strip: box(strip), around: box(strip.querySelector("img")),
        scrolled: [crop.scrollLeft, crop.scrollTop], reach: [crop.scrollWidth, crop.scrollHeight],
        inner: [crop.clientWidth, crop.clientHeight],
        page: document.documentElement.scrollHeight - innerHeight, work: box(document.getElementById("work")),
    };
}"""


@pytest.fixture
def seat(browser: Browser, site: ReviewSite) -> Iterator[Seat]:
    """Seats a person before a browser of their own, logged in, with a screen of so many pixels."""
    seated: list[KeyboardUser] = []

    def sit(path: str, width: int = 1366, height: int = 768, login: str = "anna") -> KeyboardUser:
        context = browser.new_context(**SCREEN | {"viewport": {"width": width, "height": height}})
        seated.append(KeyboardUser(context.new_page(), site, login))
        seated[-1].enter(path)
        return seated[-1]

    yield sit
    for user in seated:
        user.leave()


def measures(user: KeyboardUser) -> dict[str, Any]:
    """Rectangles of the pictures and their places once both are painted."""
    user.page.wait_for_function(
        "() => [...document.querySelectorAll('#crop img, #strip img')].every((image) => image.complete)"
    )
    return dict(user.page.evaluate(MEASURES))


@pytest.mark.parametrize(("width", "height", "least"), [(1920, 1080, 290), (1366, 768, 150), (1280, 720, 130)], ids=str)
@pytest.mark.parametrize("field", ["residence_district", "crossing_date", "education"])
def test_the_pictures_use_the_screen(seat: Seat, width: int, height: int, least: int, field: str) -> None:
    anna = seat(f"/key?field={field}", width, height)
    seen = measures(anna)
    crop, picture = seen["crop"], seen["picture"]
    assert seen["page"] <= 0, "nothing of the page is out of sight"
    assert picture["width"] > 0.97 * crop["width"] or picture["height"] > 0.97 * crop["height"] >= least
    assert seen["around"]["width"] == pytest.approx(seen["strip"]["width"] - 2, abs=1), "no grey beside the strip"
    assert seen["strip"]["height"] <= seen["around"]["height"] + 3, "nor above and below"
    assert seen["reach"] == seen["inner"], "nothing to scroll before it is enlarged"


def test_a_picture_twice_as_large_is_moved_by_keys(seat: Seat) -> None:
    anna = seat("/key?field=crossing_date")
    once = measures(anna)
    anna.page.keyboard.type("0101")
    anna.press(*["Alt+Equal"] * 4)
    twice = measures(anna)
    assert twice["picture"]["width"] == pytest.approx(2 * once["picture"]["width"], rel=0.05)
    anna.press(*["Alt+ArrowRight"] * 12)
    right = measures(anna)
    assert right["scrolled"][0] == pytest.approx(twice["reach"][0] - twice["inner"][0], abs=1), "to the right end"
    anna.press(*["Alt+ArrowLeft"] * 12)
    assert measures(anna)["scrolled"][0] == 0
    anna.press(*["Alt+ArrowDown"] * 12)
    down = measures(anna)["scrolled"][1]
    anna.press(*["Alt+ArrowUp"] * 12)
    assert down > 0 == measures(anna)["scrolled"][1]
    expect(anna.page.locator("#value")).to_be_focused()
    expect(anna.page.locator("#value")).to_have_value("0101")


@pytest.mark.parametrize("turns", [1, 2, 3])
def test_a_turned_picture_is_whole(seat: Seat, turns: int) -> None:
    anna = seat("/key?field=residence_district")
    anna.press(*["Alt+KeyR"] * turns)
    seen = measures(anna)
    crop, picture = seen["crop"], seen["picture"]
    for start, size in (("x", "width"), ("y", "height")):
        assert crop[start] <= picture[start]
        assert picture[start] + picture[size] <= crop[start] + crop[size]
    assert (picture["height"] > picture["width"]) == bool(turns % 2)
    anna.press(*["Alt+Equal"] * 4)
    seen = measures(anna)
    sizes = seen["picture"]["width"], seen["picture"]["height"]
    assert all(reach >= size - 1 for reach, size in zip(seen["reach"], sizes, strict=True)), "all of it can be reached"


def test_taking_back_brings_what_was_typed(seat: Seat, site: ReviewSite) -> None:
    anna = seat("/key?field=crossing_date")
    answered = anna.answer("2016-05-04")
    anna.wait_until_sent()
    second = anna.wait_for_task()
    anna.page.keyboard.type("0102")
    anna.press("Alt+KeyZ")
    again = anna.wait_for_task(other_than=second)
    expect(anna.page.locator("#value")).to_have_value("04052016")
    expect(anna.page.locator("#value")).to_be_focused()
    anna.press("Backspace", "5", "Enter")
    assert anna.wait_for_task(other_than=again) == second
    expect(anna.page.locator("#value")).to_have_value("0102")
    anna.wait_until_sent()
    made = kept(site, "anna")
    assert (made[answered][2], made[again][2]) == ("2016-05-04", "2015-05-04")


def test_taking_back_brings_a_chosen_code_and_a_tick(seat: Seat, site: ReviewSite) -> None:
    anna = seat("/key?field=residence_district")
    anna.page.keyboard.type("канибад")
    expect(anna.page.locator("#completions [aria-selected=true]")).to_have_attribute("data-code", "TJ-SU-04")
    first = anna.ticket
    anna.press("Enter")
    second = anna.wait_for_task(other_than=first)
    anna.press("Alt+KeyZ")
    again = anna.wait_for_task(other_than=second)
    expect(anna.page.locator("#value")).to_have_value("канибад")
    expect(anna.page.locator("#completions [aria-selected=true]")).to_have_attribute("data-code", "TJ-SU-04")
    anna.press("Enter")
    anna.wait_for_task(other_than=again)
    anna.wait_until_sent()
    assert kept(site, "anna")[again][2] == "TJ-SU-04"
    boris = seat("/key?field=education", login="boris")
    ticket = boris.ticket
    boris.press("1", "Enter")
    later = boris.wait_for_task(other_than=ticket)
    boris.press("Alt+KeyZ")
    boris.wait_for_task(other_than=later)
    expect(boris.page.locator("#choices input").first).to_be_checked()


@pytest.mark.parametrize(
    ("field", "typed", "value"),
    [("birth_date", "05051850", "1850-05-05"), ("crossing_date", "01012062", "2062-01-01")],
)
def test_what_is_unusual_is_asked_once_and_kept(
    seat: Seat, site: ReviewSite, field: str, typed: str, value: str
) -> None:
    anna = seat(f"/key?field={field}")
    ticket = anna.ticket
    anna.page.keyboard.type(typed)
    anna.press("Enter")
    expect(anna.page.locator("#echo")).to_have_class("echo watch")
    expect(anna.page.locator("#echo")).to_contain_text(value[:4])
    assert anna.ticket == ticket and kept(site, "anna") == {}
    anna.press("Enter")
    anna.wait_for_task(other_than=ticket)
    anna.wait_until_sent()
    assert kept(site, "anna")[ticket][2] == value


def test_the_question_is_about_what_was_typed_last(seat: Seat) -> None:
    anna = seat("/key?field=crossing_date")
    ticket = anna.ticket
    anna.page.keyboard.type("01012062")
    anna.press("Enter", "Backspace", "3", "Enter")
    expect(anna.page.locator("#echo")).to_contain_text("2063")
    assert anna.ticket == ticket


@pytest.mark.parametrize(("value", "unusual"), [("240", False), ("999", True), ("0", False), ("?", False), ("", False)])
def test_numbers_beyond_their_bounds_are_unusual(seat: Seat, value: str, unusual: bool) -> None:
    anna = seat("/key?field=crossing_date")
    task = {"input": "digits", "bounds": {"least": "0", "most": "240"}}
    found = "async ([task, value]) => (await import('/static/values.js')).isUnusual(task, value)"
    assert anna.page.evaluate(found, [task, value]) == unusual


@pytest.mark.parametrize("language", LANGUAGES)
def test_f1_says_how_the_field_is_keyed(seat: Seat, language: str) -> None:
    anna = seat("/key?field=crossing_date")
    anna.page.locator(f".languages [value={language}]").click()
    anna.page.goto(f"{anna.site.url}/key?field=crossing_date")
    anna.wait_for_task()
    anna.page.keyboard.type("0101")
    anna.press("F1")
    shown = anna.page.locator("#rules-view")
    expect(shown).to_be_visible()
    for line in say("keying_rules.date", language).splitlines() + say("keying_rules.always", language).splitlines():
        expect(shown).to_contain_text(line)
    assert say("keying_rules.name", language).splitlines()[0] not in shown.inner_text()
    anna.press("F1")
    expect(shown).to_be_hidden()
    anna.press("F1", "Escape")
    expect(anna.page.locator("#value")).to_be_focused()
    expect(anna.page.locator("#value")).to_have_value("0101")


@pytest.mark.parametrize(("height", "in_sight"), [(1080, 8), (768, 5)])
def test_eight_completions_are_in_sight_or_scrolled_to(seat: Seat, height: int, in_sight: int) -> None:
    anna = seat("/key?field=residence_district", 1366, height)
    anna.page.keyboard.type("TJ-S")
    lines = anna.page.locator("#completions li")
    expect(lines).to_have_count(8)
    list_end = anna.page.locator("#completions").bounding_box()
    assert list_end is not None
    ends = [line.bounding_box() for line in lines.all()]
    seen = sum(line is not None and line["y"] + line["height"] <= list_end["y"] + list_end["height"] for line in ends)
    assert seen >= in_sight
    anna.press("ArrowUp")
    last, place = lines.last.bounding_box(), anna.page.locator("#completions").bounding_box()
    assert last is not None and place is not None
    assert place["y"] <= last["y"] and last["y"] + last["height"] <= place["y"] + place["height"] + 1
    assert anna.page.evaluate("document.documentElement.scrollHeight <= innerHeight")


def test_after_logging_in_the_focus_is_where_work_goes_on(seat: Seat) -> None:
    anna = seat("/")
    expect(anna.page.locator("#start")).to_be_focused()
    anna.press("Enter")
    anna.wait_for_task()
    anna.page.keyboard.type("0")
    assert anna.page.evaluate("!!document.activeElement.closest('#typing, #choices')")
    boris = seat("/key?field=crossing_date", login="boris")
    expect(boris.page.locator("#value")).to_be_focused()
