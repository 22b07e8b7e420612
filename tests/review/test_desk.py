"""Keying at the desk: who gets what, when an answer counts, and what settles."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from ocr.errors import BadInputError
from review.assignment.policy import DeskRules
from review.assignment.progress import pace
from review.assignment.queue import waiting
from review.decisions.decision_log import decide
from review.desk import Answer, Desk, GoneError, Person, progress
from store.tables import Decision, Lease, Waiting
from tests.review.desk import ANNA, BORIS, BOSS, LATER, NOW, RULES, VERA, answer, one, wait
from tests.store.cards import QUAD, current_values, form, scan


def test_a_task_says_where_to_cut_and_nothing_of_the_reading(session: Session) -> None:
    card_id = wait(session)
    task = one(session, ANNA)
    assert (task.card_id, task.field, task.turn, task.policy) == (card_id, "sex", "key", "blind")
    assert (task.scan, task.path, task.quad, task.rotation) == (scan(1), f"box/{scan(1)}.png", QUAD, 0)
    assert (task.form, task.direction, task.spec) == ("revised-departure", "D", form(task.form).by_name["sex"])
    assert (task.prefill, task.answers, task.why) == (None, (), ("not_sure",))
    assert task.until == NOW + timedelta(minutes=10)


def test_where_person_and_machine_agree_the_value_stands(session: Session) -> None:
    card_id = wait(session)
    done = answer(session, ANNA, "M")
    kept = session.get_one(Decision, done.decision_id)
    assert (kept.kind, kept.policy, kept.agrees, kept.person, kept.seconds) == ("key", "blind", True, "anna", 2.0)
    assert kept.at == NOW and kept.ticket
    assert current_values(session, card_id)["sex"] == "M" and waiting(session) == []


def test_where_they_differ_a_second_person_sees_it_blind(session: Session) -> None:
    card_id = wait(session)
    answer(session, ANNA, "F")
    assert Desk(session, ANNA, NOW, RULES).assign() == [], "nobody checks their own work"
    task = one(session, BORIS)
    assert (task.turn, task.prefill, task.answers) == ("verify", None, ())
    Desk(session, BORIS, NOW, RULES).key(task.ticket, "F", seconds=1)
    assert current_values(session, card_id)["sex"] == "F"


def test_where_two_people_differ_a_supervisor_sees_all_three(session: Session) -> None:
    card_id = wait(session)
    answer(session, ANNA, "F")
    answer(session, BORIS, "?")
    assert Desk(session, VERA, NOW, RULES).assign() == []
    task = one(session, BOSS)
    assert (task.turn, task.answers) == ("adjudicate", (Answer("machine", "M"), Answer("1", "F"), Answer("2", "?")))
    Desk(session, BOSS, NOW, RULES).key(task.ticket, "F", seconds=9, shown="card")
    assert current_values(session, card_id)["sex"] == "F"
    kinds = session.scalars(select(Decision.kind).order_by(Decision.id)).all()
    assert kinds == ["key", "verify", "adjudicate"]


def test_a_person_who_keyed_does_not_adjudicate(session: Session) -> None:
    wait(session)
    answer(session, BOSS, "F")
    answer(session, BORIS, "?")
    assert Desk(session, BOSS, NOW, RULES).assign() == []
    assert one(session, Person("chief", "supervisor")).turn == "adjudicate"


def test_a_person_that_nobody_can_read_agrees_with_nobody(session: Session) -> None:
    """The machine's `?` says 'in no dictionary', a person's often 'cannot be read'."""
    wait(session)
    answer(session, ANNA, "?")
    assert one(session, BORIS).turn == "verify"


def test_double_needs_two_people_whatever_the_machine_read(session: Session) -> None:
    rules = DeskRules({"sex": "double"}, control_share=0.0)
    card_id = wait(session)
    answer(session, ANNA, "M", rules=rules)
    assert current_values(session, card_id)["sex"] is None
    answer(session, BORIS, "M", rules=rules)
    assert current_values(session, card_id)["sex"] == "M"


def test_prefilled_shows_the_machines_value_and_one_key_settles(session: Session) -> None:
    rules = DeskRules({"sex": "prefilled"}, control_share=0.0)
    card_id = wait(session)
    assert one(session, ANNA, rules=rules).prefill == "M"
    done = answer(session, ANNA, "F", rules=rules)
    kept = session.get_one(Decision, done.decision_id)
    assert (kept.shown, kept.policy, kept.agrees) == ("prefilled", "", False)
    assert current_values(session, card_id)["sex"] == "F"


def test_an_audit_is_blind_whatever_the_policy(session: Session) -> None:
    rules = DeskRules({"sex": "prefilled"}, control_share=0.0)
    card_id = wait(session, sex="audit")
    task = one(session, ANNA, rules=rules)
    assert (task.policy, task.prefill) == ("blind", None)
    kept = session.get_one(Decision, answer(session, ANNA, "F", rules=rules).decision_id)
    assert (kept.kind, kept.policy, kept.shown) == ("audit", "blind", "")
    assert current_values(session, card_id)["sex"] == "M", "it stands until a second person has looked"
    kept = session.get_one(Decision, answer(session, BORIS, "F", rules=rules).decision_id)
    assert kept.kind == "verify" and current_values(session, card_id)["sex"] == "F"


def test_equal_answers_compare_equal_however_they_are_typed(session: Session) -> None:
    card_id = wait(session, surname="not_sure")
    answer(session, ANNA, " саидов ")
    answer(session, BORIS, "САИДОВ")
    assert current_values(session, card_id)["surname"] == "САИДОВ"


def test_what_the_machine_read_agrees_even_if_written_otherwise(session: Session) -> None:
    wait(session, surname="not_sure")
    kept = session.get_one(Decision, answer(session, ANNA, "Раҳимзода").decision_id)
    assert kept.agrees and kept.value is None


def test_a_ticket_counts_once(session: Session) -> None:
    wait(session)
    task = one(session, ANNA)
    first = Desk(session, ANNA, NOW, RULES).key(task.ticket, "F", seconds=1)
    again = Desk(session, ANNA, LATER, RULES).key(task.ticket, "F", seconds=1)
    assert first == again and session.scalar(select(func.count()).select_from(Decision)) == 1


def test_two_people_never_hold_the_same_field(session: Session) -> None:
    for n in range(1, 5):
        wait(session, n)
    first = Desk(session, ANNA, NOW, RULES).assign(count=3)
    second = Desk(session, BORIS, NOW, RULES).assign(count=3)
    assert len({task.card_id for task in first + second}) == 4 == len(first) + len(second)


def test_own_leases_come_first_and_are_renewed(session: Session) -> None:
    for n in range(1, 6):
        wait(session, n)
    first = Desk(session, ANNA, NOW, RULES).assign(count=2)
    soon = NOW + timedelta(minutes=9)
    again = Desk(session, ANNA, soon, RULES).assign(count=3)
    assert [task.ticket for task in again[:2]] == [task.ticket for task in first]
    assert {task.until for task in again} == {soon + timedelta(minutes=10)}


def test_an_expired_lease_counts_until_another_takes_the_field(session: Session) -> None:
    wait(session)
    task = one(session, ANNA)
    assert Desk(session, ANNA, LATER).task(task.ticket).card_id == task.card_id
    other = one(session, BORIS, now=LATER)
    assert other.card_id == task.card_id
    for attempt in (
        lambda: Desk(session, ANNA, LATER).task(task.ticket),
        lambda: Desk(session, ANNA, LATER, RULES).key(task.ticket, "F", seconds=1),
        lambda: Desk(session, ANNA, LATER).task(other.ticket),
    ):
        with pytest.raises(GoneError):
            attempt()
    assert session.scalars(select(Decision)).all() == []


def test_an_expired_lease_that_nobody_took_counts(session: Session) -> None:
    wait(session)
    task = one(session, ANNA)
    assert Desk(session, ANNA, LATER, RULES).key(task.ticket, "M", seconds=1).decision_id


def test_a_field_that_somebody_decided_meanwhile_is_gone(session: Session) -> None:
    card_id = wait(session)
    task = one(session, ANNA)
    decide(session, card_id, "sex", "F", person="boss", kind="correct")
    with pytest.raises(GoneError, match="another person"):
        Desk(session, ANNA, NOW, RULES).key(task.ticket, "M", seconds=1)
    with pytest.raises(GoneError):
        Desk(session, ANNA, NOW).task(task.ticket)
    assert Desk(session, ANNA, NOW, RULES).assign() == []
    assert session.scalars(select(Lease)).all() == [], "what fell away is not held on to"


def test_an_impossible_value_is_refused_and_the_field_stays(session: Session) -> None:
    wait(session)
    task = one(session, ANNA)
    with pytest.raises(BadInputError, match="sex"):
        Desk(session, ANNA, NOW, RULES).key(task.ticket, "X", seconds=1)
    assert one(session, ANNA).ticket == task.ticket


def test_a_released_field_goes_to_others(session: Session) -> None:
    wait(session)
    task = one(session, ANNA)
    Desk(session, BORIS, NOW).release([task.ticket])
    assert Desk(session, BORIS, NOW, RULES).assign() == [], "only one's own field can be given back"
    Desk(session, ANNA, NOW).release([task.ticket])
    assert one(session, BORIS).card_id == task.card_id


@pytest.mark.parametrize("role", ["operator", "analyst", "administrator"])
def test_other_roles_key_nothing(session: Session, role: str) -> None:
    wait(session)
    assert Desk(session, Person("x", role), NOW, RULES).assign() == []


def test_fields_come_in_the_order_of_the_queue_and_one_kind_at_a_time(session: Session) -> None:
    for n in range(1, 4):
        wait(session, n, education="not_sure", crossing_date="not_sure", sex="not_sure")
    drawn = []
    while tasks := Desk(session, ANNA, NOW, RULES).assign(count=2):
        drawn.append(tasks[0].field)
        Desk(session, ANNA, NOW, RULES).key(tasks[0].ticket, "?", seconds=1)
    assert drawn == ["crossing_date"] * 3 + ["sex"] * 3 + ["education"] * 3
    assert {task.field for task in Desk(session, BORIS, NOW, RULES).assign(field="education")} == {"education"}


def test_nobody_gets_two_fields_of_one_card_while_there_are_others(session: Session) -> None:
    for n in range(1, 21):
        wait(session, n, surname="not_sure", given_name="not_sure")
    held_cards = [task.card_id for task in Desk(session, ANNA, NOW, RULES).assign(field="given_name", count=3)]
    for _ in range(5):
        tasks = Desk(session, BORIS, NOW, RULES).assign(field="given_name", count=1)
        Desk(session, BORIS, NOW, RULES).key(tasks[0].ticket, "?", seconds=1)
    more = Desk(session, ANNA, NOW, RULES).assign(field="surname", count=15)
    assert len(more) == 15 and not {task.card_id for task in more} & set(held_cards)
    keyed = set(session.scalars(select(Decision.card_id)))
    names = Desk(session, BORIS, NOW, RULES).assign(field="surname", count=2)
    assert not {task.card_id for task in names} & keyed, "nobody sees a whole identity without need"


def test_pairs_form_by_chance(session: Session) -> None:
    for n in range(1, 31):
        wait(session, n)
    for _ in range(30):
        answer(session, ANNA, "F")
    ids = session.scalars(select(Waiting.card_id).order_by(Waiting.card_id)).all()
    drawn = {task.card_id for task in Desk(session, BORIS, NOW, RULES).assign(count=5)}
    assert len(drawn) == 5 and drawn <= set(ids)
    assert drawn != set(ids[:5]), "one in 142,506 fails by chance"


def test_undo_puts_the_field_before_the_person_again(session: Session) -> None:
    card_id = wait(session)
    task = one(session, ANNA)
    Desk(session, ANNA, NOW, RULES).key(task.ticket, "F", seconds=1)
    back = Desk(session, ANNA, NOW, RULES).take_back(task.ticket)
    assert (back.card_id, back.field, back.turn) == (card_id, "sex", "key") and back.ticket != task.ticket
    assert Desk(session, ANNA, NOW, RULES).take_back(task.ticket) == back, "sent twice it counts once"
    Desk(session, ANNA, NOW, RULES).key(back.ticket, "M", seconds=1)
    assert current_values(session, card_id)["sex"] == "M"
    assert [d.kind for d in session.scalars(select(Decision).order_by(Decision.id))] == ["key", "undo", "key"]


def test_undo_of_ones_own_second_key_is_possible(session: Session) -> None:
    wait(session)
    answer(session, ANNA, "F")
    task = one(session, BORIS)
    Desk(session, BORIS, NOW, RULES).key(task.ticket, "F", seconds=1)
    assert Desk(session, BORIS, NOW, RULES).take_back(task.ticket).turn == "verify"


def test_undo_is_refused_once_somebody_built_on_the_answer(session: Session) -> None:
    wait(session)
    task = one(session, ANNA)
    Desk(session, ANNA, NOW, RULES).key(task.ticket, "F", seconds=1)
    with pytest.raises(BadInputError, match="no answer of yours"):
        Desk(session, BORIS, NOW, RULES).take_back(task.ticket)
    other = one(session, BORIS)
    session.commit()
    with pytest.raises(BadInputError, match="before them now"):
        Desk(session, ANNA, NOW, RULES).take_back(task.ticket)
    session.rollback()
    Desk(session, BORIS, NOW, RULES).key(other.ticket, "F", seconds=1)
    with pytest.raises(BadInputError, match="second person"):
        Desk(session, ANNA, NOW, RULES).take_back(task.ticket)


def test_progress_counts_ones_own_work_and_what_waits(session: Session) -> None:
    for n in range(1, 4):
        wait(session, n, sex="not_sure", crossing_date="not_sure")
    answer(session, ANNA, "?", now=NOW)
    answer(session, ANNA, "?", now=NOW + timedelta(seconds=30))
    found = progress(Desk(session, ANNA, NOW + timedelta(minutes=1)))
    assert (found.today, found.per_hour) == (2, 0.0)
    assert found.waiting == {"crossing_date": 3, "sex": 3} and found.turns == {"key": 4, "verify": 2}
    tomorrow = progress(Desk(session, ANNA, NOW + timedelta(days=1)))
    assert tomorrow.today == 0
    assert progress(Desk(session, Person("x", "analyst"), NOW)).waiting == {}


def test_ten_keys_make_a_pace_and_pauses_count_for_nothing() -> None:
    moments = [NOW + timedelta(seconds=30 * n) for n in range(10)]
    assert pace(moments) == pytest.approx(120) and pace(moments[:9]) == 0
    assert pace([NOW - timedelta(hours=3), *moments]) == pytest.approx(120)


def test_a_login_that_ends_like_anothers_is_another_person(session: Session) -> None:
    wait(session)
    answer(session, Person("joanna", "reviewer"), "F")
    assert one(session, ANNA).turn == "verify"
    assert session.scalars(select(Waiting.keyed_by)).all() == ["joanna|"]
