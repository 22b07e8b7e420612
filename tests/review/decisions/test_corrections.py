"""A supervisor's word: corrections and reopenings, with a reason, history kept."""

from __future__ import annotations

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from ocr.errors import BadInputError
from review.decisions.corrections import correct, reopen
from review.decisions.decision_log import undo
from store.tables import Decision, Record, Waiting
from tests.review.desk import ANNA, BORIS, BOSS, NOW, answer, one, wait
from tests.store.cards import card, current_values, form
from tests.store.test_cards import save


def test_a_correction_holds_whatever_was_there(session: Session) -> None:
    card_id = save(session, card(1))
    made = correct(session, BOSS, card_id, "sex", "F", "the tick is struck out", now=NOW)
    assert (made.kind, made.person, made.policy, made.reason, made.at) == (
        "correct",
        "boss",
        "",
        "the tick is struck out",
        NOW,
    )
    assert current_values(session, card_id)["sex"] == "F"
    assert session.get_one(Record, card_id).sex == "F"


def test_a_reopened_field_is_keyed_by_two_people(session: Session) -> None:
    card_id = wait(session)
    answer(session, ANNA, "M")
    (made,) = reopen(session, BOSS, card_id, "sex", "it is a woman's name", now=NOW)
    assert (made.kind, made.value) == ("reopen", None)
    assert session.get_one(Waiting, (card_id, "sex")).why == "reopened|not_sure"
    assert current_values(session, card_id)["sex"] is None
    assert one(session, BORIS).policy == "double"
    answer(session, BORIS, "M")
    assert current_values(session, card_id)["sex"] is None
    answer(session, ANNA, "M")
    assert current_values(session, card_id)["sex"] == "M"


def test_a_value_that_the_machine_alone_accepted_can_be_reopened(session: Session) -> None:
    card_id = save(session, card(1))
    (made,) = reopen(session, BOSS, card_id, "education", "looks odd", now=NOW)
    assert current_values(session, card_id)["education"] is None
    undo(session, made.id, "boss")
    assert current_values(session, card_id)["education"] == "5"


def test_a_whole_card_is_reopened_but_for_what_waits_unkeyed(session: Session) -> None:
    card_id = wait(session, sex="not_sure", education="not_sure", duration="audit")
    answer(session, ANNA, "F")
    made = reopen(session, BOSS, card_id, None, "another card's values", now=NOW)
    names = set(form("revised-departure").by_name)
    assert {decision.field for decision in made} == names - {"education"}
    assert set(session.scalars(select(Waiting.field))) == names
    assert set(current_values(session, card_id).values()) == {None}
    assert session.get_one(Waiting, (card_id, "sex")).keyed_by == ""


def test_what_is_refused(session: Session) -> None:
    card_id = wait(session)
    for attempt, words in (
        (lambda: correct(session, ANNA, card_id, "sex", "F", "why", now=NOW), "supervisor"),
        (lambda: correct(session, BOSS, card_id, "sex", "F", " ", now=NOW), "reason"),
        (lambda: correct(session, BOSS, card_id, "sex", "X", "why", now=NOW), "sex"),
        (lambda: correct(session, BOSS, card_id, "nothing", "X", "why", now=NOW), "no field"),
        (lambda: correct(session, BOSS, 99, "sex", "F", "why", now=NOW), "no card"),
        (lambda: reopen(session, ANNA, card_id, "sex", "why", now=NOW), "supervisor"),
        (lambda: reopen(session, BOSS, card_id, "education", "", now=NOW), "reason"),
        (lambda: reopen(session, BOSS, card_id, "sex", "why", now=NOW), "already"),
        (lambda: reopen(session, BOSS, card_id, "nothing", "why", now=NOW), "no field"),
    ):
        with pytest.raises(BadInputError, match=words):
            attempt()
    assert session.scalars(select(Decision)).all() == []
