"""Supervisors find cards, see names only on demand, and change values after seeing what that does."""

from __future__ import annotations

import logging
import re
from datetime import date

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from ocr.forms.definition import FieldKind
from review.cards.days import HalfKnownDay
from review.cards.filters import Filters
from review.web.search_form import SearchForm, filters_of, meant, not_understood
from store.tables import Decision
from tests.review.web.site import Browser, Workplace
from tests.store.cards import current_values, form


@pytest.fixture
def site(workplace: Workplace) -> Browser:
    """A supervisor before three cards, of which the second waits for a surname."""
    workplace.wait(1)
    workplace.wait(2, {"occupation": "5120"}, surname="not_sure")
    workplace.wait(3, {"surname": "РАҲИМОВ"})
    return workplace.browser("supervisor")


def cards(page: str) -> list[int]:
    return [int(number) for number in re.findall(r'data-card="(\d+)"', page)]


def test_the_search_finds_cards_and_keeps_what_was_asked(site: Browser) -> None:
    assert cards(site.get("/records").text) == [3, 2, 1]
    form = {"field": ["occupation", ""], "value": ["5120", ""], "since": "04.03.2016", "until": "", "before": "9"}
    page = site.get("/records", params=form)
    assert cards(page.text) == [2]
    assert 'value="5120"' in page.text and 'value="04.03.2016"' in page.text
    assert cards(site.get("/records", params={"field": "surname", "value": "раҳим*"}).text) == [3, 2, 1]
    assert cards(site.get("/records", params={"state": "waits"}).text) == [2]


@pytest.mark.parametrize("odd", [{"before": "0"}, {"before": "99999999999999999999"}, {"field": ["a"] * 9}])
def test_odd_questions_are_refused(site: Browser, odd: dict[str, str]) -> None:
    assert site.get("/records", params=odd).status_code == 422


