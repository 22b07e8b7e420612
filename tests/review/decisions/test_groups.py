"""Many alike at once: what is in a group, what keeping and striking do."""

from __future__ import annotations

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from review.assignment.policy import DeskRules
from review.decisions.groups import STRUCK, Group, draw_group, groups, key_group
from review.desk import GoneError, draw, held, key, take_back
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
    assert groups(session, RULES) == [MALE]
    assert groups(session, DeskRules({"sex": "double"})) == []
    assert draw_group(session, ANNA, "sex", "M", count=9, now=NOW, rules=DeskRules({"sex": "double"})) == []


def test_a_group_is_leased_to_one_person(session: Session, five: list[int]) -> None:
    tasks = draw_group(session, ANNA, "sex", "M", count=4, now=NOW, rules=RULES)
    assert [task.card_id for task in sorted(tasks, key=lambda t: t.card_id)] == five[:4]
    assert held(session, ANNA, tasks[0].ticket, NOW).field == "sex"
    assert len(draw_group(session, BORIS, "sex", "M", count=4, now=NOW, rules=RULES)) == 1
    assert len(draw(session, BORIS, field="sex", count=9, now=NOW, rules=RULES)) == 2, "the audit and the woman"
    assert draw(session, ANNA, field="sex", now=NOW, rules=RULES) == []
    again = draw_group(session, ANNA, "sex", "M", count=4, now=NOW, rules=RULES)
    assert {task.card_id for task in again} == set(five[:4])


def test_the_tickets_of_a_group_are_not_for_keying(session: Session) -> None:
    task = draw_group(session, ANNA, "sex", "M", count=1, now=NOW, rules=RULES)[0]
    with pytest.raises(GoneError):
        key(session, ANNA, task.ticket, "F", seconds=1, shown="", now=NOW, rules=RULES)


def test_kept_ones_settle_and_struck_ones_go_to_two_people(session: Session, five: list[int]) -> None:
    tasks = draw_group(session, ANNA, "sex", "M", count=5, now=NOW, rules=RULES)
    odd = next(task for task in tasks if task.card_id == five[2])
    kept = [task.ticket for task in tasks if task is not odd]
    done = key_group(session, ANNA, "M", kept, [odd.ticket], seconds=10, now=NOW, rules=RULES)
    assert (done.settled, done.struck, done.gone) == (4, 1, ())
    assert [current_values(session, card_id)["sex"] for card_id in five] == ["M", "M", None, "M", "M"]
    made = session.scalars(select(Decision).order_by(Decision.card_id)).all()
    assert {(d.shown, d.seconds, d.policy, d.kind) for d in made if d.kind == "key"} == {("group", 2.0, "", "key")}
    assert [d.reason for d in made if d.kind == "reopen"] == [STRUCK]
    assert session.scalars(select(Lease)).all() == []
    wait = session.get_one(Waiting, (five[2], "sex"))
    assert (wait.why, wait.alike) == ("reopened|not_sure", None)
    assert key_group(session, ANNA, "M", kept, [odd.ticket], seconds=10, now=LATER, rules=RULES) == done
    assert len(session.scalars(select(Decision)).all()) == 5


def test_a_struck_one_needs_two_people_even_if_the_first_sees_what_the_machine_saw(
    session: Session, five: list[int]
) -> None:
    task = draw_group(session, ANNA, "sex", "M", count=1, now=NOW, rules=RULES)[0]
    key_group(session, ANNA, "M", [], [task.ticket], seconds=10, now=NOW, rules=RULES)
    mine = next(
        t for t in draw(session, BORIS, field="sex", count=9, now=NOW, rules=RULES) if t.card_id == task.card_id
    )
    key(session, BORIS, mine.ticket, "M", seconds=1, shown="", now=NOW, rules=RULES)
    assert current_values(session, task.card_id)["sex"] is None


def test_what_was_lost_or_changed_is_gone_and_nothing_of_it_written(session: Session, five: list[int]) -> None:
    tasks = draw_group(session, ANNA, "sex", "M", count=5, now=NOW, rules=RULES)
    taken = draw_group(session, BORIS, "sex", "M", count=1, now=LATER, rules=RULES)[0]
    answer(session, BORIS, "F", now=LATER)
    tickets = [task.ticket for task in tasks]
    done = key_group(session, ANNA, "M", tickets, [], seconds=1, now=LATER, rules=RULES)
    lost = {task.ticket for task in tasks if task.card_id == taken.card_id}
    assert lost <= set(done.gone) and done.settled + len(done.gone) == 5
    assert key_group(session, BORIS, "F", [taken.ticket], [], seconds=1, now=LATER, rules=RULES).gone == (taken.ticket,)


def test_one_of_a_group_can_be_taken_back(session: Session) -> None:
    task = draw_group(session, ANNA, "sex", "M", count=1, now=NOW, rules=RULES)[0]
    key_group(session, ANNA, "M", [task.ticket], [], seconds=1, now=NOW, rules=RULES)
    assert take_back(session, ANNA, task.ticket, NOW, RULES).turn == "key"
