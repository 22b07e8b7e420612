"""A supervisor has the names of one card keyed, sees who asked for them, and takes it back."""

from __future__ import annotations

import logging
import re

import pytest

from review.assignment.policy import DeskRules
from tests.review.web.site import Browser, Workplace

REASON = {"reason": "a court asks"}


@pytest.fixture
def boss(workplace: Workplace) -> Browser:
    """A supervisor before two cards whose surnames wait until somebody needs them; the sex of one is keyed anyway."""
    workplace.rules = DeskRules(control_share=0.0, keying="statistical")
    workplace.wait(1, surname="not_sure", given_name="not_sure", sex="not_sure")
    workplace.wait(2, surname="not_sure")
    return workplace.browser("supervisor")


def given(workplace: Workplace, login: str) -> set[str]:
    """The fields that somebody gets first."""
    return {task["field"] for task in workplace.browser(login).post("/api/v1/assign", {"count": 3}).json()}


def test_a_card_says_what_waits_and_has_it_keyed(workplace: Workplace, boss: Browser) -> None:
    page = boss.get("/records/1").text
    assert "These fields wait until somebody needs them:" in page and 'id="request"' in page
    assert page.count("waits until needed") == 2 and len(re.findall(r">waits<", page)) == 1
    assert given(workplace, "anora") == {"sex"}
    done = boss.form("/records/1/request", **REASON)
    assert (done.status_code, done.headers["location"]) == (303, "/records/1#requests")
    page = boss.get("/records/1").text
    assert "«a court asks» · supervisor, 04.05.2026 " in page
    assert 'id="request"' not in page and "waits until needed" not in page
    wanted = given(workplace, "bahrom")
    assert wanted and wanted <= {"surname", "given_name"}
    assert 'id="request"' in boss.get("/records/2").text


def test_asking_and_taking_back_are_logged_without_the_reason(boss: Browser, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, logger="migcards.looks")
    boss.form("/records/1/request", **REASON)
    boss.form("/records/1/request", reason="")
    boss.form("/records/1/withdraw")
    assert caplog.messages == [
        "supervisor asked for the personal fields of card 1",
        "supervisor no longer asks for the personal fields of card 1",
    ]


def test_it_is_taken_back_until_somebody_keys(workplace: Workplace, boss: Browser) -> None:
    boss.form("/records/2/request", **REASON)
    assert 'id="withdraw"' in boss.get("/records/2").text
    assert boss.form("/records/2/withdraw").status_code == 303
    page = boss.get("/records/2").text
    assert "taken back by supervisor" in page and 'id="request"' in page
    boss.form("/records/2/request", reason="it asks again")
    anora = workplace.browser("anora")
    tasks = anora.post("/api/v1/assign", {"count": 1, "field": "surname"}).json()
    anora.post("/api/v1/key", {"ticket": tasks[0]["ticket"], "value": "САИДОВ", "seconds": 2.0})
    page = boss.get("/records/2").text
    assert "it asks again" in page and 'id="withdraw"' not in page
    late = boss.form("/records/2/withdraw")
    assert late.status_code == 422 and "can no longer be taken back" in late.text


@pytest.mark.parametrize(
    ("language", "card", "said"),
    [("ru", 1, "Нужна причина."), ("tg", 1, "Сабаб лозим аст."), ("en", 1, "A reason is needed.")],
)
def test_what_cannot_be_done_is_said_on_the_card(boss: Browser, language: str, card: int, said: str) -> None:
    boss.form("/language", language=language)
    answer = boss.form(f"/records/{card}/request", reason=" ")
    assert answer.status_code == 422 and said in answer.text and 'id="problem"' in answer.text
    assert boss.form("/records/99/request", **REASON).status_code == 422


def test_cards_that_were_asked_for_are_found(boss: Browser) -> None:
    asked = {"state": "requested"}
    assert "data-card" not in boss.get("/records", params=asked).text
    boss.form("/records/2/request", **REASON)
    assert re.findall(r'data-card="(\d+)"', boss.get("/records", params=asked).text) == ["2"]
    boss.form("/records/2/withdraw")
    assert "data-card" not in boss.get("/records", params=asked).text


def test_where_everything_is_keyed_there_is_nothing_to_ask(workplace: Workplace) -> None:
    card_id = workplace.wait(1, surname="not_sure")
    assert 'id="request"' not in workplace.browser("supervisor").get(f"/records/{card_id}").text
