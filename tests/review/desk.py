"""A desk with made-up cards and people."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from sqlalchemy.orm import Session

from review.assignment.policy import DeskRules
from review.desk import Desk, KeyingResult, Person, Task
from tests.store.cards import card
from tests.store.test_cards import save

NOW = datetime(2024, 5, 6, 9, tzinfo=UTC)
LATER = NOW + timedelta(hours=1)
ANNA, BORIS, VERA, BOSS = (
    Person("anna", "reviewer"),
    Person("boris", "reviewer"),
    Person("vera", "reviewer"),
    Person("boss", "supervisor"),
)
RULES = DeskRules(control_share=0.0)


def wait(session: Session, n: int = 1, **why: str | None) -> int:
    """Save the n-th card with fields that wait, by default `sex`, which the machine reads as M; returns its id."""
    reasons = why or {"sex": "not_sure"}
    return save(session, card(n, review={name: (reason,) for name, reason in reasons.items() if reason}))


def one(session: Session, person: Person, now: datetime = NOW, rules: DeskRules = RULES) -> Task:
    """The only task that a person gets."""
    (task,) = Desk(session, person, now, rules).assign()
    return task


def answer(session: Session, person: Person, value: str, now: datetime = NOW, rules: DeskRules = RULES) -> KeyingResult:
    """Draw the next task and answer it."""
    task = Desk(session, person, now, rules).assign(count=1)[0]
    return Desk(session, person, now, rules).key(task.ticket, value, seconds=2.0)
