"""Cards set aside for a supervisor."""

from __future__ import annotations

import pytest
from sqlalchemy.orm import Session

from ocr.errors import BadInputError
from review.cards.flags import Flagging, open_flags
from review.desk import Desk
from tests.review.desk import ANNA, BORIS, BOSS, NOW, RULES, one, wait
from tests.store.cards import scan


def test_a_flagged_card_waits_unseen_until_it_is_resolved(session: Session) -> None:
    card_id = wait(session, sex="not_sure", education="not_sure")
    task = one(session, ANNA)
    number = Flagging(session, ANNA, NOW).flag(task.card_id, task.field, "wrong_card", " two sheets ")
    for person in (ANNA, BORIS, BOSS):
        assert Desk(session, person, NOW, RULES).assign() == []
    (found,) = open_flags(session)
    assert (found.id, found.card_id, found.scan, found.kind) == (number, card_id, scan(1), "wrong_card")
    assert (found.note, found.person, found.field, found.at) == ("two sheets", "anna", "sex", NOW)
    Flagging(session, BOSS, NOW).resolve(number)
    assert open_flags(session) == [] and one(session, ANNA).card_id == card_id


def test_sent_twice_it_is_one_flag(session: Session) -> None:
    card_id = wait(session)
    first, again = (Flagging(session, ANNA, NOW).flag(card_id, "sex", "rescan", "") for _ in range(2))
    assert first == again
    assert len(open_flags(session)) == 1


def test_what_cannot_be_flagged_or_resolved(session: Session) -> None:
    card_id = wait(session)
    with pytest.raises(BadInputError, match="kind"):
        Flagging(session, ANNA, NOW).flag(card_id, "sex", "ugly", "")  # type: ignore[arg-type]
    with pytest.raises(BadInputError, match="no card"):
        Flagging(session, ANNA, NOW).flag(card_id + 1, "sex", "other", "")
    number = Flagging(session, ANNA, NOW).flag(card_id, "sex", "other", "")
    with pytest.raises(BadInputError, match="supervisor"):
        Flagging(session, ANNA, NOW).resolve(number)
    Flagging(session, BOSS, NOW).resolve(number)
    with pytest.raises(BadInputError, match="before"):
        Flagging(session, BOSS, NOW).resolve(number)
