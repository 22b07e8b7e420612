"""Supervisors see everybody's figures, reviewers their own, all with intervals."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import update
from sqlalchemy.orm import Session

from review.assignment.policy import DeskRules
from review.desk import Desk, Person
from review.quality.figures import Share
from review.web.quality import WIDTH, scale_of
from store.tables import User
from tests.review.web.site import Workplace
from texts import LANGUAGES, Language

RULES = DeskRules(policies={"sex": "double"}, control_share=0.0)


@pytest.fixture
def busy(workplace: Workplace) -> Workplace:
    """A workplace in which two people keyed three fields each, and differed on one."""
    for n in range(1, 4):
        workplace.wait(n, sex="not_sure")
    with Session(workplace.engine) as session, session.begin():
        for login, values in (("anora", "MMM"), ("bahrom", "FMM")):
            person, now = Person(login, "reviewer"), workplace.clock()
            for value in values:
                (task,) = Desk(session, person, now, RULES).assign(count=1)
                Desk(session, person, now, RULES).key(task.ticket, value, seconds=3.0)
    return workplace


def test_supervisors_see_everybody(busy: Workplace) -> None:
    page = busy.browser("supervisor").get("/quality").text
    assert re.findall(r'data-person="(\w+)"', page) == ["anora", "bahrom"]
    assert "anora — bahrom" in page and "(1/3;" in page
    assert 'data-field="sex"' in page and "<svg" in page and "style=" not in page


def test_reviewers_see_their_own(busy: Workplace) -> None:
    page = busy.browser("anora").get("/quality").text
    assert "bahrom" not in page
    assert re.search(r'id="keyed">3<', page)
    assert re.findall(r'data-measure="(\w+)"', page) == ["control", "keyer", "verifier"]


def test_only_the_period_counts(busy: Workplace) -> None:
    busy.clock.wait(days=8)
    browser = busy.browser("anora")
    assert re.search(r'id="keyed">0<', browser.get("/quality?days=7").text)
    assert re.search(r'id="keyed">3<', browser.get("/quality?days=30").text)
    assert browser.get("/quality?days=0").status_code == 422


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_pages_are_there_in_every_language(busy: Workplace, language: Language) -> None:
    with Session(busy.engine) as session, session.begin():
        session.execute(update(User).values(language=language))
    browser = busy.browser("supervisor")
    for path in ("/quality", "/records", "/records/1"):
        assert f'<html lang="{language}">' in browser.get(path).text


@given(st.lists(st.tuples(st.integers(0, 40), st.integers(0, 40)), max_size=6))
def test_every_rate_fits_its_scale(pairs: list[tuple[int, int]]) -> None:
    shares = [Share(min(pair), max(pair)) for pair in pairs]
    scale = scale_of(shares)
    assert 0 < scale.most <= 1
    for share in shares:
        if share.rate is not None:
            assert share.rate <= scale.most
            assert 0 <= scale.at(share.bounds[0]) <= scale.at(share.rate) <= scale.at(share.bounds[1]) <= WIDTH
