"""Two scans of one card: seen by operators, decided by supervisors, names on demand."""

from __future__ import annotations

import logging
import re

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from store.records import refresh
from store.tables import DuplicatePair, PairDecision, Record
from tests.review.web.site import Browser, Workplace


@pytest.fixture
def site(workplace: Workplace) -> Browser:
    """A supervisor before two cards that were scanned twice."""
    for n in (1, 2):
        workplace.wait(n)
        workplace.wait(n, {"occupation": "5120"}, scan=50 + n)
    return workplace.browser("supervisor")


def pairs(page: str) -> list[int]:
    return [int(number) for number in re.findall(r'data-pair="(\d+)"', page)]


def counted(workplace: Workplace) -> list[int]:
    with Session(workplace.engine) as session:
        return list(session.scalars(select(Record.card_id).order_by(Record.card_id)))


def test_pairs_are_listed_and_counted(site: Browser, workplace: Workplace) -> None:
    assert pairs(site.get("/duplicates").text) == [1, 2]
    assert '<dd id="pairs"><a href="/duplicates">2</a>' in site.get("/").text
    assert pairs(site.get("/duplicates?card=4").text) == [2] and pairs(site.get("/duplicates?card=9").text) == []
    assert '/duplicates?card=4"' in site.get("/records/4").text
    assert pairs(workplace.browser("operator").get("/duplicates").text) == [1, 2]


def test_the_two_scans_stand_side_by_side_with_what_differs(site: Browser, workplace: Workplace) -> None:
    page = site.get("/duplicates/1").text
    assert re.findall(r'data-field="(\w+)"', page) == ["occupation"] and "5120" in page and "7112" in page
    assert [site.get(f"/duplicates/1/{side}").status_code for side in ("earlier", "later")] == [200, 200]
    assert all(kind == "card" and blank > 2 for kind, blank in workplace.cutter.asked)
    assert site.get("/duplicates/9").status_code == 422


def test_a_verdict_goes_on_to_the_next_pair_and_can_be_taken_back(site: Browser, workplace: Workplace) -> None:
    assert counted(workplace) == [1, 3]
    answer = site.form("/duplicates/1/decide", verdict="different", reason="two stamps")
    assert (answer.status_code, answer.headers["location"]) == (303, "/duplicates/2?done=1")
    assert 'href="/duplicates/1"' in site.get("/duplicates/2?done=1").text
    assert counted(workplace) == [1, 2, 3]
    answer = site.form("/duplicates/2/decide", verdict="same")
    assert answer.headers["location"] == "/duplicates/2?done=2" and counted(workplace) == [1, 2, 3]
    assert 'id="undo"' in site.get("/duplicates/2").text and pairs(site.get("/duplicates").text) == [2, 1]
    assert site.form("/duplicates/1/decide", verdict="same").status_code == 422, "it was decided otherwise"
    assert site.form("/duplicates/1/undo").headers["location"] == "/duplicates/1"
    assert counted(workplace) == [1, 3]
    assert site.form("/duplicates/1/decide", verdict="perhaps").status_code == 422
    with Session(workplace.engine) as session:
        said = session.execute(select(PairDecision.kind, PairDecision.person, PairDecision.reason)).all()
    assert [tuple(row) for row in said] == [
        ("different", "supervisor", "two stamps"),
        ("same", "supervisor", ""),
        ("undo", "supervisor", ""),
    ]


def test_names_are_shown_on_demand_and_that_is_logged(site: Browser, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, logger="migcards.looks")
    assert "РАҲИМЗОДА" not in site.get("/duplicates/1").text and not caplog.messages
    site.get("/duplicates/1?personal=1")
    assert caplog.messages == [f"supervisor looked at the personal fields of card {card}" for card in (2, 1)]


def test_an_operator_looks_without_names_and_decides_nothing(site: Browser, workplace: Workplace) -> None:
    operator = workplace.browser("operator")
    page = operator.get("/duplicates/1").text
    assert "data-key" not in page and "show-personal" not in page
    assert operator.get("/duplicates/1?personal=1").status_code == 403
    assert operator.get("/duplicates/1/later?personal=1").status_code == 200
    assert workplace.cutter.asked[-1][1] > 2, "names are painted over whatever the address says"


def test_a_pair_by_ink_says_how_far_the_two_differ(workplace: Workplace) -> None:
    workplace.wait(1)
    workplace.wait(2)
    with Session(workplace.engine) as session, session.begin():
        found = {"by_number": False, "distance": 0.0625, "found_at": workplace.clock()}
        session.add(DuplicatePair(card_id=2, other_id=1, **found))
        session.flush()
        refresh(session, [2])
    browser = workplace.browser("supervisor")
    for path in ("/duplicates", "/duplicates/1"):
        assert "differs by 6 %" in browser.get(path).text
