"""Names and numbers of a card that somebody needs: asked for with a reason, taken back as long as nobody has begun."""

from __future__ import annotations

from dataclasses import replace

import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from review.assignment.policy import DeskRules
from review.cards.requests import Requesting, card_requests
from review.desk import Desk, Person
from review.errors import ReviewError
from store.tables import RequestedCard
from tests.review.desk import ANNA, BOSS, LATER, NOW, RULES, VERA, wait

STATISTICAL = replace(RULES, keying="statistical")
REASONS = {"surname": "not_sure", "card_no": "not_sure", "sex": "not_sure"}


def at_desk(session: Session, person: Person = BOSS, rules: DeskRules = STATISTICAL) -> Requesting:
    return Requesting(session, person, NOW, rules)


def later(session: Session, card_id: int, rules: DeskRules = STATISTICAL) -> tuple[str, ...]:
    return card_requests(session, card_id, Desk(session, BOSS, NOW, rules).demand).later


@pytest.mark.parametrize("keying", ["statistical", "goals"])
def test_what_waits_until_it_is_needed_is_keyed_once_it_is_asked_for(session: Session, keying: str) -> None:
    rules = replace(RULES, keying=keying)  # type: ignore[arg-type]
    card_id, other = wait(session, 1, **REASONS), wait(session, 2, **REASONS)
    assert set(later(session, card_id, rules)) == {"surname", "card_no"}
    at_desk(session, rules=rules).request(card_id, " a court asks ")
    assert later(session, card_id, rules) == () and len(later(session, other, rules)) == 2
    (row,) = session.scalars(select(RequestedCard))
    assert (row.card_id, row.person, row.at, row.reason) == (card_id, "boss", NOW, "a court asks")


def test_where_everything_is_keyed_nothing_waits_to_be_asked_for(session: Session) -> None:
    card_id = wait(session, **REASONS)
    assert later(session, card_id, RULES) == ()
    with pytest.raises(ReviewError, match="nothing to ask for"):
        at_desk(session, rules=RULES).request(card_id, "a court asks")


def test_sent_twice_it_is_one_request(session: Session) -> None:
    card_id = wait(session, **REASONS)
    for _ in range(2):
        at_desk(session).request(card_id, "a court asks")
    assert len(session.scalars(select(RequestedCard)).all()) == 1
    with pytest.raises(ReviewError, match="already, by boss"):
        at_desk(session, Person("other", "supervisor")).request(card_id, "another court")


def test_a_request_is_taken_back_and_stays_in_the_history(session: Session) -> None:
    card_id = wait(session, **REASONS)
    at_desk(session).request(card_id, "a court asks")
    Requesting(session, Person("other", "supervisor"), LATER, STATISTICAL).withdraw(card_id)
    assert set(later(session, card_id)) == {"surname", "card_no"}
    at_desk(session).request(card_id, "it asks again")
    found = card_requests(session, card_id, at_desk(session).demand)
    assert [(row.reason, row.withdrawn_by, row.withdrawn_at) for row in found.asked] == [
        ("a court asks", "other", LATER),
        ("it asks again", None, None),
    ]
    assert found.in_force is found.asked[1] and not found.begun


def test_once_somebody_has_begun_it_is_not_taken_back(session: Session) -> None:
    card_id = wait(session, **REASONS)
    at_desk(session).request(card_id, "a court asks")
    for field, begun in (("sex", False), ("surname", True)):
        (task,) = Desk(session, ANNA, NOW, STATISTICAL).assign(count=1, field=field)
        Desk(session, ANNA, NOW, STATISTICAL).key(task.ticket, "?", seconds=1.0)
        assert card_requests(session, card_id, at_desk(session).demand).begun is begun
    with pytest.raises(ReviewError, match="begun to key"):
        at_desk(session).withdraw(card_id)


@pytest.mark.parametrize("person", [ANNA, VERA, Person("op", "operator"), Person("an", "analyst")])
def test_only_supervisors_ask_and_take_back(session: Session, person: Person) -> None:
    card_id = wait(session, **REASONS)
    with pytest.raises(ReviewError, match="supervisor"):
        at_desk(session, person).request(card_id, "curious")
    at_desk(session).request(card_id, "a court asks")
    with pytest.raises(ReviewError, match="supervisor"):
        at_desk(session, person).withdraw(card_id)


def test_what_cannot_be_asked_for(session: Session) -> None:
    card_id, sure = wait(session, 1, **REASONS), wait(session, 2)
    with pytest.raises(ReviewError, match="reason is needed"):
        at_desk(session).request(card_id, "  ")
    with pytest.raises(ReviewError, match="nothing to ask for"):
        at_desk(session).request(sure, "a court asks")
    with pytest.raises(ReviewError, match="no card"):
        at_desk(session).request(sure + 1, "a court asks")
    with pytest.raises(ReviewError, match="Nobody asked"):
        at_desk(session).withdraw(card_id)


def test_the_database_keeps_one_request_in_force(session: Session) -> None:
    card_id = wait(session, **REASONS)
    session.add_all(RequestedCard(card_id=card_id, person=p, at=NOW, reason="r") for p in ("a", "b"))
    with pytest.raises(IntegrityError):
        session.flush()
