"""What stands on one stamp is keyed on one picture; what names a person is never keyed together with anything."""

from __future__ import annotations

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from review.assignment.policy import DeskRules
from review.assignment.same_zone import by_zone
from review.cards.flags import Flagging
from review.decisions.decision_log import decide
from review.desk import Desk, Person
from store.tables import Lease
from tests.review.desk import ANNA, BORIS, BOSS, LATER, NOW, RULES, wait
from tests.store.cards import DEPARTURE, form

STAMP = {"crossing_date": "not_sure", "checkpoint": "not_sure"}


def places(session: Session, person: Person, **wanted: object) -> list[tuple[int, str]]:
    tasks = Desk(session, person, NOW, RULES).assign(**wanted)  # type: ignore[arg-type]
    return [(task.card_id, task.field) for task in tasks]


def key(session: Session, person: Person, field: str, value: str) -> None:
    (ticket,) = session.scalars(select(Lease.ticket).filter_by(field=field, person=person.login))
    Desk(session, person, NOW, RULES).key(ticket, value, seconds=1)


def test_the_shipped_forms_have_one_zone_for_date_and_place() -> None:
    fields = form("revised-departure").by_name
    assert fields["crossing_date"].box == fields["checkpoint"].box


def test_date_and_place_of_one_stamp_come_together_the_date_first(session: Session) -> None:
    cards = [wait(session, n, **STAMP, sex="not_sure") for n in (1, 2, 3)]
    got = places(session, ANNA, count=1)
    assert [field for _, field in got] == ["crossing_date", "checkpoint"] and len({card_id for card_id, _ in got}) == 1
    others = places(session, BORIS, count=3)
    assert [field for _, field in others] == ["crossing_date", "checkpoint"] * 2
    assert {card_id for card_id, _ in got + others} == set(cards), "nobody else has a part of it"
    assert places(session, ANNA, count=1) == got, "what one holds comes again, whole and in its order"


def test_more_than_wanted_comes_only_to_end_a_zone(session: Session) -> None:
    for n in range(1, 5):
        wait(session, n, **STAMP)
    assert [len(places(session, Person(f"p{count}", "reviewer"), count=count)) for count in (1, 3)] == [2, 4]
    assert len(session.scalars(select(Lease)).all()) == 6, "no more is held than is before somebody"


def test_one_kind_of_field_alone_is_alone(session: Session) -> None:
    card_id = wait(session, **STAMP)
    assert places(session, ANNA, field="checkpoint") == [(card_id, "checkpoint")]


def test_what_does_not_wait_for_this_person_does_not_come_along(session: Session) -> None:
    card_id = wait(session, **STAMP)
    places(session, ANNA)
    key(session, ANNA, "checkpoint", "TJ-R1")
    key(session, ANNA, "crossing_date", "2016-03-05")
    assert places(session, ANNA) == []
    assert places(session, BORIS) == [(card_id, "crossing_date"), (card_id, "checkpoint")]
    key(session, BORIS, "crossing_date", DEPARTURE["crossing_date"])
    key(session, BORIS, "checkpoint", "TJ-R1")
    assert places(session, BOSS) == [(card_id, "crossing_date")], "two agree about the place"


def test_a_first_and_a_second_key_go_together(session: Session) -> None:
    card_id = wait(session, **STAMP)
    places(session, ANNA, field="checkpoint")
    key(session, ANNA, "checkpoint", "TJ-R1")
    assert places(session, BORIS) == [(card_id, "crossing_date"), (card_id, "checkpoint")]
    turns = {row.field: row.turn for row in session.scalars(select(Lease).filter_by(person="boris"))}
    assert turns == {"crossing_date": "key", "checkpoint": "verify"}


def test_who_adjudicates_gets_no_first_key_along(session: Session) -> None:
    card_id = wait(session, **STAMP)
    for person, day in ((ANNA, "2016-03-05"), (BORIS, "2016-03-06")):
        places(session, person, field="crossing_date")
        key(session, person, "crossing_date", day)
    assert places(session, BOSS) == [(card_id, "crossing_date")]


@pytest.mark.parametrize("field", ["surname", "birth_date", "occupation"])
def test_other_fields_of_the_card_do_not_come_along(session: Session, field: str) -> None:
    card_id = wait(session, **{field: "not_sure", "checkpoint": "not_sure"})
    assert len(places(session, ANNA)) == 1
    assert places(session, BORIS) != [] and card_id


def test_a_personal_field_is_always_alone(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    """Not even where a form puts two of them into one zone."""
    wait(session, surname="not_sure", given_name="not_sure")
    for spec in form("revised-departure").fields:
        if spec.name == "given_name":
            monkeypatch.setitem(spec.__dict__, "box", form("revised-departure").by_name["surname"].box)
    tasks = Desk(session, ANNA, NOW, RULES).assign(count=1)
    assert len(tasks) == 1 and [len(zone) for zone in by_zone(tasks)] == [1]


def test_a_known_field_comes_alone(session: Session) -> None:
    first, second = (wait(session, n, **STAMP) for n in (1, 2))
    for person, kind in ((BORIS, "key"), (Person("vera", "reviewer"), "verify")):
        decide(session, first, "crossing_date", "2016-03-05", person=person.login, kind=kind)  # type: ignore[arg-type]
    always = DeskRules(control_share=1.0)
    tasks = Desk(session, ANNA, NOW, always).assign(count=1)
    assert [(task.card_id, task.field) for task in tasks] == [(first, "crossing_date")]
    assert second


def test_a_card_set_aside_goes_with_all_of_its_zone(session: Session) -> None:
    card_id = wait(session, **STAMP)
    places(session, ANNA)
    Flagging(session, ANNA, NOW).flag(card_id, "crossing_date", "other", "")
    assert session.scalars(select(Lease)).all() == []


def test_what_ran_out_goes_to_others_together(session: Session) -> None:
    card_id = wait(session, **STAMP)
    places(session, ANNA)
    tasks = Desk(session, BORIS, LATER, RULES).assign()
    assert [(task.card_id, task.field) for task in tasks] == [(card_id, "crossing_date"), (card_id, "checkpoint")]
