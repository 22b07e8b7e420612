"""What waits for people, and in which order."""

from __future__ import annotations

from sqlalchemy.orm import Session

from review.assignment.queue import counts, waiting
from review.decisions.decision_log import decide
from store.draws import number_of
from tests.store.cards import QUAD, card, form, scan
from tests.store.test_cards import save


def test_dates_first_then_required_facts_then_the_rest_in_the_order_of_the_draws(session: Session) -> None:
    first = save(session, card(1, review={"education": ("not_sure",), "crossing_date": ("not_sure",)}))
    second = save(session, card(2, review={"sex": ("doubtful_mark",), "crossing_date": ("not_sure",)}))
    drawn = sorted((first, second), key=lambda n: number_of(scan(n)))
    assert [(item.field, item.card_id) for item in waiting(session)] == [
        *(("crossing_date", card_id) for card_id in drawn),
        ("sex", second),
        ("education", first),
    ]


def test_an_item_says_where_to_cut_and_why(session: Session) -> None:
    reading = card(1, review={"surname": ("not_sure", "corrected")})
    card_id = save(session, reading)
    (item,) = waiting(session)
    assert (item.card_id, item.serial, item.scan, item.path) == (card_id, reading.serial, scan(1), f"box/{scan(1)}.png")
    assert (item.quad, item.rotation, item.form) == (QUAD, 0, "revised-departure")
    assert (item.version, item.field, item.personal) == (form("revised-departure").version, "surname", True)
    assert item.why == ("not_sure", "corrected")
    assert item.since.utcoffset() is not None


def test_one_field_can_be_asked_for_and_pages_turned(session: Session) -> None:
    for n in range(1, 6):
        save(session, card(n, review={"sex": ("not_sure",), "education": ("not_sure",)}))
    cards = [item.card_id for item in waiting(session, field="education")]
    assert cards == sorted(cards, key=lambda n: number_of(scan(n))) and len(cards) == 5
    assert [item.card_id for item in waiting(session, field="education", limit=2, offset=2)] == cards[2:4]


def test_counts_add_up(session: Session) -> None:
    save(session, card(1, review={"education": ("not_sure",), "crossing_date": ("not_sure", "corrected")}))
    card_id = save(session, card(2, review={"sex": ("doubtful_mark",), "crossing_date": ("not_sure",)}))
    found = counts(session)
    assert (found.total, found.cards) == (4, 2)
    assert list(found.by_field.items()) == [("crossing_date", 2), ("sex", 1), ("education", 1)]
    decide(session, card_id, "sex", "F", person="p", kind="key")
    assert counts(session).total == 3


def test_an_empty_queue(session: Session) -> None:
    save(session, card(1))
    assert waiting(session) == []
    assert counts(session).total == counts(session).cards == 0