def test_a_long_list_goes_on(site: Browser, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("review.cards.search.find.__kwdefaults__", {"before": None, "limit": 2})
    first = site.get("/records", params={"state": "", "field": ["sex"], "value": ["M"]}).text
    assert cards(first) == [3, 2]
    (more,) = re.findall(r'id="more" href="([^"]+)"', first)
    assert cards(site.get(more.replace("&amp;", "&")).text) == [1]


def test_names_are_shown_on_demand_and_that_is_logged(site: Browser, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, logger="migcards.looks")
    closed = site.get("/records/1").text
    assert "РАҲИМЗОДА" not in closed and "17 May 1990" not in closed and not caplog.messages
    opened = site.get("/records/1?personal=1").text
    assert "РАҲИМЗОДА" in opened and "17 May 1990" in opened
    assert caplog.messages == ["supervisor looked at the personal fields of card 1"]


def test_the_picture_hides_the_same(workplace: Workplace, site: Browser) -> None:
    assert site.get("/records/1/card").headers["content-type"] == "image/png"
    site.get("/records/1/card?personal=1")
    personal = sum(spec.personal for spec in form("revised-departure").fields)
    assert workplace.cutter.asked == [("card", personal), ("card", 0)] and personal > 3
    workplace.cutter.gone = True
    assert site.get("/records/1/card").status_code == 404


def test_every_field_has_its_zone_and_its_history(site: Browser) -> None:
    page = site.get("/records/1").text
    names = [spec.name for spec in form("revised-departure").fields]
    assert re.findall(r'data-zone="(\w+)"', page) == names
    assert re.findall(r'data-field="(\w+)"', page) == names
    assert page.count('data-edition="1"') == len(names)
    assert 'viewBox="0 0 1748 2480"' in page


def test_a_correction_is_shown_before_it_is_kept(workplace: Workplace, site: Browser) -> None:
    wanted = {"field": "residence_district", "value": "Кулоб", "reason": "misread"}
    preview = site.form("/records/1/correct", **wanted)
    assert preview.status_code == 200
    assert "Kulob" in preview.text and "Khujand" in preview.text
    assert 'data-field="residence_region"' in preview.text, "the region waits, for the district lies elsewhere"
    with Session(workplace.engine) as session:
        assert session.scalars(select(Decision)).all() == []
    done = site.form("/records/1/correct", **wanted, confirmed="1")
    assert (done.status_code, done.headers["location"]) == (303, "/records/1#field-residence_district")
    with Session(workplace.engine) as session:
        (made,) = session.scalars(select(Decision))
        assert (made.person, made.kind, made.value, made.reason) == ("supervisor", "correct", "TJ-KT-02", "misread")
    page = site.get("/records/1").text
    assert f'data-decision="{made.id}"' in page and "misread" in page and "data-broken" in page


def test_reopening_a_field_or_the_whole_card(workplace: Workplace, site: Browser) -> None:
    one = {"field": "sex", "reason": "look again"}
    assert 'data-field="sex"' in site.form("/records/1/reopen", **one).text
    site.form("/records/1/reopen", **one, confirmed="1")
    with Session(workplace.engine) as session:
        values = current_values(session, 1)
        assert values["sex"] is None and values["purpose"] == "1"
    site.form("/records/1/reopen", reason="all", confirmed="1")
    with Session(workplace.engine) as session:
        assert set(current_values(session, 1).values()) == {None}


@pytest.mark.parametrize(
    ("path", "sent", "words"),
    [
        ("correct", {"field": "sex", "value": "X", "reason": "r"}, "is not one of"),
        ("correct", {"field": "sex", "value": "M", "reason": " "}, "reason"),
        ("correct", {"field": "nothing", "value": "M", "reason": "r"}, "no field"),
        ("reopen", {"field": "nothing", "reason": "r"}, "no field"),
    ],
)
def test_what_cannot_be_done_is_said_on_the_card(site: Browser, path: str, sent: dict[str, str], words: str) -> None:
    answer = site.form(f"/records/1/{path}", **sent)
    assert answer.status_code == 422
    assert words in answer.text and 'id="problem"' in answer.text


@pytest.mark.parametrize(
    ("language", "sent", "said"),
    [
        ("ru", {"field": "sex", "value": "X", "reason": "r"}, "Пол: «X» — нет такого варианта."),
        ("tg", {"field": "birth_date", "value": "17 май", "reason": "r"}, "Санаи таваллуд: «***» — сана нест."),
        ("ru", {"field": "occupation", "value": "0000", "reason": "r"}, "Профессия: «0000» — нет такого кода"),
        ("tg", {"field": "sex", "value": "M", "reason": " "}, "Сабаб лозим аст."),
    ],
)
def test_what_cannot_be_done_is_said_in_the_visitors_language(
    site: Browser, language: str, sent: dict[str, str], said: str
) -> None:
    site.form("/language", language=language)
    assert said in site.form("/records/1/correct", **sent).text


def test_a_rescan_takes_the_place_and_both_cards_say_so(workplace: Workplace) -> None:
    old = workplace.wait(1, occupation="not_sure")
    browser, boss = workplace.browser("reviewer"), workplace.browser("supervisor")
    (task,) = browser.post("/api/v1/assign", {"count": 1}).json()
    browser.post("/api/v1/flags", {"ticket": task["ticket"], "kind": "rescan"})
    assert "set aside" in boss.get("/records").text
    new = workplace.wait(1, scan=50, purpose="not_sure")
    assert (
        boss.get("/api/v1/flags").json() == []
        and f"<td>{old}</td>" not in workplace.browser("operator").get("/rescan").text
    )
    first, second = boss.get(f"/records/{old}").text, boss.get(f"/records/{new}").text
    assert 'id="replaced">A new scan of this card was asked for' in first and f'href="/records/{new}"' in first
    assert "closed by a new scan" in first and 'class="note bad"' not in first
    assert f'data-replaces="{old}"' in second and "scanned before" not in second
    (task,) = browser.post("/api/v1/assign", {"count": 4}).json()
    assert task["field"] == "purpose", "the new scan is keyed, the old one is not"
    found = boss.get("/records", params={"state": "replaced"})
    assert cards(found.text) == [old] and "replaced by a new scan" in found.text
    assert cards(boss.get("/records", params={"state": "duplicate"}).text) == []
    assert 'id="replaced"' in boss.get("/duplicates/1").text


def test_there_must_be_such_a_card(site: Browser) -> None:
    assert site.get("/records/99").status_code == 422
    assert site.get("/records/99999999999").status_code == 422


def test_a_forged_change_is_refused(workplace: Workplace, site: Browser) -> None:
    sent = {"csrf": "x", "field": "sex", "value": "F", "reason": "r", "confirmed": "1"}
    assert site.form("/records/1/correct", **sent).status_code == 403
    with Session(workplace.engine) as session:
        assert current_values(session, 1)["sex"] == "M"


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"since": "с 2016"}, "Not understood: “с 2016”. At least the year is wanted here"),
        ({"until": "15.03.????"}, "Not understood: “15.03.????”"),
        ({"field": "birth_date", "value": "май"}, "Not understood: “май”. Write a date like this"),
        ({"field": "", "value": "5120"}, "Choose the field"),
        ({"field": "no_such", "value": "5120"}, "Choose the field"),
        ({"field": "occupation", "value": "xyzxyz"}, "Not understood: “xyzxyz”. The dictionary has no such code"),
        ({"field": "sex", "value": "9"}, "The dictionary has no such code"),
        ({"checkpoint": "nowhere at all"}, "Not understood: “nowhere at all”. The dictionary"),
        ({"serial": "№ 1"}, "Write at least three digits"),
        ({"field": "card_no", "value": "1"}, "Write at least three digits"),
        ({"batch": "х"}, "Choose from the list"),
        ({"state": "odd"}, "Choose from the list"),
    ],
)
def test_what_is_not_understood_is_said_and_finds_nothing(site: Browser, asked: dict[str, str], said: str) -> None:
    shown = site.get("/records", params=asked)
    assert shown.status_code == 422 and said in shown.text
    assert "data-card" not in shown.text and 'id="count"' not in shown.text


