"""Keeping what was read. Plain functions that take a Session; the caller commits, whole cards only."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import func, insert, select, update
from sqlalchemy.orm import Session

from ocr.forms.definition import Form
from ocr.reading import FieldReading
from ocr.scan import ScanId
from store.card_state import StoredReading
from store.duplicates import pairs_of
from store.engine import insert_new, take_turns
from store.likenesses import forget_likeness
from store.records import CardHead, keep_derived, new_card, refresh
from store.replacements import asked_again, take_places
from store.scans import ReadCard, save_read
from store.second_scans import earlier_bearer, first_bearers, keep_pairs, marked
from store.spellings import keep_spellings
from store.tables import Card, FormDefinition, PersonalReading, Reading, Record, Run, Waiting, table


def start_run(session: Session, folder: str, note: str = "") -> int:
    """Note the beginning of a run; returns its id."""
    run = Run(folder=folder, note=note, started=datetime.now(UTC), finished=None)
    session.add(run)
    session.flush()
    return run.id


def finish_run(session: Session, run_id: int) -> None:
    """Note the end of a run; one without an end was broken off."""
    session.execute(update(Run).where(Run.id == run_id).values(finished=datetime.now(UTC)))


def save_card(session: Session, card: ReadCard, *, run_id: int | None, software: str = "") -> int:
    """Keep one card that was read, and return its id (`save_cards`)."""
    return save_cards(session, [card], run_id=run_id, software=software)[0]


def save_cards(session: Session, cards: Sequence[ReadCard], *, run_id: int | None, software: str = "") -> list[int]:
    """Keep cards that were read, and return their ids.

    The same scan read by the same software is kept once, however often and from however many programs it is saved.
    Newer software appends a second edition of readings, which then holds; decisions stay. A sheet that was refused
    before is no longer. A second scan of a card that is there already, by its number or by its ink, is no record and
    waits for a person (`store.duplicates`); where a person asked for it, it takes the first one's place.

    Parameters
    ----------
    cards
        In the order in which they lay in the box. Some dozens at a time cost least: statements are made for all of
        them, not for each.
    software
        Version of all that can change a reading; by default the readers with their versions.

    Raises
    ------
    ValueError
        The readings are not those of the form's fields.
    """
    once: dict[ScanId, ReadCard] = {}
    again = []
    for card in cards:
        _check(card)
        if once.setdefault(card.reading.scan, card) is not card:
            again.append(card)
    ids = _save_scans(session, once, run_id, software) if once else {}
    if again:
        save_cards(session, again, run_id=run_id, software=software)
    return [ids[card.reading.scan] for card in cards]


def _save_scans(
    session: Session, cards: Mapping[ScanId, ReadCard], run_id: int | None, software: str
) -> dict[ScanId, int]:
    """Keep one reading of each scan; the ids of the cards."""
    take_turns(session)
    forms = {form: _form_id(session, form) for form in dict.fromkeys(card.form for card in cards.values())}
    scans = save_read(session, list(cards.values()), run_id)
    heads = {scan: _head(card, forms[card.form], scans[scan], software) for scan, card in cards.items()}
    query = select(Card.id, Card.scan_id, Card.edition).where(Card.scan_id.in_(scans.values()))
    there = {row.scan_id: row for row in session.execute(query.order_by(Card.id).with_for_update())}
    ids = {scan: int(there[key].id) for scan, key in scans.items() if key in there}
    for scan, card_id in ids.items():
        _read_again(session, cards[scan], heads[scan], card_id, there[scans[scan]].edition + 1)
    new = [scan for scan in cards if scan not in ids]
    if new:
        ids |= zip(new, _keep_new(session, [(cards[scan], heads[scan]) for scan in new]), strict=True)
    return ids


def work_left(session: Session, card_ids: Sequence[int]) -> list[tuple[int, bool]]:
    """Of each card how many fields wait, and whether it had been scanned before; not more than some hundred cards."""
    waiting = select(Waiting.card_id, func.count()).where(Waiting.card_id.in_(card_ids)).group_by(Waiting.card_id)
    fields = {row[0]: row[1] for row in session.execute(waiting)}
    counted = set(session.scalars(select(Record.card_id).where(Record.card_id.in_(card_ids))))
    return [(fields.get(card_id, 0), card_id not in counted) for card_id in card_ids]


def _check(card: ReadCard) -> None:
    reading, form = card.reading, card.form
    names = sorted(field.field for field in reading.fields)
    if (reading.form, reading.version) != (form.id, form.version) or names != sorted(form.by_name):
        raise ValueError(f"the readings of {reading.scan} are not those of form {form.id} {form.version}")


def _head(card: ReadCard, form_id: int, scan_id: int, software: str) -> dict[str, Any]:
    reading = card.reading
    return {
        "scan_id": scan_id,
        "form_id": form_id,
        "form": reading.form,
        "version": reading.version,
        "direction": reading.direction,
        "serial": reading.serial,
        "rotation": reading.rotation,
        "residual_mm": reading.residual_mm,
        "broken_rules": list(reading.broken_rules),
        "software": software or _readers(reading.fields),
        "edition": 1,
    }


def _form_id(session: Session, form: Form) -> int:
    sha256, definition = _definition(form)
    key = {"form": form.id, "version": form.version, "sha256": sha256}
    query = select(FormDefinition.id).filter_by(**key)
    known = session.scalars(query).one_or_none()
    if known is None:
        row = key | {"title": form.title_en, "definition": definition}
        insert_new(session, FormDefinition, [row], FormDefinition.id)
        known = session.scalars(query).one()
    return known


@lru_cache(maxsize=32)
def _definition(form: Form) -> tuple[str, str]:
    """The hash of a form's canonical JSON, and that itself."""
    definition = form.model_dump_json()
    return hashlib.sha256(definition.encode()).hexdigest(), definition


