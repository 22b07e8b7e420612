"""What the audit found, by column of the record."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from review.decisions.decision_log import decide, undo
from store.audits import AuditOutcome, audit_outcomes
from store.tables import Decision
from tests.store.cards import card
from tests.store.test_cards import save


def audit(session: Session, n: int, decided: str, why: tuple[str, ...] = ("audit",)) -> int:
    """The purpose of a card, read as 1, is looked at; returns the decision's id."""
    card_id = save(session, card(n, review={"purpose": why}))
    decide(session, card_id, "purpose", decided, person="p", kind="audit")
    return session.scalars(select(Decision.id).order_by(Decision.id.desc()).limit(1)).one()


def test_audits_count_by_column_and_those_taken_back_do_not(session: Session) -> None:
    audit(session, 1, "1")
    audit(session, 2, "2")
    audit(session, 3, "3", why=("not_sure", "audit"))
    undo(session, audit(session, 4, "2"), person="p")
    save(session, card(5, review={"purpose": ("audit",)}))
    found = audit_outcomes(session, ["purpose", "region", "direction"])
    assert found == [AuditOutcome(2, 1, 0.003), AuditOutcome(0, 0, 0.0014)], "no reading fills the direction"


def test_without_cards_there_is_nothing_to_be_wrong(session: Session) -> None:
    assert audit_outcomes(session, ["purpose"]) == []
