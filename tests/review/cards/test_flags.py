"""Cards set aside for a supervisor."""

from __future__ import annotations

import pytest
from sqlalchemy.orm import Session

from ocr.errors import BadInputError
from review.cards.flags import flag, open_flags, resolve
from review.desk import draw
from tests.review.desk import ANNA, BORIS, BOSS, NOW, RULES, one, wait
from tests.store.cards import scan


def test_a_flagged_card_waits_unseen_until_it_is_resolved(session: Session) -> None:
    card_id = wait(session, sex="not_sure", education="not_sure")
    task = one(session, ANNA)
    number = flag(session, ANNA, task.card_id, task.field, "wrong_card", " two sheets ", NOW)
    for person in (ANNA, BORIS, BOSS):
        assert draw(session, person, now=NOW, rules=RULES) == []
    (found,) = open_flags(session)
    assert (found.id, found.card_id, found.scan, found.kind) == (number, card_id, scan(1), "wrong_card")
    assert (found.note, found.person, found.field, found.at) == ("two sheets", "anna", "sex", NOW)
    resolve(session, BOSS, number, NOW)
    assert open_flags(session) == [] and one(session, ANNA).card_id == card_id


def test_sent_twice_it_is_one_flag(session: Session) -> None:
    card_id = wait(session)
    assert flag(session, ANNA, card_id, "sex", "rescan", "", NOW) == flag(
        session, ANNA, card_id, "sex", "rescan", "", NOW
    )
    assert len(open_flags(session)) == 1


def test_what_cannot_be_flagged_or_resolved(session: Session) -> None:
    card_id = wait(session)
    with pytest.raises(BadInputError, match="kind"):
        flag(session, ANNA, card_id, "sex", "ugly", "", NOW)  # type: ignore[arg-type]
    with pytest.raises(BadInputError, match="no card"):
        flag(session, ANNA, card_id + 1, "sex", "other", "", NOW)
    number = flag(session, ANNA, card_id, "sex", "other", "", NOW)
    with pytest.raises(BadInputError, match="supervisor"):
        resolve(session, ANNA, number, NOW)
    resolve(session, BOSS, number, NOW)
    with pytest.raises(BadInputError, match="before"):
        resolve(session, BOSS, number, NOW)
