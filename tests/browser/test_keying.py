"""Keying in a real browser, with the keyboard alone."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, expect
from sqlalchemy import select
from sqlalchemy.orm import Session

from fixtures.review_site import ReviewSite
from ocr.confidence.values import canonical
from store.records import cards_now
from store.tables import Flag, Waiting
from tests.browser.keyboard_user import SCREEN, KeyboardUser, kept

pytestmark = pytest.mark.browser
Seat = Callable[..., KeyboardUser]


@pytest.fixture
def seat(browser: Browser, site: ReviewSite) -> Iterator[Seat]:
    """Seats a person before a browser of their own, logged in."""
    seated: list[KeyboardUser] = []

    def sit(login: str, path: str = "/key") -> KeyboardUser:
        seated.append(KeyboardUser(browser.new_context(**SCREEN).new_page(), site, login))
        seated[-1].enter(path)
        return seated[-1]

    yield sit
    for user in seated:
        user.leave()


def test_twenty_fields_with_the_keyboard_alone(seat: Seat, site: ReviewSite) -> None:
    anna = seat("anna", "/")
    while not anna.page.evaluate("document.activeElement.id === 'start'"):
        anna.press("Tab")
    anna.press("Enter")
    anna.wait_for_task()
    said: dict[str, tuple[int, str, str]] = {}
    for _ in range(20):
        anna.wait_for_task()
        (card_id, spec), value = anna.place, anna.truth()
        said[anna.answer(value)] = (card_id, spec.name, canonical(spec, value))
    anna.wait_until_sent()
    assert {ticket: made[:3] for ticket, made in kept(site, "anna").items()} == said
    expect(anna.page.locator("#today")).to_have_text("20")


def test_two_disagree_and_a_supervisor_decides(seat: Seat, site: ReviewSite) -> None:
    anna, boris = seat("anna", "/key?field=crossing_date"), seat("boris", "/key?field=crossing_date")
    card_id, spec = anna.place
    anna.answer("2009-01-01")
    anna.wait_until_sent()
    boris.answer_all_but((card_id, spec.name))
    assert boris.page.locator("#value").input_value() == ""
    boris.answer("2009-01-02")
    boris.wait_until_sent()
    vera = seat("vera", "/key?field=crossing_date")
    assert vera.place == (card_id, spec)
    answers = vera.page.locator("#answers label").all_inner_texts()
    assert [any(day in text for text in answers) for day in ("1 января 2009", "2 января 2009")] == [True, True]
    assert "Анна" not in vera.page.locator("#work").inner_text()
    number = next(n for n, text in enumerate(answers, start=1) if "2 января 2009" in text)
    vera.press(str(number), "Enter")
    vera.wait_until_sent()
    with Session(site.engine) as session:
        assert cards_now(session, [card_id])[0].state.values[spec.name] == "2009-01-02"
        assert not session.scalars(select(Waiting.turn).filter_by(card_id=card_id, field=spec.name)).all()


def test_an_answer_is_taken_back_and_given_anew(seat: Seat, site: ReviewSite) -> None:
    anna = seat("anna", "/key?field=crossing_date")
    card_id, spec = anna.place
    wrong = anna.answer("2009-01-01")
    anna.wait_until_sent()
    second = anna.wait_for_task()
    anna.press("Alt+KeyZ")
    again = anna.wait_for_task(other_than=second)
    assert anna.place == (card_id, spec)
    anna.press("Escape")
    anna.answer("2009-01-02")
    anna.wait_until_sent()
    assert anna.wait_for_task() == second, "the field that was on the screen comes next"
    made = kept(site, "anna")
    assert (made[wrong][2], made[again][2]) == ("2009-01-01", "2009-01-02")
    with Session(site.engine) as session:
        keys = session.scalars(select(Waiting.keyed_by).filter_by(card_id=card_id, field=spec.name)).one()
    assert keys == "anna|"


def test_what_cannot_be_read_what_is_empty_and_a_card_set_aside(seat: Seat, site: ReviewSite) -> None:
    anna = seat("anna", "/key?field=checkpoint")
    unreadable = anna.answer("?")
    anna.wait_for_task()
    empty = anna.answer("")
    third = anna.wait_for_task()
    card_id, _ = anna.place
    anna.press("Alt+KeyW", "3", "Tab")
    anna.page.keyboard.type("two cards on one another")
    anna.press("Enter")
    anna.wait_for_task(other_than=third)
    expect(anna.page.locator("#notice")).to_be_visible()
    anna.wait_until_sent()
    made = kept(site, "anna")
    assert (made[unreadable][2], made[empty][2], third in made) == ("?", "", False)
    with Session(site.engine) as session:
        flag = session.scalars(select(Flag)).one()
        assert (flag.card_id, flag.kind, flag.note, flag.person) == (
            card_id,
            "other",
            "two cards on one another",
            "anna",
        )


def test_what_would_be_impossible_is_refused_before_it_is_sent(seat: Seat, site: ReviewSite) -> None:
    anna = seat("anna", "/key?field=crossing_date")
    ticket = anna.ticket
    anna.page.keyboard.type("31022016")
    anna.press("Enter")
    expect(anna.page.locator("#echo")).to_have_class("echo bad")
    assert anna.ticket == ticket
    anna.press("Escape")
    expect(anna.page.locator("#value")).to_have_value("")
    assert kept(site, "anna") == {}


def test_the_card_in_whole_is_noted_with_the_answer(seat: Seat, site: ReviewSite) -> None:
    anna = seat("anna", "/key?field=crossing_date")
    anna.press("Alt+KeyK")
    expect(anna.page.locator("#card-picture img")).to_be_visible()
    anna.press("Escape")
    expect(anna.page.locator("#card-view")).to_be_hidden()
    expect(anna.page.locator("#value")).to_be_focused()
    ticket = anna.answer(anna.truth())
    anna.wait_until_sent()
    assert kept(site, "anna")[ticket][3] == "card"


def test_date_and_place_of_a_stamp_are_keyed_on_one_picture(seat: Seat, site: ReviewSite) -> None:
    anna = seat("anna")
    asked: list[str] = []
    anna.page.on("request", lambda request: asked.append(request.url))
    card_id, spec = anna.place
    assert spec.name == "crossing_date"
    anna.press("Alt+Equal", "Alt+KeyX", "Alt+KeyR", "Alt+KeyK", "Escape")
    anna.page.locator("#crop img").evaluate("image => { image.id = 'seen'; }")
    how = anna.page.locator("#crop img").evaluate("image => image.style.transform")
    first = anna.answer(anna.truth())
    second = anna.wait_for_task(other_than=first)
    assert anna.place[0] == card_id and anna.place[1].name == "checkpoint"
    assert anna.page.locator("#crop img").get_attribute("id") == "seen", "the picture stays"
    assert anna.page.locator("#crop img").evaluate("image => image.style.transform") == how
    expect(anna.page.locator("#crop")).to_have_class("crop contrast upright")
    expect(anna.page.locator("#value")).to_be_focused()
    expect(anna.page.locator("#task-note")).to_contain_text("Картинка та же")
    anna.answer(anna.truth())
    third = anna.wait_for_task(other_than=second)
    assert anna.place[0] != card_id and anna.page.locator("#seen").count() == 0
    expect(anna.page.locator("#task-note")).not_to_contain_text("Картинка та же")
    anna.wait_until_sent()
    made = kept(site, "anna")
    assert [made[ticket][3] for ticket in (first, second)] == ["card", "card"], "the card was seen for both"
    assert not [url for url in asked if f"pictures/{second}" in url]
    anna.press("Alt+KeyZ")
    anna.wait_for_task(other_than=third)
    assert anna.place[0] == card_id and anna.place[1].name == "checkpoint"


def test_a_card_set_aside_takes_all_of_its_zone_along(seat: Seat, site: ReviewSite) -> None:
    anna = seat("anna")
    card_id, _ = anna.place
    ticket = anna.ticket
    anna.press("Alt+KeyW", "1", "Enter")
    anna.wait_for_task(other_than=ticket)
    assert anna.place[0] != card_id and anna.place[1].name == "crossing_date"


def test_many_alike_are_settled_at_once_and_the_odd_one_is_struck(seat: Seat, site: ReviewSite) -> None:
    anna = seat("anna", "/groups")
    row = anna.page.locator("#groups tbody tr").first
    field, value = row.get_attribute("data-field"), row.get_attribute("data-value")
    row.locator("a").focus()
    anna.press("Enter")
    cells = anna.page.locator("#grid .cell")
    expect(cells.first).to_be_focused()
    number = cells.count()
    assert number >= 4
    struck = site.place(cells.nth(1).get_attribute("data-ticket") or "")[0]
    anna.press("ArrowRight", "Space", "Enter")
    expect(anna.page.locator("#notice")).to_be_visible()
    made = kept(site, "anna")
    assert Counter(value for _, _, value, _ in made.values()) == {value: number - 1, None: 1}
    assert {(name, shown) for _, name, _, shown in made.values()} == {(field, "group")}
    with Session(site.engine) as session:
        waits = session.scalars(select(Waiting).filter_by(card_id=struck, field=field)).one()
        assert waits.alike is None
