"""Whether what a store holds contradicts itself; nothing is altered. `migcards.verify` looks at the originals."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Generator, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, exists, func, or_, select, text
from sqlalchemy.orm import Session

from ocr.forms.definition import Form
from store.batches import batches_now
from store.copy import StepProgress, numbered
from store.digests import written
from store.queries import newest_readings
from store.records import CHUNK, DERIVED, cards_now, derived, forms_of
from store.tables import (
    Base,
    Card,
    Decision,
    LoggedRefusal,
    PersonalDecision,
    PersonalReading,
    Reading,
    Scan,
    table,
)

_OUTCOMES = ("read", "refused", "cover", "back")
_BATCHES = 100  # counted at a time
_SHOWN = 20  # faults of a damaged file that are listed


@dataclass(frozen=True)
class Finding:
    """One contradiction.

    Attributes
    ----------
    kind
        Key of the section ``finding`` of the texts, which say what it is and what to do.
    places
        What the text is filled in with.
    """

    kind: str
    places: Mapping[str, str | int]


def verify_tables(session: Session) -> Iterator[Finding]:
    """Whether the file is whole, rows refer to rows that are there, and no sheet is lost between tables."""
    if session.get_bind().dialect.name == "sqlite":
        for said in session.scalars(text(f"PRAGMA integrity_check({_SHOWN})")):
            if said != "ok":
                yield Finding("damaged", {"what": " ".join(said.split())})
    else:
        yield from _numbering(session)
    yield from _references(session)
    yield from _sheets(session)
    yield from _personal_halves(session)
    yield from _batches(session)


def verify_cards(session: Session, progress: StepProgress = lambda done, total: None) -> Iterator[Finding]:
    """Whether each card has the readings of its form, and the derived tables say what follows from these."""
    total = session.scalar(select(func.count()).select_from(Card)) or 0
    done, last = 0, 0
    query = select(Card.id, Card.form_id).order_by(Card.id).limit(CHUNK)
    while cards := {row.id: row.form_id for row in session.execute(query.where(Card.id > last))}:
        known = forms_of(session, cards.values())
        forms = {card: known[form_id] for card, form_id in cards.items() if form_id in known}
        whole = yield from _fields(session, forms)
        yield from _derived_otherwise(session, whole)
        done, last = done + len(cards), max(cards)
        progress(done, total)


def count_sheets(session: Session) -> dict[str, int]:
    """All sheets, and how many of them are what: cards, refused, cover sheets of batches, backs of cards."""
    rows = session.execute(select(Scan.outcome, func.count().label("sheets")).group_by(Scan.outcome)).all()
    by_outcome = {row.outcome: row.sheets for row in rows}
    counted = {outcome: by_outcome.get(outcome, 0) for outcome in _OUTCOMES}
    return {"sheets": sum(by_outcome.values())} | counted


def _numbering(session: Session) -> Iterator[Finding]:
    """PostgreSQL's sequences that would give a number a second time."""
    for kept, column in numbered():
        sequence = func.pg_get_serial_sequence(kept.name, column)
        last = session.scalar(select(func.pg_sequence_last_value(sequence.op("::")(text("regclass"))))) or 0
        highest = session.scalar(select(func.max(kept.columns[column]))) or 0
        if highest > last:
            yield Finding("sequence", {"table": kept.name, "highest": highest, "last": last})


def _references(session: Session) -> Iterator[Finding]:
    """Rows that refer to none."""
    for kept in Base.metadata.sorted_tables:
        for key in kept.foreign_keys:
            other = key.column.table.alias()
            there = exists().where(other.columns[key.column.name] == key.parent)
            query = select(func.count()).select_from(kept).where(key.parent.is_not(None), ~there)
            if rows := session.scalar(query):
                places = {"table": kept.name, "column": key.parent.name, "other": key.column.table.name}
                yield Finding("reference", places | {"rows": rows})


