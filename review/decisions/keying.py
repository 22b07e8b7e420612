"""Answers: kept under the ticket of a lease, and taken back by whoever gave them. The caller commits."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from ocr.confidence.values import canonical
from ocr.errors import BadInputError
from ocr.forms.definition import FieldSpec
from review.assignment.leases import Place, drop, own_lease, take
from review.assignment.policy import DeskRules, policy_now, settling
from review.assignment.tasks import CHANGED, CHECK, GoneError, Person, Task, tasks_of
from review.decisions.control_items import append_check, is_right, known_value
from review.decisions.decision_log import DecisionNote, append, locked_card, role_of, undo
from review.decisions.validation import checked
from store.card_state import UNKNOWN, Decided, WaitingField, taken_back
from store.records import CardNow, refresh
from store.tables import ControlItem, Decision, Lease


@dataclass(frozen=True)
class KeyingResult:
    """An answer that was kept. `decision_id` is None where the value was known: that is not for the person to see."""

    decision_id: int | None
    field: str
    card_id: int


def key(
    session: Session,
    person: Person,
    ticket: str,
    value: str,
    *,
    seconds: float,
    shown: str,
    reason: str = "",
    now: datetime,
    rules: DeskRules,
) -> KeyingResult:
    """Keep a person's answer about a field that they hold. The same ticket twice counts once.

    A lease whose time was over counts as long as nobody else took the field.

    Parameters
    ----------
    value
        As for `review.decisions.validation.checked`.
    shown
        What the person saw beside the crop; ``prefilled`` is set where it was.

    Raises
    ------
    GoneError
        The person does not hold the field any more, or somebody decided about it: nothing is written.
    BadInputError
        The field cannot have this value.
    """
    if done := _done(session, person, ticket):
        return done
    lease = own_lease(session, person, ticket)
    place = Place(lease.card_id, lease.field, lease.turn)
    card = locked_card(session, place.card_id)
    if done := _done(session, person, ticket):  # the same answer came by two ways at once
        return done
    spec = card.form.by_name[place.field]
    value = checked(spec, value)
    note = DecisionNote(person.login, place.turn, now, seconds, shown, reason, ticket=ticket)
    if place.turn == CHECK:
        known = known_value(session, place.card_id, place.field)
        if known is not None:
            append_check(session, place, note, right=is_right(spec, value, known))
        drop(session, [ticket])
        return KeyingResult(None, place.field, place.card_id)
    decision = append(session, card, place.field, value, _ruled(note, card, place, value, rules))
    drop(session, [ticket])
    refresh(session, [place.card_id])
    return KeyingResult(decision.id, place.field, place.card_id)


def take_back(session: Session, person: Person, ticket: str, now: datetime, rules: DeskRules) -> Task:
    """Undo an answer that the person gave under this ticket, and put the field before them again.

    Raises
    ------
    BadInputError
        There is no such answer, somebody built on it, or another person has the field before them now.
    """
    done = _done(session, person, ticket)
    if done is None:
        raise BadInputError("There is no answer of yours that could be taken back.")
    turn: str = CHECK
    if done.decision_id is not None:
        card = locked_card(session, done.card_id)
        _must_be_last(card.log, done.decision_id, done.field)
        if done.decision_id not in taken_back(card.log):
            undo(session, done.decision_id, person.login, now=now)
            card = locked_card(session, done.card_id)
        turn = next((str(wait.turn) for wait in card.state.waiting if wait.field == done.field), "")
        if not turn:
            raise BadInputError("Your answer cannot be taken back: without it, too, the field waits for nobody.")
    place = Place(done.card_id, done.field, turn)
    mine = session.scalars(
        select(Lease.ticket).filter_by(card_id=place.card_id, field=place.field, person=person.login)
    )
    tickets = mine.all() or take(session, person, [place], now, rules)
    for task in tasks_of(session, person, tickets, rules):
        return task
    raise BadInputError("Another person has this field before them now: they will see what it says.")


def agrees(spec: FieldSpec, machine: str | None, value: str) -> bool:
    """Whether a person keyed what the machine read; that something cannot be read is nothing to agree about."""
    return machine is not None and value != UNKNOWN and canonical(spec, machine) == canonical(spec, value)


def _ruled(note: DecisionNote, card: CardNow, place: Place, value: str, rules: DeskRules) -> DecisionNote:
    """The note with what the policy of the field makes of the answer."""
    spec, wait, machine = (
        card.form.by_name[place.field],
        _wait(card, place, note.person),
        card.readings[place.field].value,
    )
    policy = policy_now(spec, wait.turn, wait.why, machine, rules)
    return replace(
        note,
        kind=role_of(card, place.field, note.kind),
        shown="prefilled" if policy == "prefilled" else note.shown,
        policy=settling(policy, wait.turn),
        agrees=agrees(spec, machine, value),
    )


def _wait(card: CardNow, place: Place, login: str) -> WaitingField:
    """The field as it waits, if it does so still for this person's turn."""
    for wait in card.state.waiting:
        if wait.field == place.field and wait.turn == place.turn and login not in wait.keyed_by:
            return wait
    raise GoneError(CHANGED)


def _done(session: Session, person: Person, ticket: str) -> KeyingResult | None:
    """What was kept under a ticket before."""
    mine = {"ticket": ticket, "person": person.login}
    if decision := session.scalars(select(Decision).filter_by(**mine)).one_or_none():
        return KeyingResult(decision.id, decision.field, decision.card_id)
    if check := session.scalars(select(ControlItem).filter_by(**mine)).one_or_none():
        return KeyingResult(None, check.field, check.card_id)
    return None


def _must_be_last(log: Sequence[Decided], decision_id: int, field: str) -> None:
    """Raise BadInputError where a decision that stands was made about the field since."""
    void = taken_back(log)
    later = [d for d in log if d.field == field and d.id > decision_id and d.undoes is None and d.id not in void]
    if later:
        words = {"verify": "a second person keyed this field", "adjudicate": "a supervisor decided about this field"}
        what = words.get(later[0].kind, "somebody decided about this field")
        raise BadInputError(f"Your answer cannot be taken back: {what} meanwhile.")
