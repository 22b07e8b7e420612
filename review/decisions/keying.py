"""Answers: kept under the ticket of a lease, and taken back by whoever gave them. The caller commits."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from sqlalchemy import select

from ocr.confidence.values import canonical
from ocr.errors import BadInputError
from ocr.forms.definition import FieldSpec
from review.assignment.leases import Leases, Place
from review.assignment.policy import DeskRules, kept_policy, policy_now
from review.assignment.tasks import CHANGED, CONTROL, GoneError, Task
from review.decisions.control_items import append_control_item, is_right, known_value
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


@dataclass(frozen=True)
class Keying(Leases):
    """Answers to fields that the person holds."""

    def key(self, ticket: str, value: str, *, seconds: float, shown: str = "", reason: str = "") -> KeyingResult:
        """Keep the answer about a field that the person holds. The same ticket twice counts once.

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
        if done := self._done(ticket):
            return done
        lease = self.own_lease(ticket)
        place = Place(lease.card_id, lease.field, lease.turn)
        card = locked_card(self.session, place.card_id)
        if done := self._done(ticket):  # the same answer came by two ways at once
            return done
        spec = card.form.by_name[place.field]
        value = checked(spec, value)
        note = DecisionNote(self.person.login, place.turn, self.now, seconds, shown, reason, ticket=ticket)
        if place.turn == CONTROL:
            known = known_value(self.session, place.card_id, place.field)
            if known is not None:
                append_control_item(self.session, place, note, right=is_right(spec, value, known))
            self.release([ticket])
            return KeyingResult(None, place.field, place.card_id)
        note = _under_policy(note, card, place, value, self.rules)
        decision = append(self.session, card, place.field, value, note)
        self.release([ticket])
        refresh(self.session, [place.card_id])
        return KeyingResult(decision.id, place.field, place.card_id)

    def take_back(self, ticket: str) -> Task:
        """Undo an answer that the person gave under this ticket, and put the field before them again.

        Raises
        ------
        BadInputError
            There is no such answer, somebody built on it, or another person has the field before them now.
        """
        done = self._done(ticket)
        if done is None:
            raise BadInputError("There is no answer of yours that could be taken back.")
        turn = CONTROL if done.decision_id is None else self._undone(done, done.decision_id)
        place = Place(done.card_id, done.field, turn)
        mine = self.session.scalars(
            select(Lease.ticket).filter_by(card_id=place.card_id, field=place.field, person=self.person.login)
        )
        for task in self.tasks(mine.all() or self.take([place])):
            return task
        raise BadInputError("Another person has this field before them now: they will see what it says.")

    def _undone(self, done: KeyingResult, decision_id: int) -> str:
        """Undo a decision, if it is not yet; returns the turn for which the field waits now."""
        card = locked_card(self.session, done.card_id)
        _must_be_last(card.log, decision_id, done.field)
        if decision_id not in taken_back(card.log):
            undo(self.session, decision_id, self.person.login, now=self.now)
            card = locked_card(self.session, done.card_id)
        for wait in card.state.waiting:
            if wait.field == done.field:
                return str(wait.turn)
        raise BadInputError("Your answer cannot be taken back: without it, too, the field waits for nobody.")

    def _done(self, ticket: str) -> KeyingResult | None:
        """What was kept under a ticket before."""
        mine = {"ticket": ticket, "person": self.person.login}
        if decision := self.session.scalars(select(Decision).filter_by(**mine)).one_or_none():
            return KeyingResult(decision.id, decision.field, decision.card_id)
        if item := self.session.scalars(select(ControlItem).filter_by(**mine)).one_or_none():
            return KeyingResult(None, item.field, item.card_id)
        return None


def agrees(spec: FieldSpec, machine: str | None, value: str) -> bool:
    """Whether a person keyed what the machine read; that something cannot be read is nothing to agree about."""
    return machine is not None and value != UNKNOWN and canonical(spec, machine) == canonical(spec, value)


def _under_policy(note: DecisionNote, card: CardNow, place: Place, value: str, rules: DeskRules) -> DecisionNote:
    """The note with what the policy of the field makes of the answer."""
    spec, machine = card.form.by_name[place.field], card.readings[place.field].value
    wait = _wait(card, place, note.person)
    policy = policy_now(spec, wait.turn, wait.why, machine, rules)
    return replace(
        note,
        kind=role_of(card, place.field, note.kind),
        shown="prefilled" if policy == "prefilled" else note.shown,
        policy=kept_policy(policy, wait.turn),
        agrees=agrees(spec, machine, value),
    )


def _wait(card: CardNow, place: Place, login: str) -> WaitingField:
    """The field as it waits, if it does so still for this person's turn."""
    for wait in card.state.waiting:
        if wait.field == place.field and wait.turn == place.turn and login not in wait.keyed_by:
            return wait
    raise GoneError(CHANGED)


def _must_be_last(log: Sequence[Decided], decision_id: int, field: str) -> None:
    """Raise BadInputError where a decision that stands was made about the field since."""
    void = taken_back(log)
    later = [d for d in log if d.field == field and d.id > decision_id and d.undoes is None and d.id not in void]
    if later:
        words = {"verify": "a second person keyed this field", "adjudicate": "a supervisor decided about this field"}
        what = words.get(later[0].kind, "somebody decided about this field")
        raise BadInputError(f"Your answer cannot be taken back: {what} meanwhile.")
