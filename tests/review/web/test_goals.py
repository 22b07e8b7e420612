"""A supervisor sets a goal, people key until it is reached, and the queue stops."""

from __future__ import annotations

import re
import time
from datetime import date, datetime, timedelta

import numpy as np
import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from migcards.goal_keeper import GoalKeeper
from reports.goals import Goal, Standing, standing
from review.assignment.policy import DeskRules
from store.goals import goals_in_force, sampling_levels
from store.tables import Lease, PrecisionGoal
from tests.review.web.site import Browser, Workplace
from tests.store.test_cards import save
from tests.store.test_doubts import doubtful

CARDS = 240
GOAL = {"dimension": "region", "direction": "D", "within": "12", "first_day": "2016-01-01", "last_day": "2016-12-31"}


@pytest.fixture
def office(workplace: Workplace) -> Workplace:
    """Cards whose region the machine leaves open: it is right on four of five."""
    rng = np.random.default_rng(4)
    workplace.rules = DeskRules(control_share=0.0, keying="goals")
    with Session(workplace.engine) as session, session.begin():
        for n in range(1, CARDS + 1):
            reads = (("TJ-SU", 0.8), ("TJ-KT", 0.2)) if rng.random() < 0.5 else (("TJ-KT", 0.8), ("TJ-SU", 0.2))
            save(session, doubtful(n, reads={"residence_region": reads, "residence_district": (("?", 0.5),)}))
    return workplace


def truth(session: Session, ticket: str) -> str:
    """What stands on the card that a person has before them."""
    card_id = session.scalars(select(Lease.card_id).where(Lease.ticket == ticket)).one()
    return "TJ-SU" if card_id * 7919 % 10 < 5 else "TJ-KT"


def tasks(browser: Browser) -> list[dict[str, str]]:
    found: list[dict[str, str]] = browser.post("/api/v1/assign", {"count": 3}).json()
    return found


def key_all(office: Workplace, most: int) -> int:
    """Two people key what they are given, in turn; how many answers that took."""
    people = office.browser("anora"), office.browser("bahrom")
    done = 0
    while done < most:
        given = [(person, task) for person in people for task in tasks(person)]
        if not given:
            break
        for person, task in given:
            with Session(office.engine) as session:
                value = truth(session, task["ticket"])
            sent = {"ticket": task["ticket"], "value": value, "seconds": 2.0}
            assert person.post("/api/v1/key", sent).status_code == 200
            done += 1
    return done


def test_a_goal_is_shown_before_it_is_kept_and_nothing_waits_without_one(office: Workplace) -> None:
    boss = office.browser("supervisor")
    assert tasks(office.browser("anora")) == []
    page = boss.form("/goals", **GOAL)
    assert page.status_code == 200 and 'id="preview"' in page.text
    assert re.search(r"Some \d+ fields are left", page.text)
    with Session(office.engine) as session:
        assert goals_in_force(session) == [] and sampling_levels(session) == {}


def test_people_key_until_it_is_reached_and_the_queue_stops(office: Workplace) -> None:
    keeper = office.options["goals"] = GoalKeeper(office.engine)
    boss = office.browser("supervisor")
    assert boss.form("/goals", **GOAL, confirmed="true").status_code == 303
    assert 'data-reached="no"' in boss.get("/goals").text
    keyed = 0
    for _ in range(20):
        more = key_all(office, 3 * CARDS)
        keyed += more
        keeper.plan()
        if 'data-reached="yes"' in boss.get("/goals").text:
            break
    page = boss.get("/goals").text
    assert 'data-reached="yes"' in page
    assert 30 < keyed < 1.3 * CARDS, "a part is enough"
    assert tasks(office.browser("anora")) == [] and tasks(office.browser("bahrom")) == []
    with Session(office.engine) as session:
        assert set(sampling_levels(session).values()) == {0.0}


def test_a_goal_can_be_dropped(office: Workplace) -> None:
    boss = office.browser("supervisor")
    boss.form("/goals", **GOAL, confirmed="true")
    with Session(office.engine) as session:
        (goal,) = goals_in_force(session)
    assert tasks(office.browser("anora"))
    boss.form(f"/goals/{goal.id}/drop")
    with Session(office.engine) as session:
        assert goals_in_force(session) == []
        dropped = session.scalars(select(PrecisionGoal)).one()
        assert dropped.person == "supervisor" and dropped.first_day == date(2016, 1, 1)
    assert tasks(office.browser("bahrom")) == []


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"dimension": "shoe size"}, "Choose what the numbers are by."),
        ({"within": "much"}, "Write a number from 0.1 to 50."),
        ({"within": "0"}, "Write a number from 0.1 to 50."),
        ({"last_day": "2015-01-01"}, "the second not before the first"),
        ({"first_day": "yesterday"}, "the second not before the first"),
    ],
)
def test_what_is_no_goal_is_said(office: Workplace, change: dict[str, str], said: str) -> None:
    page = office.browser("supervisor").form("/goals", **GOAL | change)
    assert page.status_code == 422 and said in page.text and "aria-invalid" in page.text


def test_where_people_key_by_another_rule_the_page_says_so(office: Workplace) -> None:
    office.rules = DeskRules(keying="statistical")
    assert 'id="not-kept"' in office.browser("supervisor").get("/goals").text


def test_a_page_does_not_wait_for_what_was_reckoned_lately(office: Workplace, monkeypatch: pytest.MonkeyPatch) -> None:
    boss, reckoned = office.browser("supervisor"), []
    boss.form("/goals", **GOAL, confirmed="true")

    def counted(session: Session, goal: Goal) -> Standing:
        reckoned.append(goal.dimension)
        return standing(session, goal)

    monkeypatch.setattr("migcards.goal_keeper.standing", counted)
    assert "Reckoned: " in boss.get("/goals").text and reckoned == []
    boss.form("/goals", **GOAL | {"dimension": "sex"})
    assert reckoned == ["sex"], "what is only proposed is reckoned"
    monkeypatch.setattr("migcards.goal_keeper.FRESH", timedelta(0))
    boss.get("/goals")
    assert reckoned == ["sex", "region"]


def test_the_thread_reckons_again_and_the_page_shows_its_last(
    office: Workplace, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in {"FRESH": timedelta(0), "PAUSE_S": 0.01, "REST": 0.0}.items():
        monkeypatch.setattr(f"migcards.goal_keeper.{name}", value)
    keeper = office.options["goals"] = GoalKeeper(office.engine)
    office.browser("supervisor").form("/goals", **GOAL, confirmed="true")

    def reckoned_at() -> datetime:
        with Session(office.engine) as session:
            return keeper.view(session, goals_in_force(session))[0].at

    keeper.start()
    try:
        first = moment = reckoned_at()
        until = time.monotonic() + 20
        while moment == first and time.monotonic() < until:
            moment = reckoned_at()
    finally:
        keeper.stop()
    assert moment > first
