"""A supervisor's word: values corrected, and settled fields put back into the queue. History stays."""

from __future__ import annotations

from dataclasses import dataclass

from review.assignment.tasks import DeskContext
from review.decisions.decision_log import DecisionNote, append, locked_card, role_of
from review.decisions.validation import checked
from review.errors import ReviewError
from store.card_state import keying_states
from store.records import CardNow, refresh
from store.tables import Decision


@dataclass(frozen=True)
class Corrections(DeskContext):
    """What a supervisor may do to a card, whatever it waits for."""

    def correct(self, card_id: int, field: str, value: str, reason: str) -> Decision:
        """Settle a field by a supervisor's decision, whatever it was before.

        Parameters
        ----------
        value
            As for `review.decisions.validation.checked`.
        reason
            Required; never a name or a document's number.

        Raises
        ------
        ReviewError
            The person is no supervisor, the reason is missing, there is no such card or field, or it cannot have the
            value.
        """
        reason = self._entitled(reason)
        card = locked_card(self.session, card_id)
        _known(card, field)
        value = checked(card.form.by_name[field], value)
        note = DecisionNote(self.person.login, role_of(card, field, "correct"), self.now, shown="card", reason=reason)
        decision = append(self.session, card, field, value, note)
        refresh(self.session, [card_id])
        return decision

    def reopen(self, card_id: int, field: str | None, reason: str) -> list[Decision]:
        """Put a field, or all fields of a card (None), back into the queue, to be keyed by two people.

        Neither what people decided about it before nor the machine's value holds any longer; both stay in the history.
        Of a whole card the fields are left out that wait already, unkeyed.

        Raises
        ------
        ReviewError
            The person is no supervisor, the reason is missing, there is no such card or field, or it waits already.
        """
        reason = self._entitled(reason)
        card = locked_card(self.session, card_id)
        if field is not None:
            _known(card, field)
        waits = _unkeyed(card)
        fields = [name for name in card.form.by_name if name not in waits and field in (None, name)]
        if not fields:
            raise ReviewError("nothing_to_reopen")
        note = DecisionNote(self.person.login, "reopen", self.now, shown="card", reason=reason)
        decisions = [append(self.session, card, name, None, note) for name in fields]
        refresh(self.session, [card_id])
        return decisions

    def _entitled(self, reason: str) -> str:
        if self.person.role != "supervisor":
            raise ReviewError("only_supervisor")
        if not reason.strip():
            raise ReviewError("no_reason")
        return reason.strip()


def _known(card: CardNow, field: str) -> None:
    if field not in card.form.by_name:
        raise ReviewError("no_field", form=card.form.id, field=field)


def _unkeyed(card: CardNow) -> set[str]:
    """Fields that wait for a first key, where no value stands: reopening would change nothing."""
    states = keying_states(card.log)
    return {
        wait.field
        for wait in card.state.waiting
        if not wait.is_audit and not (wait.field in states and states[wait.field].keys)
    }
