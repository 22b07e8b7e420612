"""A supervisor's word: corrections and reopenings, with a reason, history kept."""

from __future__ import annotations

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from ocr.errors import BadInputError
from review.decisions.decision_log import undo
from review.desk import Desk
from store.tables import Decision, Record, Waiting
from tests.review.desk import ANNA, BORIS, BOSS, NOW, answer, one, wait
from tests.store.cards import card, current_values, form
from tests.store.test_cards import save


def test_a_correction_holds_whatever_was_there(session: Session) -> None:
    card_id = save(session, card(1))
    made = Desk(session, BOSS, NOW).correct(card_id, "sex", "F", "the tick is struck out")
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
    (made,) = Desk(session, BOSS, NOW).reopen(card_id, "sex", "it is a woman's name")
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
    (made,) = Desk(session, BOSS, NOW).reopen(card_id, "education", "looks odd")
    assert current_values(session, card_id)["education"] is None
    undo(session, made.id, "boss")
    assert current_values(session, card_id)["education"] == "5"


def test_a_whole_card_is_reopened_but_for_what_waits_unkeyed(session: Session) -> None:
    card_id = wait(session, sex="not_sure", education="not_sure", duration="audit")
    answer(session, ANNA, "F")
    made = Desk(session, BOSS, NOW).reopen(card_id, None, "another card's values")
    names = set(form("revised-departure").by_name)
    assert {decision.field for decision in made} == names - {"education"}
    assert set(session.scalars(select(Waiting.field))) == names
    assert set(current_values(session, card_id).values()) == {None}
    assert session.get_one(Waiting, (card_id, "sex")).keyed_by == ""


def test_what_is_refused(session: Session) -> None:
    card_id = wait(session)
    for attempt, words in (
        (lambda: Desk(session, ANNA, NOW).correct(card_id, "sex", "F", "why"), "supervisor"),
        (lambda: Desk(session, BOSS, NOW).correct(card_id, "sex", "F", " "), "reason"),
        (lambda: Desk(session, BOSS, NOW).correct(card_id, "sex", "X", "why"), "sex"),
        (lambda: Desk(session, BOSS, NOW).correct(card_id, "nothing", "X", "why"), "no field"),
        (lambda: Desk(session, BOSS, NOW).correct(99, "sex", "F", "why"), "no card"),
        (lambda: Desk(session, ANNA, NOW).reopen(card_id, "sex", "why"), "supervisor"),
        (lambda: Desk(session, BOSS, NOW).reopen(card_id, "education", ""), "reason"),
        (lambda: Desk(session, BOSS, NOW).reopen(card_id, "sex", "why"), "already"),
        (lambda: Desk(session, BOSS, NOW).reopen(card_id, "nothing", "why"), "no field"),
    ):
        with pytest.raises(BadInputError, match=words):
            attempt()
    assert session.scalars(select(Decision)).all() == []