def _read_again(session: Session, card: ReadCard, head: Mapping[str, Any], card_id: int, edition: int) -> None:
    """Append an edition to a card that is there, unless this software has read it."""
    query = select(Reading.id).where(Reading.card_id == card_id, Reading.software == head["software"]).limit(1)
    if session.scalars(query).first() is not None:
        return
    head = {**head, "edition": edition}
    session.execute(update(Card).where(Card.id == card_id).values(head))
    at, bearer = datetime.now(UTC), earlier_bearer(card, card_id, first_bearers(session, [card]))
    fields = card.reading.fields if bearer is None else marked(card)
    _append_readings(session, [_Edition(card_id, card.form, edition, head["software"], fields)], at)
    forget_likeness(session, card_id)
    bearers = {} if bearer is None else {card_id: bearer}
    refresh(session, sorted({card_id, *keep_pairs(session, {card_id: card}, bearers, at)}))


def _keep_new(session: Session, cards: Sequence[tuple[ReadCard, Mapping[str, Any]]]) -> Sequence[int]:
    """Keep cards with their heads; their ids rise in the order of the cards."""
    ids = session.scalars(insert(Card).returning(Card.id, sort_by_parameter_order=True), [h for _, h in cards]).all()
    at, first = datetime.now(UTC), first_bearers(session, [card for card, _ in cards])
    again = asked_again(session, first.values())
    editions, now, bearers = [], [], dict[int, int]()
    for card_id, (card, head) in zip(ids, cards, strict=True):
        bearer = earlier_bearer(card, card_id, first)
        replaces = bearer in again
        fields = card.reading.fields if bearer is None or replaces else marked(card)
        editions.append(_Edition(card_id, card.form, 1, head["software"], fields))
        seen = {field.field: _unsaved(field, at) for field in fields}
        columns = {name: head[name] for name in ("form_id", "form", "direction", "serial", "broken_rules")}
        place = {"batch_id": card.batch_id, **asdict(card.reading.scan)}
        now.append(new_card(CardHead(id=card_id, **columns, **place), card.form, seen))
        if bearer is not None:
            bearers[card_id] = bearer
        if replaces:
            first[card.form.id, now[-1].serial] = card_id
        elif not now[-1].is_duplicate:
            first.setdefault((card.form.id, now[-1].serial), card_id)
    _append_readings(session, editions, at)
    keep_pairs(session, {card_id: card for card_id, (card, _) in zip(ids, cards, strict=True)}, bearers, at)
    replaced = take_places(session, ids, at)
    if replaced:
        refresh(session, sorted({*replaced, *ids}))
        return ids
    pairs = pairs_of(session, ids)
    keep_derived(session, [replace(card, pairs=pairs[card.head.id]) for card in now])
    return ids


def _unsaved(field: FieldReading, at: datetime) -> StoredReading:
    """A reading as it will be stored; no state depends on its id."""
    candidates = tuple((one.value, one.probability) for one in field.candidates)
    about = (field.levels, field.probability, candidates)
    return StoredReading(0, field.value, field.review, field.quad, at, *about)


@dataclass(frozen=True)
class _Edition:
    """The readings of one card by one version of the software."""

    card_id: int
    form: Form
    number: int
    software: str
    fields: Sequence[FieldReading]


def _append_readings(session: Session, editions: Iterable[_Edition], at: datetime) -> None:
    rows, secrets = [], {}
    for edition in editions:
        head = {
            "card_id": edition.card_id,
            "edition": edition.number,
            "software": edition.software,
            "read_at": at,
        }
        for reading in edition.fields:
            content, personal = _content(reading), edition.form.by_name[reading.field].personal
            if personal:
                secrets[edition.card_id, reading.field] = content
            rows.append(head | _about(reading) | {"personal": personal} | (_NOTHING if personal else content))
    kept = session.execute(insert(table(Reading)).returning(Reading.id, Reading.card_id, Reading.field), rows)
    personal_rows = [
        {"reading_id": key} | secrets[card_id, name] for key, card_id, name in kept if (card_id, name) in secrets
    ]
    if personal_rows:
        session.execute(insert(table(PersonalReading)), personal_rows)
        keep_spellings(session, [(name, content["value"]) for (_, name), content in secrets.items()])


def _about(reading: FieldReading) -> dict[str, Any]:
    return {
        "field": reading.field,
        "state": str(reading.state),
        "score": reading.score,
        "probability": reading.probability,
        "review": [str(reason) for reason in reading.review],
        "quad": reading.quad,
        "reader": reading.reader,
        "reader_version": reading.reader_version,
    }


_NOTHING = {"raw": None, "candidates": None, "value": None, "levels": None}


def _content(reading: FieldReading) -> dict[str, Any]:
    candidates = [{"value": c.value, "text": c.text, "probability": c.probability} for c in reading.candidates]
    levels = [asdict(level) for level in reading.levels] or None
    return {"raw": reading.raw, "candidates": candidates, "value": reading.value, "levels": levels}


def _readers(fields: Sequence[FieldReading]) -> str:
    return ", ".join(sorted({f"{reading.reader} {reading.reader_version}" for reading in fields}))
