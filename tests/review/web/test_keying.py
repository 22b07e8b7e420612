"""Keying through the API: drawn, seen, answered, taken back, given back; blind, and only what is one's own."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from review.assignment.policy import DeskRules
from store.tables import Decision, Flag, Lease
from tests.review.web.site import PNG, Browser, Workplace
from tests.store.cards import current_values, form


def drawn(browser: Browser, **wanted: Any) -> dict[str, Any]:
    answer = browser.post("/api/v1/assign", {"count": 1} | wanted)
    assert answer.status_code == 200, answer.text
    (task,) = answer.json()
    return dict(task)


def keyed(browser: Browser, ticket: str, value: str, **more: Any) -> Any:
    return browser.post("/api/v1/key", {"ticket": ticket, "value": value, "seconds": 2.5} | more)


def value(workplace: Workplace, card_id: int, field: str) -> str | None:
    with Session(workplace.engine) as session:
        return current_values(session, card_id)[field]


def test_what_is_keyed_as_the_machine_read_it_holds(workplace: Workplace) -> None:
    card_id = workplace.wait(1, occupation="not_sure")
    browser = workplace.browser("reviewer")
    task = drawn(browser)
    assert (task["field"], task["label"], task["input"]) == ("occupation", "Occupation", "coded")
    assert keyed(browser, task["ticket"], "7112", shown="card").json() == {"done": True}
    assert value(workplace, card_id, "occupation") == "7112"
    with Session(workplace.engine) as session:
        (decision,) = session.scalars(select(Decision))
        assert (decision.person, decision.seconds, decision.shown) == ("reviewer", 2.5, "card")
    assert keyed(browser, task["ticket"], "7112").status_code == 200, "sent twice"
    with Session(workplace.engine) as session:
        assert len(session.scalars(select(Decision)).all()) == 1


def test_a_blind_task_says_nothing_of_the_machines_value(workplace: Workplace) -> None:
    workplace.wait(1, occupation="not_sure")
    answer = workplace.browser("reviewer").post("/api/v1/assign", {})
    assert "7112" not in answer.text and "machine" not in answer.text and "not_sure" not in answer.text
    assert answer.json()[0]["prefill"] is None


def test_a_prefilled_task_shows_it(workplace: Workplace) -> None:
    workplace.rules = DeskRules(policies={"crossing_date": "prefilled", "purpose": "prefilled"}, control_share=0.0)
    workplace.wait(1, crossing_date="not_sure")
    prefill = drawn(workplace.browser("reviewer"))["prefill"]
    assert (prefill["code"], prefill["label"]) == ("2016-03-04", "4 March 2016")


def test_a_supervisor_decides_between_three_answers(workplace: Workplace) -> None:
    card_id = workplace.wait(1, purpose="not_sure")
    for login, answer in (("reviewer", "2"), ("second", "3")):
        browser = workplace.browser(login)
        assert not drawn(browser)["adjudicate"]
        keyed(browser, drawn(browser)["ticket"], answer)
    assert workplace.browser("third").post("/api/v1/assign", {}).json() == []
    browser = workplace.browser("supervisor")
    task = drawn(browser)
    assert task["adjudicate"]
    assert [(answer["source"], answer["value"]) for answer in task["answers"]] == [
        ("machine", "1"),
        ("1", "2"),
        ("2", "3"),
    ]
    assert task["answers"][0]["label"] == "работа / кор" and "reviewer" not in str(task)
    keyed(browser, task["ticket"], "3")
    assert value(workplace, card_id, "purpose") == "3"


@pytest.mark.parametrize(
    ("field", "wrong", "hint"),
    [
        ("crossing_date", "2016-02-31", "a date is wanted"),
        ("occupation", "bricks", "choose a code"),
        ("purpose", "99", "mark one"),
    ],
)
def test_an_impossible_value_comes_back_with_a_hint(workplace: Workplace, field: str, wrong: str, hint: str) -> None:
    workplace.wait(1, **{field: "not_sure"})
    browser = workplace.browser("reviewer")
    task = drawn(browser)
    answer = keyed(browser, task["ticket"], wrong)
    assert (answer.status_code, answer.json()["code"]) == (422, "bad_value")
    assert hint in answer.json()["message"]
    assert drawn(browser)["ticket"] == task["ticket"], "the person keeps it"


def test_nobody_answers_what_another_holds(workplace: Workplace) -> None:
    workplace.wait(1, occupation="not_sure")
    mine, other = workplace.browser("reviewer"), workplace.browser("second")
    ticket = drawn(mine)["ticket"]
    assert other.post("/api/v1/assign", {}).json() == []
    for answer in (
        keyed(other, ticket, "7112"),
        other.get(f"/api/v1/pictures/{ticket}/crop"),
        other.get(f"/api/v1/complete?ticket={ticket}&typed=x"),
        other.post("/api/v1/flags", {"ticket": ticket, "kind": "other"}),
    ):
        assert (answer.status_code, answer.json()["code"]) == (409, "gone")
    other.post("/api/v1/release", {"ticket": ticket})
    assert keyed(mine, ticket, "7112").status_code == 200
    assert other.post("/api/v1/undo", {"ticket": ticket}).json()["code"] == "no_undo"


def test_taking_back_brings_the_field_again(workplace: Workplace) -> None:
    card_id = workplace.wait(1, occupation="not_sure")
    browser = workplace.browser("reviewer")
    ticket = drawn(browser)["ticket"]
    keyed(browser, ticket, "7112")
    again = browser.post("/api/v1/undo", {"ticket": ticket}).json()
    assert again["field"] == "occupation" and value(workplace, card_id, "occupation") is None
    keyed(browser, again["ticket"], "5120")
    assert value(workplace, card_id, "occupation") is None, "it waits for a second person"
    second = workplace.browser("second")
    keyed(second, drawn(second)["ticket"], "5120")
    refused = browser.post("/api/v1/undo", {"ticket": again["ticket"]})
    assert (refused.status_code, refused.json()["code"]) == (409, "no_undo")


def test_what_is_given_back_goes_to_others(workplace: Workplace) -> None:
    workplace.wait(1, occupation="not_sure")
    browser = workplace.browser("reviewer")
    browser.post("/api/v1/release", {"ticket": drawn(browser)["ticket"]})
    assert drawn(workplace.browser("second"))["field"] == "occupation"


def test_only_one_field_when_asked_so(workplace: Workplace) -> None:
    workplace.wait(1, occupation="not_sure", purpose="not_sure")
    assert drawn(workplace.browser("reviewer"), field="purpose")["field"] == "purpose"
    page = workplace.browser("reviewer").get("/key?field=purpose").text
    assert '<option value="purpose" selected>Purpose of travel</option>' in page and 'data-only="purpose"' in page


def test_fields_of_one_zone_say_so_and_nothing_of_the_card(workplace: Workplace) -> None:
    for n in (1, 2):
        workplace.wait(n, crossing_date="not_sure", checkpoint="not_sure")
    browser = workplace.browser("reviewer")
    tasks = browser.post("/api/v1/assign", {"count": 3}).json()
    assert [task["field"] for task in tasks] == ["crossing_date", "checkpoint"] * 2
    zones = [task["zone"] for task in tasks]
    assert zones[0] == zones[1] == tasks[0]["ticket"] and zones[2] == zones[3] == tasks[2]["ticket"]
    keyed(browser, tasks[0]["ticket"], "2016-03-04")
    left = browser.post("/api/v1/assign", {"count": 1}).json()
    assert [(task["field"], task["zone"]) for task in left] == [("checkpoint", tasks[1]["ticket"])]


def test_completion_by_words_and_code(workplace: Workplace) -> None:
    workplace.wait(1, residence_district="not_sure")
    browser = workplace.browser("reviewer")
    ticket = drawn(browser)["ticket"]
    for typed in ("худж", "хучанд", "TJ-SU-01"):
        found = browser.get("/api/v1/complete", params={"ticket": ticket, "typed": typed}).json()
        assert (found[0]["code"], found[0]["label"]) == ("TJ-SU-01", "Khujand")


def test_completion_knows_the_day_of_the_card(workplace: Workplace) -> None:
    browser = workplace.browser("reviewer")
    for n, day, found in ((1, "2016-03-04", "TJ-KT-06"), (2, "2020-03-04", "TJ-KT-01")):
        workplace.wait(n, residence_district="not_sure", values={"crossing_date": day})
        ticket = drawn(browser)["ticket"]
        choices = browser.get("/api/v1/complete", params={"ticket": ticket, "typed": "Бохтар"}).json()
        assert choices[0]["code"] == found
        keyed(browser, ticket, found)


def test_completion_offers_first_what_the_records_have_most(workplace: Workplace) -> None:
    for n in range(2, 42):
        workplace.wait(n, values={"occupation": "8321"})
    workplace.wait(1, occupation="not_sure")
    browser = workplace.browser("reviewer")
    found = browser.get("/api/v1/complete", params={"ticket": drawn(browser)["ticket"], "typed": "водит"}).json()
    assert [choice["code"] for choice in found[:2]] == ["8321", "8322"]


@pytest.mark.parametrize(
    ("field", "rules", "bounds"),
    [
        ("crossing_date", "date", {"least": "2000-01-01", "most": "2026-05-04"}),
        ("birth_date", "date", {"least": "1915-05-05", "most": "2026-05-04"}),
        ("occupation", "coded", None),
        ("surname", "name", None),
        ("document_no", "passport", None),
        ("card_no", "serial", None),
        ("signature", "signature", None),
        ("sex", "one", None),
    ],
)
def test_a_task_says_by_which_rules_it_is_keyed(
    workplace: Workplace, field: str, rules: str, bounds: dict[str, str] | None
) -> None:
    workplace.wait(1, **{field: "not_sure"})
    task = drawn(workplace.browser("reviewer"))
    assert (task["keying_rules"], task["bounds"]) == (rules, bounds)
    page = workplace.browser("reviewer").get("/key").text
    assert f'<ul data-rules="{rules}" hidden>' in page


def test_what_is_unusual_is_kept(workplace: Workplace) -> None:
    card_id = workplace.wait(1, values={"crossing_date": "2062-01-01"}, crossing_date="not_sure")
    browser = workplace.browser("reviewer")
    assert keyed(browser, drawn(browser)["ticket"], "2062-01-01").status_code == 200
    assert value(workplace, card_id, "crossing_date") == "2062-01-01"


def test_pictures_paint_over_who_it_is(workplace: Workplace) -> None:
    personal = sum(spec.personal for spec in form("revised-departure").fields)
    workplace.wait(1, occupation="not_sure")
    browser = workplace.browser("reviewer")
    task = drawn(browser)
    for kind in ("crop", "strip", "card"):
        answer = browser.get(task[kind])
        assert (answer.status_code, answer.content, answer.headers["content-type"]) == (200, PNG, "image/png")
    assert workplace.cutter.asked == [("crop", 0), ("strip", personal), ("card", personal)]
    workplace.cutter.gone = True
    gone = browser.get(task["crop"])
    assert (gone.status_code, gone.json()["code"]) == (404, "no_picture")


def test_a_whole_card_with_a_name_is_for_supervisors(workplace: Workplace) -> None:
    personal = sum(spec.personal for spec in form("revised-departure").fields)
    workplace.wait(1, surname="not_sure")
    browser = workplace.browser("reviewer")
    task = drawn(browser)
    assert task["card"] is None and task["personal"]
    refused = browser.get(f"/api/v1/pictures/{task['ticket']}/card")
    assert (refused.status_code, refused.json()["code"]) == (403, "no_card")
    browser.get(task["strip"])
    assert workplace.cutter.asked == [("strip", personal - 1)], "its own zone is seen"
    browser.post("/api/v1/release", {"ticket": task["ticket"]})
    boss = workplace.browser("supervisor")
    boss.get(drawn(boss)["card"])
    assert workplace.cutter.asked[-1] == ("card", 0)


def test_a_flagged_card_is_out_of_the_queue_until_a_supervisor_resolves_it(workplace: Workplace) -> None:
    card_id = workplace.wait(1, occupation="not_sure", purpose="not_sure")
    browser, boss = workplace.browser("reviewer"), workplace.browser("supervisor")
    flag = {"ticket": drawn(browser)["ticket"], "kind": "rescan", "note": "half of it is missing"}
    assert browser.post("/api/v1/flags", flag).status_code == 200
    assert browser.post("/api/v1/assign", {}).json() == []
    (found,) = boss.get("/api/v1/flags").json()
    assert (found["card_id"], found["kind"], found["note"]) == (card_id, "rescan", "half of it is missing")
    assert f'data-flag="{found["id"]}"' in boss.get("/flags").text
    assert "half of it" in workplace.browser("operator").get("/rescan").text
    assert boss.post(f"/api/v1/flags/{found['id']}/resolve").status_code == 200
    assert boss.post(f"/api/v1/flags/{found['id']}/resolve").json()["code"] == "bad_input"
    assert len(browser.post("/api/v1/assign", {}).json()) > 0
    with Session(workplace.engine) as session:
        assert session.scalars(select(Flag.resolved_by)).all() == ["supervisor"]


def test_progress_counts_ones_own(workplace: Workplace) -> None:
    for n in (1, 2):
        workplace.wait(n, occupation="not_sure")
    browser = workplace.browser("reviewer")
    keyed(browser, drawn(browser)["ticket"], "7112")
    now = browser.get("/api/v1/progress").json()
    assert now["today"] == 1
    assert now["waiting"] == [{"field": "occupation", "label": "Occupation", "count": 1}]
    assert 'id="own-today">1<' in browser.get("/").text


def test_a_lease_ends_but_an_answer_counts_while_nobody_else_has_it(workplace: Workplace) -> None:
    card_id = workplace.wait(1, occupation="not_sure")
    browser = workplace.browser("reviewer")
    task = drawn(browser)
    assert 0 < task["seconds_left"] <= 600
    workplace.clock.wait(minutes=11)
    with Session(workplace.engine) as session:
        assert session.scalars(select(Lease.person)).all() == ["reviewer"]
    assert keyed(browser, task["ticket"], "7112").status_code == 200
    assert value(workplace, card_id, "occupation") == "7112"


@pytest.mark.parametrize("body", [{}, {"ticket": "x y", "value": "", "seconds": 1}, {"ticket": "a" * 32}])
def test_a_body_that_is_not_well_formed_is_named(workplace: Workplace, body: dict[str, Any]) -> None:
    answer = workplace.browser("reviewer").post("/api/v1/key", body)
    assert (answer.status_code, answer.json()["code"]) == (422, "bad_request")
    assert "body." in answer.json()["message"]
