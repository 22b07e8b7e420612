"""What holds of a card now, and the derived tables (records, waiting fields, issues, audits) in step with it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from functools import cached_property, lru_cache
from typing import Any, NamedTuple

from sqlalchemy import Row, delete, insert, select
from sqlalchemy.orm import Session

from ocr.forms.codebook import Role
from ocr.forms.definition import FieldSpec, Form
from ocr.lexicon.rules import check
from ocr.reading import Why
from ocr.scan import ScanId
from store.card_state import UNKNOWN, BrokenRules, CardState, Decided, StoredReading, card_state
from store.doubts import ColumnDoubt, column_doubts, draws
from store.draws import number_of
from store.duplicates import PairNow, pairs_of
from store.labels import audit_labels
from store.queries import card_logs
from store.record_values import own_values, record_values
from store.spellings import rebuild_spellings
from store.tables import (
    AuditResult,
    Base,
    Card,
    Doubt,
    FormDefinition,
    Issue,
    Record,
    RecordValue,
    Scan,
    Suspicion,
    Waiting,
    table,
)

CHUNK = 500
"""Cards derived at a time: bounds memory and the number of bound parameters."""

DERIVED: tuple[type[Waiting | Issue | Suspicion | Record | RecordValue | Doubt | AuditResult], ...] = (
    Waiting,
    Issue,
    Suspicion,
    Record,
    RecordValue,
    Doubt,
    AuditResult,
)
"""Tables that follow from readings and decisions."""

AUDIT = "audit"
"""What a field waits for where its value stands: no other purpose is served by looking."""

COHORT = "%Y-%m"
"""Cards that were read in one month are drawn beside each other."""


class CardHead(NamedTuple):
    """What the derived tables need to know of a card besides its fields.

    `batch_id`, `sha256` and `page` are those of its scan, `replaced_by` the card that took its place
    (`store.replacements`).
    """

    id: int
    form_id: int
    form: str
    direction: str
    serial: str | None
    broken_rules: Sequence[str]
    batch_id: int | None
    sha256: str
    page: int
    replaced_by: int | None = None


@dataclass(frozen=True)
class CardNow:
    """A card's head, its newest readings, its decisions, and what they amount to; its pairs with earlier cards."""

    head: CardHead | Row[Any]
    form: Form
    readings: Mapping[str, StoredReading]
    log: Sequence[Decided]
    state: CardState
    pairs: Sequence[PairNow] = ()

    @property
    def is_duplicate(self) -> bool:
        """Whether another scan of the card counts.

        It was scanned before: so a person says, or as long as nobody has, its number or its ink. Or a later scan took
        its place.
        """
        if self.is_closed:
            return True
        parted = any(pair.by_number and pair.verdict == "different" for pair in self.pairs)
        return (self._bears_known_number and not parted) or any(pair.is_one(self.serial) for pair in self.pairs)

    @cached_property
    def doubts(self) -> Sequence[ColumnDoubt]:
        """The columns of its record that the machine did not settle."""
        return () if self.is_duplicate else column_doubts(self.form, self.readings, self.state, self.log)

    @property
    def number(self) -> float:
        """Its random number (`store.draws`)."""
        return number_of(ScanId(self.head.sha256, self.head.page))

    @property
    def is_closed(self) -> bool:
        """Whether nobody keys anything of the card, not even its number.

        A person has said that it is one that was scanned before, or a later scan took its place.
        """
        replaced = self.head.replaced_by is not None
        return replaced or any(pair.verdict == "same" and not pair.replaced for pair in self.pairs)

    @property
    def suspicions(self) -> list[PairNow]:
        """The pairs that wait for a person; one found by number alone does as long as the number does."""
        if self.head.replaced_by is not None:
            return []
        by_number = self._bears_known_number and self.state.values[card_number(self.form)] is None
        return [pair for pair in self.pairs if pair.waits_by_ink() or (by_number and pair.waits_by_number())]

    @property
    def _bears_known_number(self) -> bool:
        """Whether an earlier card bears its number, by the reading, and no person has given it another number."""
        name = card_number(self.form)
        number = self.readings.get(name)
        if number is None or Why.DUPLICATE not in number.review:
            return False
        return self.state.values[name] in (None, number.value)

    @property
    def serial(self) -> str | None:
        """The number that the record bears: the settled one, else the one that was read."""
        settled = self.state.values.get(card_number(self.form))
        return settled if settled not in (None, "", UNKNOWN) else self.head.serial


