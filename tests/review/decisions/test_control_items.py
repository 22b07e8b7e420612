"""Control items, mixed in unseen."""

from __future__ import annotations

from dataclasses import replace

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from review.assignment.policy import DeskRules
from review.desk import Desk, Task, progress
from store.tables import ControlItem, Decision, Lease
from tests.review.desk import ANNA, BORIS, BOSS, NOW, RULES, VERA, answer, one, wait

ALWAYS = DeskRules(control_share=1.0)


@pytest.fixture
def known(session: Session) -> int:
    """A card whose sex two people keyed the same, F; and another that waits."""
    card_id = wait(session, 1)
    answer(session, ANNA, "F")
    answer(session, BORIS, "F")
    wait(session, 2)
    return card_id


def item_of(session: Session, known: int) -> Task:
    task = one(session, VERA, rules=ALWAYS)
    assert task.card_id == known and session.scalars(select(Lease.turn)).all() == ["control"]
    return task


def test_a_known_field_looks_like_any_other(session: Session, known: int) -> None:
    item = item_of(session, known)
    usual = one(session, BORIS)
    same = replace(item, ticket=usual.ticket, card_id=usual.card_id, scan=usual.scan, path=usual.path)
    assert same == usual


@pytest.mark.parametrize(("value", "right"), [("F", True), ("M", False), ("?", False)])
def test_only_right_or_wrong_is_kept(session: Session, known: int, value: str, right: bool) -> None:
    item = item_of(session, known)
    before = session.scalars(select(Decision.id)).all()
    done = Desk(session, VERA, NOW, RULES).key(item.ticket, value, seconds=3)
    again = Desk(session, VERA, NOW, RULES).key(item.ticket, value, seconds=3)
    assert done == again and done.decision_id is None
    (kept,) = session.scalars(select(ControlItem)).all()
    assert (kept.person, kept.right, kept.seconds, kept.at) == ("vera", right, 3.0, NOW)
    assert session.scalars(select(Decision.id)).all() == before
    assert progress(Desk(session, VERA, NOW)).today == 1


def test_nobody_is_asked_twice_or_what_they_keyed(session: Session, known: int) -> None:
    for person in (ANNA, BORIS):
        for task in Desk(session, person, NOW, ALWAYS).assign():
            assert task.card_id != known
            session.query(Lease).delete()
    item = item_of(session, known)
    Desk(session, VERA, NOW, RULES).key(item.ticket, "F", seconds=3)
    assert one(session, VERA, rules=ALWAYS).card_id != known


def test_undo_works_as_for_any_other(session: Session, known: int) -> None:
    item = item_of(session, known)
    Desk(session, VERA, NOW, RULES).key(item.ticket, "M", seconds=3)
    back = Desk(session, VERA, NOW, RULES).take_back(item.ticket)
    assert (back.card_id, back.turn) == (known, "key")
    Desk(session, VERA, NOW, RULES).key(back.ticket, "F", seconds=3)
    assert session.scalars(select(ControlItem.right).order_by(ControlItem.id)).all() == [False, True]


def test_what_was_reopened_is_sure_no_more(session: Session, known: int) -> None:
    Desk(session, BOSS, NOW).reopen(known, "sex", "doubt")
    assert all(task.why != () and task.turn == "key" for task in Desk(session, VERA, NOW, ALWAYS).assign())
    assert "control" not in session.scalars(select(Lease.turn)).all()


def test_a_key_that_only_the_machine_seconds_is_not_sure(session: Session) -> None:
    wait(session, 1)
    answer(session, ANNA, "M")
    wait(session, 2)
    one(session, VERA, rules=ALWAYS)
    assert session.scalars(select(Lease.turn)).all() == ["key"]


def test_the_share_is_kept(session: Session) -> None:
    for n in range(1, 31):
        wait(session, n)
        answer(session, ANNA, "F")
        answer(session, BORIS, "F")
    for n in range(31, 61):
        wait(session, n)
    Desk(session, VERA, NOW, DeskRules(control_share=0.5)).assign(count=30)
    turns = session.scalars(select(Lease.turn)).all()
    assert 4 <= turns.count("control") <= 26, "fails by chance once in 100,000"
