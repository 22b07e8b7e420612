"""What supervisors say of two scans that may show one card."""

from __future__ import annotations

import pytest
from sqlalchemy.orm import Session

from ocr.forms.serial import serial_number
from review.cards.pair_view import pair_view
from review.decisions.duplicates import (
    PairDesk,
    count_waiting,
    decided_pairs,
    next_waiting,
    pairs_of_card,
    waiting_pairs,
)
from review.errors import ReviewError
from tests.review.desk import ANNA, BOSS, NOW
from tests.store.signatures import ink
from tests.store.test_cards import records
from tests.store.test_duplicates import RESCAN, save


def desk(session: Session, person: object = BOSS) -> PairDesk:
    return PairDesk(session, person, NOW)  # type: ignore[arg-type]


def test_a_word_counts_once_and_another_must_be_taken_back_first(session: Session) -> None:
    first, again = save(session, 1, ink(1)), save(session, 3, ink(1, RESCAN), numbered=False)
    (listed,) = waiting_pairs(session)
    assert (listed.card_id, listed.other_id, count_waiting(session)) == (again, first, 1)
    desk(session).decide(listed.id, "different", " two hands ")
    desk(session).decide(listed.id, "different")
    assert records(session) == [first, again] and count_waiting(session) == 0
    with pytest.raises(ReviewError, match="otherwise"):
        desk(session).decide(listed.id, "same")
    (decided,) = decided_pairs(session)
    assert (decided.id, decided.verdict, decided.person) == (listed.id, "different", "boss")
    desk(session).take_back(listed.id)
    assert records(session) == [first] and count_waiting(session) == 1 and decided_pairs(session) == []
    with pytest.raises(ReviewError, match="nothing to take back"):
        desk(session).take_back(listed.id)


def test_only_supervisors_decide_and_only_of_pairs_there_are(session: Session) -> None:
    save(session, 1, ink(1))
    save(session, 3, ink(1, RESCAN), numbered=False)
    with pytest.raises(ReviewError, match="supervisor"):
        desk(session, ANNA).decide(1, "same")
    with pytest.raises(ReviewError, match="no pair 9"):
        desk(session).decide(9, "same")
    with pytest.raises(ReviewError, match="no pair 9"):
        pair_view(session, 9, personal=False)


def test_the_next_pair_comes_round(session: Session) -> None:
    for n in (1, 2, 3):
        save(session, n, ink(n))
        save(session, n, ink(n, RESCAN), at=n + 50)
    one, two, three = (pair.id for pair in waiting_pairs(session))
    assert [next_waiting(session, after) for after in (0, one, two, three)] == [one, two, three, one]
    desk(session).decide(two, "same")
    assert next_waiting(session, one) == three
    for pair in (one, three):
        desk(session).decide(pair, "same")
    assert next_waiting(session, three) is None


def test_a_card_shows_its_pairs_with_earlier_and_later_ones(session: Session) -> None:
    first = save(session, 1, ink(1))
    second = save(session, 1, ink(1, RESCAN), at=50)
    save(session, 2, ink(2))
    assert [pair.id for pair in pairs_of_card(session, first)] == [pair.id for pair in pairs_of_card(session, second)]
    assert len(pairs_of_card(session, first)) == 1 and pairs_of_card(session, 3) == []


def test_two_cards_side_by_side_say_what_they_differ_in_but_not_names(session: Session) -> None:
    save(session, 1, ink(1))
    save(session, 3, ink(1, RESCAN))
    view = pair_view(session, 1, personal=False)
    differ = {line.spec.name: (line.earlier, line.later) for line in view.lines if line.differs}
    assert differ == {"card_no": (serial_number(1), serial_number(3))}
    surname = next(line for line in view.lines if line.spec.name == "surname")
    assert (surname.hidden, surname.later, surname.differs) == (True, None, False)
    (open_,) = [line for line in pair_view(session, 1, personal=True).lines if line.spec.name == "surname"]
    assert (open_.earlier, open_.hidden) == ("РАҲИМЗОДА", False)