def card_number(form: Form) -> str:
    """Name of the field that says which card it is; empty where a form has none."""
    spec = form.by_role.get(Role.CARD_NUMBER)
    return spec.name if spec else ""


def broken_rules(form: Form, values: Mapping[str, str], on: date) -> BrokenRules:
    """Rules that these values break, each with its fields; `on` is the day on which the card was at hand."""
    broken: dict[str, tuple[str, ...]] = {}
    for found in check(form.by_name, values, direction=form.direction, on=on):
        broken[found.rule] = (*broken.get(found.rule, ()), *found.fields)
    return broken


def cards_now(session: Session, card_ids: Sequence[int], *, lock: bool = True) -> list[CardNow]:
    """Derive the present state of cards and lock them, so that two writers of one card take turns.

    Parameters
    ----------
    card_ids
        Not more than `CHUNK`.
    lock
        Not for who only reads.
    """
    query = (
        select(Card.id, Card.form_id, Card.form, Card.direction, Card.serial, Card.broken_rules)
        .add_columns(Scan.batch_id, Scan.sha256, Scan.page, Card.replaced_by)
        .join(Scan, Scan.id == Card.scan_id)
        .where(Card.id.in_(card_ids))
        .order_by(Card.id)
    )
    if lock:
        query = query.with_for_update(of=Card, key_share=True)  # who leases a field of the card meanwhile need not wait
    heads = session.execute(query).all()
    known_of, pairs = card_logs(session, card_ids), pairs_of(session, card_ids)
    forms = forms_of(session, (head.form_id for head in heads))
    result = []
    for head in heads:
        form, known = forms[head.form_id], known_of[head.id]
        state = card_state(form, known.readings, head.broken_rules, known.log, broken_rules)
        result.append(CardNow(head, form, known.readings, known.log, state, pairs[head.id]))
    return result


def new_card(head: CardHead, form: Form, readings: Mapping[str, StoredReading]) -> CardNow:
    """The state of a card that nobody can have decided about yet, as `cards_now` derives it, but for its pairs."""
    return CardNow(head, form, readings, (), card_state(form, readings, head.broken_rules, (), broken_rules))


def refresh(session: Session, card_ids: Sequence[int]) -> None:
    """Derive records, waiting fields, issues and suspicions of cards anew; not more than `CHUNK` at a time."""
    now = cards_now(session, card_ids)
    for kind in DERIVED:
        session.execute(delete(kind).where(kind.card_id.in_(card_ids)))
    keep_derived(session, now)


def keep_derived(session: Session, now: Sequence[CardNow]) -> None:
    """Write records, waiting fields, issues and suspicions of cards that have none."""
    for kind, rows in derived(now).items():
        if rows:
            session.execute(insert(table(kind)), rows)


def derived(now: Sequence[CardNow]) -> dict[type[Base], list[dict[str, Any]]]:
    """The rows that the derived tables have of cards.

    A duplicate is no record, and of its fields only the number can wait, until a person has said that it is one:
    nobody needs to key a card twice. Of a card whose place a later scan took nothing waits.
    """
    issues = [
        {"card_id": card.head.id, "rule": rule, "fields": list(fields)}
        for card in now
        for rule, fields in card.state.broken.items()
    ]
    return {
        Record: [_record(card) for card in now if not card.is_duplicate],
        RecordValue: [row for card in now if not card.is_duplicate for row in _record_values(card)],
        Doubt: [row for card in now for row in _doubts(card)],
        Waiting: [row for card in now for row in _waiting(card)],
        Issue: issues,
        Suspicion: [_suspicion(pair) for card in now for pair in card.suspicions],
        AuditResult: [row for card in now for row in _audit_results(card)],
    }


