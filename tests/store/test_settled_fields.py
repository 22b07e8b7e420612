"""What the network may be fitted to, and what it may be judged by."""

from __future__ import annotations

from datetime import UTC, datetime

from sqlalchemy.orm import Session

from review.decisions.decision_log import DecisionKind, DecisionNote, append, decide, locked_card, undo
from store.card_state import Policy
from store.settled_fields import SettledCard, settled_cards
from tests.store.cards import card, scan
from tests.store.test_cards import save

REVIEW = {
    "surname": ("not_sure",), "given_name": ("not_sure",), "sector": ("not_sure",), "occupation": ("not_sure",),
    "education": ("audit",),
}  # fmt: skip


def settled(session: Session) -> SettledCard:
    (found,) = settled_cards(session)
    return found


def key(
    session: Session,
    card_id: int,
    field: str,
    value: str,
    person: str,
    policy: Policy,
    *,
    kind: DecisionKind = "key",
    agrees: bool = False,
) -> None:
    """A key as the desk keeps it."""
    note = DecisionNote(person, kind, datetime.now(UTC), policy=policy, agrees=agrees)
    append(session, locked_card(session, card_id), field, value, note)


def test_cards_that_nobody_touched_teach_nothing(session: Session) -> None:
    save(session, card(1, review=REVIEW))
    assert list(settled_cards(session)) == []


def test_two_keys_teach_and_one_does_not(session: Session) -> None:
    card_id = save(session, card(1, review=REVIEW))
    key(session, card_id, "surname", "РАҲИМОВА", "p", "double")
    key(session, card_id, "surname", "РАҲИМОВА", "q", "double", kind="verify")
    key(session, card_id, "given_name", "ВАЛӢ", "p", "double")
    decide(session, card_id, "sector", "A", person="boss", kind="adjudicate")
    found = settled(session)
    assert found.scan == scan(1)
    assert found.sure == {"surname": "РАҲИМОВА", "sector": "A"}
    assert found.decided == {"surname": "РАҲИМОВА", "sector": "A"}


def test_a_key_that_says_what_the_machine_said_is_the_second_of_two(session: Session) -> None:
    card_id = save(session, card(1, review=REVIEW))
    key(session, card_id, "surname", "РАҲИМЗОДА", "p", "blind", agrees=True)
    key(session, card_id, "occupation", "9999", "p", "blind")
    assert settled(session).sure == {"surname": "РАҲИМЗОДА"}


def test_the_audit_judges_and_never_teaches(session: Session) -> None:
    card_id = save(session, card(1, review=REVIEW))
    decide(session, card_id, "education", "1", person="p", kind="audit")
    found = settled(session)
    assert found.sure == {} and found.decided == {"education": "1"}
    assert "sex" in found.accepted and not {"education", "surname"} & set(found.accepted)
    assert {"education", "sex"} <= found.stood and "surname" not in found.stood


def test_a_value_that_stood_and_was_corrected_by_chance_neither_teaches_nor_judges(session: Session) -> None:
    card_id = save(session, card(1, review=REVIEW))
    decide(session, card_id, "sex", "F", person="boss", kind="adjudicate")
    found = settled(session)
    assert found.sure == {} and found.decided == {}


def test_what_was_prefilled_or_taken_back_does_not_count(session: Session) -> None:
    card_id = save(session, card(1, review=REVIEW))
    decide(session, card_id, "sector", "A", person="boss", kind="adjudicate", shown="prefilled")
    made = decide(session, card_id, "occupation", "7112", person="boss", kind="adjudicate")
    undo(session, made.id, "boss")
    found = settled(session)
    assert found.sure == {} and found.decided == {}
