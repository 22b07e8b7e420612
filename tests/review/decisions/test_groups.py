"""Many alike at once: what is in a group, what keeping and striking do."""

from __future__ import annotations

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from review.assignment.policy import DeskRules
from review.decisions.groups import STRUCK, Group
from review.desk import Desk, GoneError
from store.tables import Decision, Lease, Waiting
from tests.review.desk import ANNA, BORIS, LATER, NOW, RULES, answer, wait
from tests.store.cards import card, current_values
from tests.store.test_cards import save

MALE = Group("sex", "M", 5)


@pytest.fixture(autouse=True)
def five(session: Session) -> list[int]:
    """Five cards on which the machine reads a man, and things that are no group."""
    ids = [wait(session, n, sex="not_sure", surname="not_sure") for n in range(1, 6)]
    wait(session, 6, sex="audit")
    save(session, card(7, values={"sex": "F"}, review={"sex": ("not_sure",)}))
    return ids


def test_groups_are_what_the_machine_reads_alike(session: Session) -> None:
    assert Desk(session, ANNA, NOW, RULES).groups() == [MALE]
    assert Desk(session, ANNA, NOW, DeskRules({"sex": "double"})).groups() == []
    assert Desk(session, ANNA, NOW, DeskRules({"sex": "double"})).assign_group("sex", "M", count=9) == []


def test_a_group_is_leased_to_one_person(session: Session, five: list[int]) -> None:
    tasks = Desk(session, ANNA, NOW, RULES).assign_group("sex", "M", count=4)
    assert [task.card_id for task in sorted(tasks, key=lambda t: t.card_id)] == five[:4]
    assert Desk(session, ANNA, NOW).task(tasks[0].ticket).field == "sex"
    assert len(Desk(session, BORIS, NOW, RULES).assign_group("sex", "M", count=4)) == 1
    assert len(Desk(session, BORIS, NOW, RULES).assign(field="sex", count=9)) == 2, "the audit and the woman"
    assert Desk(session, ANNA, NOW, RULES).assign(field="sex") == []
    again = Desk(session, ANNA, NOW, RULES).assign_group("sex", "M", count=4)
    assert {task.card_id for task in again} == set(five[:4])


def test_the_tickets_of_a_group_are_not_for_keying(session: Session) -> None:
    task = Desk(session, ANNA, NOW, RULES).assign_group("sex", "M", count=1)[0]
    with pytest.raises(GoneError):
        Desk(session, ANNA, NOW, RULES).key(task.ticket, "F", seconds=1)


def test_kept_ones_settle_and_struck_ones_go_to_two_people(session: Session, five: list[int]) -> None:
    tasks = Desk(session, ANNA, NOW, RULES).assign_group("sex", "M", count=5)
    odd = next(task for task in tasks if task.card_id == five[2])
    kept = [task.ticket for task in tasks if task is not odd]
    done = Desk(session, ANNA, NOW, RULES).key_group("M", kept, [odd.ticket], seconds=10)
    assert (done.settled, done.struck, done.gone) == (4, 1, ())
    assert [current_values(session, card_id)["sex"] for card_id in five] == ["M", "M", None, "M", "M"]
    made = session.scalars(select(Decision).order_by(Decision.card_id)).all()
    assert {(d.shown, d.seconds, d.policy, d.kind) for d in made if d.kind == "key"} == {("group", 2.0, "", "key")}
    assert [d.reason for d in made if d.kind == "reopen"] == [STRUCK]
    assert session.scalars(select(Lease)).all() == []
    wait = session.get_one(Waiting, (five[2], "sex"))
    assert (wait.why, wait.alike) == ("reopened|not_sure", None)
    assert Desk(session, ANNA, LATER, RULES).key_group("M", kept, [odd.ticket], seconds=10) == done
    assert len(session.scalars(select(Decision)).all()) == 5


def test_a_struck_one_needs_two_people_even_if_the_first_sees_what_the_machine_saw(
    session: Session, five: list[int]
) -> None:
    task = Desk(session, ANNA, NOW, RULES).assign_group("sex", "M", count=1)[0]
    Desk(session, ANNA, NOW, RULES).key_group("M", [], [task.ticket], seconds=10)
    mine = next(t for t in Desk(session, BORIS, NOW, RULES).assign(field="sex", count=9) if t.card_id == task.card_id)
    Desk(session, BORIS, NOW, RULES).key(mine.ticket, "M", seconds=1)
    assert current_values(session, task.card_id)["sex"] is None


def test_what_was_lost_or_changed_is_gone_and_nothing_of_it_written(session: Session, five: list[int]) -> None:
    tasks = Desk(session, ANNA, NOW, RULES).assign_group("sex", "M", count=5)
    taken = Desk(session, BORIS, LATER, RULES).assign_group("sex", "M", count=1)[0]
    answer(session, BORIS, "F", now=LATER)
    tickets = [task.ticket for task in tasks]
    done = Desk(session, ANNA, LATER, RULES).key_group("M", tickets, [], seconds=1)
    lost = {task.ticket for task in tasks if task.card_id == taken.card_id}
    assert lost <= set(done.gone) and done.settled + len(done.gone) == 5
    assert Desk(session, BORIS, LATER, RULES).key_group("F", [taken.ticket], [], seconds=1).gone == (taken.ticket,)


def test_one_of_a_group_can_be_taken_back(session: Session) -> None:
    task = Desk(session, ANNA, NOW, RULES).assign_group("sex", "M", count=1)[0]
    Desk(session, ANNA, NOW, RULES).key_group("M", [task.ticket], [], seconds=1)
    assert Desk(session, ANNA, NOW, RULES).take_back(task.ticket).turn == "key"
