"""Writing down what people decide. Nothing is overwritten: decisions are appended, and undone by further ones."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Literal, TypeAlias, get_args

from sqlalchemy.orm import Session

from ocr.errors import BadInputError
from ocr.reading import Why
from review.decisions.validation import Codes, checked, lexicon_codes
from review.errors import ReviewError
from store.card_state import Policy, Turn, taken_back
from store.records import CardNow, cards_now, refresh
from store.spellings import keep_spellings
from store.tables import Decision, PersonalDecision

DecisionKind: TypeAlias = Literal["key", "verify", "adjudicate", "audit", "import", "correct"]


@dataclass(frozen=True)
class DecisionNote:
    """Who decided, when and how, as `store.tables.Decision`."""

    person: str
    kind: str
    at: datetime
    seconds: float | None = None
    shown: str = ""
    reason: str = ""
    undoes: int | None = None
    policy: Policy = ""
    agrees: bool | None = None
    ticket: str | None = None


def decide(
    session: Session,
    card_id: int,
    field: str,
    value: str,
    *,
    person: str,
    kind: DecisionKind,
    seconds: float | None = None,
    shown: str = "",
    reason: str = "",
    codes: Codes = lexicon_codes,
) -> Decision:
    """Append a decision that settles one field by itself and derive the card's record anew; the caller commits.

    Keys that need a second person's are made at the desk (`review.desk.key`).

    Parameters
    ----------
    value
        A code, an ISO date, digits or text, as `ocr.reading.Candidate.value`; ``''`` left empty, ``'?'`` unknown.
    person
        Who decides.
    kind
        In which role: first key, verification of a key, adjudication, audit, import or correction. The first look at
        a field that waits for the audit is kept as the audit, whatever the role.
    seconds
        How long it took.
    shown
        What the person saw; ``prefilled`` where the machine's value stood there: that decision says nothing about
        the reader (`store.labelled_readings`).
    reason
        Free words; never a name or a document's number.

    Raises
    ------
    BadInputError
        There is no such card, field or role, or the field cannot have the value.
    """
    if kind not in get_args(DecisionKind):
        raise BadInputError(f"{kind!r} is no kind of decision.")
    if not person.strip():
        raise ReviewError("no_person")
    card = locked_card(session, card_id)
    if field not in card.form.by_name:
        raise ReviewError("no_field", form=card.form.id, field=field)
    value = checked(card.form.by_name[field], value, codes)
    note = DecisionNote(person.strip(), role_of(card, field, kind), datetime.now(UTC), seconds, shown, reason)
    decision = append(session, card, field, value, note)
    refresh(session, [card_id])
    return decision


def undo(session: Session, decision_id: int, person: str, *, reason: str = "", now: datetime | None = None) -> Decision:
    """Take a decision back by appending another; what held before holds again. An undo can be undone.

    Raises
    ------
    BadInputError
        There is no such decision, or it was taken back already.
    """
    target = session.get(Decision, decision_id)
    if target is None:
        raise ReviewError("no_decision", decision=decision_id)
    card = locked_card(session, target.card_id)
    if decision_id in taken_back(card.log):
        raise ReviewError("taken_back", decision=decision_id)
    note = DecisionNote(person, "undo", now or datetime.now(UTC), reason=reason, undoes=decision_id)
    decision = append(session, card, target.field, None, note)
    refresh(session, [target.card_id])
    return decision


def locked_card(session: Session, card_id: int) -> CardNow:
    """The present state of a card, locked until the transaction ends.

    Raises
    ------
    BadInputError
        There is no such card.
    """
    for card in cards_now(session, [card_id]):
        return card
    raise ReviewError("no_card", card=card_id)


def role_of(card: CardNow, field: str, kind: str) -> str:
    """The kind under which a decision is kept: the first look at a field that waits for the audit is the audit."""
    looked_for = any(
        wait.field == field and wait.turn is Turn.KEY and Why.AUDIT in wait.why for wait in card.state.waiting
    )
    return "audit" if looked_for else kind


def append(session: Session, card: CardNow, field: str, value: str | None, note: DecisionNote) -> Decision:
    """Append a decision about a locked card, a personal value apart; its record is not derived anew yet."""
    spec, reading = card.form.by_name.get(field), card.readings.get(field)
    personal = spec.personal if spec else False
    decision = Decision(
        card_id=card.head.id,
        field=field,
        personal=personal,
        value=None if personal else value,
        reading_id=reading.id if reading else None,
        **asdict(note),
    )
    session.add(decision)
    session.flush()
    if personal and value is not None:
        session.add(PersonalDecision(decision_id=decision.id, value=value))
        session.flush()
        keep_spellings(session, [(field, value)])
    return decision
