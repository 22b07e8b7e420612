"""Which fields people get: all, those that enter tables, or as many of these as the goals need; others once needed."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import get_args

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from review.assignment.demand import KeyingScope, demand_of, field_levels
from review.assignment.policy import DeskRules
from review.assignment.queue import counts, waiting
from review.desk import Desk, progress
from store.tables import RequestedCard, SamplingLevel, Waiting
from tests.review.desk import ANNA, NOW, wait
from tests.store.test_cards import save
from tests.store.test_doubts import doubtful

AT = datetime(2024, 5, 6, tzinfo=UTC)
REASONS = {"surname": "not_sure", "birth_date": "not_sure", "sex": "not_sure", "card_no": "not_sure"}


def given(session: Session, keying: KeyingScope) -> set[str]:
    """The fields that a person gets, one after the other."""
    rules, found = DeskRules(control_share=0.0, keying=keying), set()
    while tasks := Desk(session, ANNA, NOW, rules).assign(count=1):
        found.add(tasks[0].field)
        Desk(session, ANNA, NOW, rules).key(tasks[0].ticket, "?", seconds=1.0)
    return found


@pytest.mark.parametrize(
    ("keying", "wanted"),
    [("everything", set(REASONS)), ("statistical", {"birth_date", "sex"}), ("goals", set())],
)
def test_what_is_wanted_is_what_people_get_and_what_is_counted(
    session: Session, keying: KeyingScope, wanted: set[str]
) -> None:
    wait(session, **REASONS)
    demand = demand_of(session, keying)
    assert set(counts(session, demand).by_field) == wanted
    assert counts(session, demand).later == len(REASONS) - len(wanted)
    assert {item.field for item in waiting(session, demand=demand)} == wanted
    assert set(progress(Desk(session, ANNA, NOW, DeskRules(keying=keying))).waiting) == wanted
    assert given(session, keying) == wanted


@pytest.mark.parametrize("keying", get_args(KeyingScope))
def test_audits_are_always_wanted(session: Session, keying: KeyingScope) -> None:
    wait(session, surname="audit", sex="audit")
    assert given(session, keying) == {"surname", "sex"}


def test_identifying_fields_are_keyed_once_somebody_needs_them(session: Session) -> None:
    one, _ = wait(session, 1, **REASONS), wait(session, 2, surname="not_sure")
    session.add(RequestedCard(card_id=one, person="boss", at=AT, reason="a court asks"))
    session.flush()
    assert given(session, "statistical") == set(REASONS)
    left = session.execute(select(Waiting.card_id, Waiting.field).where(Waiting.turn == "key")).all()
    assert [tuple(row) for row in left] == [(2, "surname")]


def test_goals_take_the_least_draws_up_to_their_level(session: Session) -> None:
    for n in range(1, 21):
        save(session, doubtful(n, reads={"sex": (("M", 0.6), ("F", 0.4)), "occupation": (("7112", 0.4),)}))
    draws = sorted(session.scalars(select(Waiting.draw).where(Waiting.field == "sex")))
    session.add(SamplingLevel(variable="sex", level=5.0, at=AT))
    session.add(SamplingLevel(variable="sex", level=draws[7], at=AT))
    session.flush()
    assert field_levels(session) == {"sex": draws[7]}
    demand = demand_of(session, "goals")
    assert counts(session, demand).by_field == {"sex": 7}
    rules = DeskRules(control_share=0.0, keying="goals")
    tasks = Desk(session, ANNA, NOW, rules).assign(count=30)
    assert len(tasks) == 7 and {task.field for task in tasks} == {"sex"}