@pytest.mark.parametrize(
    ("asked", "found", "said"),
    [
        ({"field": "birth_date", "value": "1990*"}, [3, 2, 1], "01.01.1990 – 31.12.1990"),
        ({"field": "birth_date", "value": "17.05.????"}, [3, 2, 1], ""),
        ({"field": "birth_date", "value": "17.5"}, [3, 2, 1], "17.05.????"),
        ({"field": "occupation", "value": "пекарь"}, [], "(7512)"),
        ({"field": "occupation", "value": "каменщик"}, [3, 1], "(7112)"),
        ({"field": "residence_region", "value": "Хатлон"}, [], "(TJ-KT)"),
        ({"field": "sex", "value": "мужской"}, [3, 2, 1], "(M)"),
        ({"checkpoint": "аэропорт Душанбе"}, [3, 2, 1], "(TJ-A1)"),
        ({"since": "2016", "until": "03.2016"}, [3, 2, 1], ""),
        ({"field": "surname", "value": "рахимов"}, [3], ""),
    ],
)
def test_words_and_half_known_dates_are_understood_and_said(
    site: Browser, asked: dict[str, str], found: list[int], said: str
) -> None:
    shown = site.get("/records", params=asked)
    assert shown.status_code == 200 and cards(shown.text) == found
    lines = re.findall(r"data-taken-for=\"\w+\">([^<]+)<", shown.text)
    assert said in "".join(lines) and len(lines) == bool(said)


def test_no_name_is_shown_by_a_search(site: Browser) -> None:
    assert "РАҲИМОВ" not in site.get("/records", params={"field": "surname", "value": "рахимоф"}).text


def test_what_is_typed_is_understood() -> None:
    fields = form("revised-departure").by_name
    assert fields["birth_date"].kind is FieldKind.DATE
    assert meant(fields["birth_date"], "17.5.1990", "ru", None) == "1990-05-17"
    assert meant(fields["occupation"], "каменщик", "ru", None) == "7112"
    assert meant(fields["occupation"], "7112", "ru", None) == "7112"
    assert meant(fields["occupation"], "xyzxyz", "ru", None) == "xyzxyz"
    assert meant(fields["surname"], " Раҳимов ", "ru", None) == "Раҳимов"
    for year, code in ((2016, "TJ-KT-06"), (2020, "TJ-KT-01")):
        assert meant(fields["residence_district"], "Бохтар", "ru", date(year, 3, 4)) == code
    sent = SearchForm(field=["birth_date", ""], value=["17/05/1990", "x"], batch="7", since="1.2.2016", state="odd")
    assert filters_of(sent, fields) == Filters(
        (("birth_date", HalfKnownDay(1990, 5, 17)),), batch=7, crossed_from=date(2016, 2, 1)
    )


@pytest.mark.parametrize(
    ("field", "typed", "wants"),
    [
        ("stay_months", "many", "wants_number"),
        ("birth_date", "май", "wants_date"),
        ("occupation", "xyzxyz", "wants_code"),
        ("card_no", "7", "wants_serial"),
    ],
)
def test_each_kind_of_field_says_what_it_wants(field: str, typed: str, wants: str) -> None:
    fields = form("revised-return").by_name
    sent = SearchForm(field=[field], value=[typed])
    assert list(not_understood(sent, fields)) == [(wants, typed)] and filters_of(sent, fields) == Filters()