def _sheets(session: Session) -> Iterator[Finding]:
    """Sheets that are neither read nor refused, or of whose reading or refusal there is nothing."""
    of_scan = exists().where(Card.scan_id == Scan.id)
    logged = exists().where(LoggedRefusal.sha256 == Scan.sha256, LoggedRefusal.page == Scan.page)
    kinds: dict[str, ColumnElement[bool]] = {
        "outcome": Scan.outcome.not_in(_OUTCOMES),
        "no_card": (Scan.outcome == "read") & ~of_scan,
        "refused_card": (Scan.outcome != "read") & of_scan,
        "no_refusal": (Scan.outcome == "refused") & ~logged,
    }
    for kind, condition in kinds.items():
        for path, page in session.execute(select(Scan.path, Scan.page).where(condition).order_by(Scan.id)):
            yield Finding(kind, {"file": path, "page": page + 1})


def _batches(session: Session) -> Iterator[Finding]:
    """Batches that were closed with other counts than there are."""
    before = None
    while found := batches_now(session, limit=_BATCHES, before=before):
        for batch in found:
            if batch.state == "changed":
                yield Finding("batch", {"batch": batch.sheet.number})
        before = found[-1].id


def _personal_halves(session: Session) -> Iterator[Finding]:
    """Personal readings and decisions that lack their half, and halves of those that are none."""
    reading = exists().where(PersonalReading.reading_id == Reading.id)
    decision = exists().where(PersonalDecision.decision_id == Decision.id)
    says_something = Decision.kind.not_in(("reopen", "undo"))
    shown = or_(Reading.raw.is_not(None), Reading.candidates.is_not(None), Reading.value.is_not(None))
    wrong: list[tuple[str, type[Reading | Decision], ColumnElement[bool]]] = [
        ("half", Reading, Reading.personal != reading),
        ("half", Decision, (Decision.personal & says_something) != decision),
        ("open_value", Reading, Reading.personal & shown),
        ("open_value", Decision, Decision.personal & Decision.value.is_not(None)),
    ]
    for kind, kept, condition in wrong:
        for card, field in session.execute(select(kept.card_id, kept.field).where(condition).order_by(kept.id)):
            yield Finding(kind, {"table": kept.__tablename__, "card": card, "field": field})


def _fields(session: Session, forms: Mapping[int, Form]) -> Generator[Finding, None, list[int]]:
    """Whether cards have the fields of their forms, and what the forms call personal is so in the tables.

    Returns
    -------
    list of int
        The cards that have all of them.
    """
    lacking = {card: set(form.by_name) for card, form in forms.items()}
    of_readings = newest_readings(Reading.card_id, Reading.field, Reading.personal)
    of_decisions = select(Decision.card_id, Decision.field, Decision.personal).distinct()
    for kept, query in ((Reading, of_readings), (Decision, of_decisions)):
        for card, field, personal in session.execute(query.where(kept.card_id.in_(forms))):
            spec = forms[card].by_name.get(field)
            if kept is Reading:
                lacking[card] ^= {field}
            if spec is not None and spec.personal and not personal:
                yield Finding("open_value", {"table": kept.__tablename__, "card": card, "field": field})
    for card, fields in lacking.items():
        if fields:
            yield Finding("readings", {"card": card, "fields": ", ".join(sorted(fields))})
    return [card for card, fields in lacking.items() if not fields]


def _derived_otherwise(session: Session, ids: Sequence[int]) -> Iterator[Finding]:
    """Cards of which a derived table says other than what follows from their readings and decisions."""
    expected = derived(cards_now(session, ids, lock=False))
    for kind in DERIVED:
        columns = table(kind).columns
        kept = _by_card(row._asdict() for row in session.execute(select(*columns).where(kind.card_id.in_(ids))))
        follows = _by_card({column.name: row.get(column.name) for column in columns} for row in expected[kind])
        for card in ids:
            if kept[card] != follows[card]:
                yield Finding("derived", {"table": kind.__tablename__, "card": card})


def _by_card(rows: Iterator[dict[str, Any]]) -> defaultdict[int, list[str]]:
    found: defaultdict[int, list[str]] = defaultdict(list)
    for row in rows:
        found[row["card_id"]].append(written(row.values()))
    return defaultdict(list, {card: sorted(texts) for card, texts in found.items()})
