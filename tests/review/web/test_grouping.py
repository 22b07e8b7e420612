"""Groups of fields that the machine reads alike."""

from __future__ import annotations

from sqlalchemy.orm import Session

from tests.review.web.site import Workplace
from tests.store.cards import current_values


def test_a_screen_is_settled_but_for_the_struck_ones(workplace: Workplace) -> None:
    cards = [workplace.wait(n, residence_district="not_sure") for n in range(1, 6)]
    browser = workplace.browser("reviewer")
    (group,) = browser.get("/api/v1/groups").json()
    assert (group["value"], group["value_label"], group["count"]) == ("TJ-SU-01", "Khujand (TJ-SU-01)", 5)
    assert "/groups/residence_district?value=TJ-SU-01" in browser.get("/groups").text
    page = browser.get("/groups/residence_district?value=TJ-SU-01").text
    assert 'id="group-value">Khujand (TJ-SU-01)<' in page
    tasks = browser.post("/api/v1/groups/assign", {"field": group["field"], "value": group["value"]}).json()
    tickets = [task["ticket"] for task in tasks]
    assert len(tickets) == 5 and browser.get(tasks[0]["crop"]).status_code == 200
    body = {"value": "TJ-SU-01", "kept": tickets[1:], "struck": tickets[:1], "seconds": 9}
    assert browser.post("/api/v1/groups/key", body).json() == {"settled": 4, "struck": 1, "gone": 0}
    with Session(workplace.engine) as session:
        values = [current_values(session, card)["residence_district"] for card in cards]
    assert sorted(values, key=str) == [None, *["TJ-SU-01"] * 4]
    (task,) = workplace.browser("second").post("/api/v1/assign", {}).json()
    assert task["field"] == "residence_district", "the struck one waits in the ordinary queue"


def test_a_group_that_is_no_more_says_so(workplace: Workplace) -> None:
    page = workplace.browser("reviewer").get("/groups/sex?value=M")
    assert page.status_code == 404 and "no such group" in page.text