def rebuild_records(session: Session) -> int:
    """Derive every card anew from its readings and decisions; returns the number of cards."""
    rebuild_spellings(session)
    done, last = 0, 0
    while ids := session.scalars(select(Card.id).where(Card.id > last).order_by(Card.id).limit(CHUNK)).all():
        refresh(session, ids)
        done, last = done + len(ids), ids[-1]
    return done


def forms_of(session: Session, form_ids: Iterable[int]) -> dict[int, Form]:
    """Forms as they were when cards were read with them, by their id in the store."""
    query = select(FormDefinition.id, FormDefinition.definition).where(FormDefinition.id.in_(set(form_ids)))
    return {row.id: _parse(row.definition) for row in session.execute(query)}


def all_forms(session: Session) -> dict[int, Form]:
    """All forms that cards were read with, as `forms_of`."""
    return forms_of(session, session.scalars(select(FormDefinition.id)))


def known_fields(session: Session) -> dict[str, FieldSpec]:
    """Fields of all forms that cards were read with, as the newest form has them, by name in the order of the forms."""
    return {spec.name: spec for _, form in sorted(all_forms(session).items()) for spec in form.fields}


@lru_cache(maxsize=32)
def _parse(definition: str) -> Form:
    return Form.model_validate_json(definition)


def _waiting(card: CardNow) -> list[dict[str, Any]]:
    draw = dict(draws(card.form, card.doubts, card.number)) if card.state.waiting else {}
    return [
        {
            "card_id": card.head.id,
            "field": wait.field,
            "rank": wait.rank,
            "personal": wait.personal,
            "needed_for": AUDIT if wait.is_audit else card.form.by_name[wait.field].about.purpose,
            "draw": draw[wait.field],
            "why": "|".join(wait.why),
            "since": wait.since,
            "quad": wait.quad,
            "turn": wait.turn,
            "keyed_by": "".join(f"{person}|" for person in wait.keyed_by),
            "alike": wait.alike,
        }
        for wait in card.state.waiting
        if not card.is_duplicate or (wait.field == card_number(card.form) and not card.is_closed)
    ]


def _doubts(card: CardNow) -> list[dict[str, Any]]:
    cohort = max((reading.read_at for reading in card.readings.values()), default=datetime.min).strftime(COHORT)
    return [
        {
            "card_id": card.head.id,
            "variable": doubt.column,
            "cohort": cohort,
            "size": doubt.size,
            "draw": card.number / doubt.size,
            "known": doubt.known,
            "shares": doubt.shares,
        }
        for doubt in card.doubts
    ]


def _audit_results(card: CardNow) -> list[dict[str, Any]]:
    return [{"card_id": card.head.id} | asdict(found) for found in audit_labels(card.form, card.readings, card.log)]


def _suspicion(pair: PairNow) -> dict[str, Any]:
    return {"pair_id": pair.id, "card_id": pair.card_id, "since": pair.found_at}


def _record(card: CardNow) -> dict[str, Any]:
    return record_values(card.form, card.state.values, card.state.groups) | {
        "card_id": card.head.id,
        "batch_id": card.head.batch_id,
        "form": card.head.form,
        "direction": card.head.direction,
        "serial": card.serial,
        "pending": sum(not wait.is_audit for wait in card.state.waiting),
    }


def _record_values(card: CardNow) -> list[dict[str, Any]]:
    return [
        {"card_id": card.head.id, "variable": name, "value": value}
        for name, value in own_values(card.form, card.state.values, card.state.groups).items()
    ]
