"""Writing down what people decide. Nothing is overwritten: decisions are appended, and undone by further ones."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime
from typing import Literal, TypeAlias, get_args

from sqlalchemy.orm import Session

from ocr.errors import BadInputError
from ocr.form import FieldKind, FieldSpec
from ocr.lexicon.lexicon import load_lexicon
from ocr.reading import Why, parse_iso
from ocr.serial import is_serial
from store.records import CardNow, cards_now, refresh
from store.settle import taken_back
from store.tables import Decision, PersonalDecision

Kind: TypeAlias = Literal["key", "verify", "adjudicate", "audit", "import", "correct"]
Codes: TypeAlias = Callable[[str], Collection[str] | None]
"""From a lexicon's name to its codes, or None when values outside the dictionary are ordinary."""

LEFT_EMPTY, UNKNOWN = "", "?"
MAX_TEXT = 100
_ISO_DATE = re.compile(r"\d{4}-\d\d-\d\d")


def lexicon_codes(name: str) -> Collection[str] | None:
    """Codes of a dictionary that comes with the package; None for lists of common names."""
    lexicon = load_lexicon(name)
    return None if lexicon.is_open else lexicon.entries.keys()


def checked(spec: FieldSpec, value: str, codes: Codes = lexicon_codes) -> str:
    """The value as it is kept, if the field can have it.

    ``''`` (left empty on the card) and ``'?'`` (cannot be read, or is in no dictionary) are always possible.

    Raises
    ------
    BadInputError
        The field cannot have this value; the message says what it can have.
    """
    value = value.strip()
    fault = None if value in (LEFT_EMPTY, UNKNOWN) else _fault(spec, value, codes)
    if fault:
        shown = "the value" if spec.personal else repr(value)  # messages end up in logs
        raise BadInputError(f"{spec.name}: {shown} {fault}.")
    return value


def decide(
    session: Session,
    card_id: int,
    field: str,
    value: str,
    *,
    person: str,
    kind: Kind,
    seconds: float | None = None,
    shown: str = "",
    reason: str = "",
    codes: Codes = lexicon_codes,
) -> Decision:
    """Append a person's decision about one field and derive the card's record anew; the caller commits.

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
        the reader (`store.evidence`).
    reason
        Free words; never a name or a document's number.

    Raises
    ------
    BadInputError
        There is no such card, field or role, or the field cannot have the value.
    """
    if kind not in get_args(Kind):
        raise BadInputError(f"{kind!r} is no kind of decision.")
    if not person.strip():
        raise BadInputError("A decision needs the person who made it.")
    card = _locked(session, card_id)
    if field not in card.form.by_name:
        raise BadInputError(f"Form {card.form.id} has no field {field!r}.")
    value = checked(card.form.by_name[field], value, codes)
    role = "audit" if any(wait.field == field and Why.AUDIT in wait.why for wait in card.settled.waiting) else kind
    decision = _append(session, card, field, value, _Note(person.strip(), role, seconds, shown, reason))
    refresh(session, [card_id])
    return decision


def undo(session: Session, decision_id: int, person: str, *, reason: str = "") -> Decision:
    """Take a decision back by appending another; what held before holds again. An undo can be undone.

    Raises
    ------
    BadInputError
        There is no such decision, or it was taken back already.
    """
    target = session.get(Decision, decision_id)
    if target is None:
        raise BadInputError(f"There is no decision {decision_id}.")
    card = _locked(session, target.card_id)
    if decision_id in taken_back(card.log):
        raise BadInputError(f"Decision {decision_id} was taken back already.")
    note = _Note(person, "undo", reason=reason, undoes=decision_id)
    decision = _append(session, card, target.field, None, note)
    refresh(session, [target.card_id])
    return decision


@dataclass(frozen=True)
class _Note:
    """Who decided, and how."""

    person: str
    kind: str
    seconds: float | None = None
    shown: str = ""
    reason: str = ""
    undoes: int | None = None


def _locked(session: Session, card_id: int) -> CardNow:
    for card in cards_now(session, [card_id]):
        return card
    raise BadInputError(f"There is no card {card_id}.")


def _append(session: Session, card: CardNow, field: str, value: str | None, note: _Note) -> Decision:
    spec, seen = card.form.by_name.get(field), card.seen.get(field)
    personal = spec.personal if spec else False
    decision = Decision(
        card_id=card.head.id,
        field=field,
        personal=personal,
        value=None if personal else value,
        at=datetime.now(UTC),
        reading_id=seen.id if seen else None,
        **asdict(note),
    )
    session.add(decision)
    session.flush()
    if personal and value is not None:
        session.add(PersonalDecision(decision_id=decision.id, value=value))
        session.flush()
    return decision


def _fault(spec: FieldSpec, value: str, codes: Codes) -> str | None:
    """What is wrong with a value that is neither empty nor unknown, or None."""
    if spec.kind.is_marks:
        options = [option.code for option in spec.options]
        marked = value.split("|") if spec.kind is FieldKind.MANY_OF else [value]
        return None if set(marked) <= set(options) else f"is not one of {', '.join(options)}"
    if spec.kind is FieldKind.DATE:
        day = parse_iso(value) if _ISO_DATE.fullmatch(value) else None
        return "is no date (YYYY-MM-DD)" if day is None else "lies in the future" if day > date.today() else None
    if spec.kind is FieldKind.BARCODE:
        return None if is_serial(value) else "is no serial number (nine digits, the last of them a check digit)"
    if spec.kind is FieldKind.SIGNATURE:
        return None if value == "Y" else "is neither Y nor empty"
    if spec.alphabet == "digits" and not (value.isascii() and value.isdigit()):
        return "has other signs than digits"
    known = codes(spec.lexicon) if spec.lexicon else None
    if known is not None:
        return None if value in known else f"is no code of the dictionary {spec.lexicon}"
    if len(value) > MAX_TEXT or not value.isprintable():
        return f"is longer than {MAX_TEXT} characters or has signs that cannot be printed"
    return None
