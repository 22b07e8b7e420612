"""Keeping what was read. Plain functions that take a Session; the caller commits, one card in one transaction."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import asdict, replace
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session

from ocr.forms.definition import Form
from ocr.reading import CardReading, FieldReading, Why
from store.engine import insert_new
from store.records import card_number, refresh
from store.scans import save_read
from store.tables import Batch, Card, FormDefinition, PersonalReading, Reading, Record


def start_batch(session: Session, folder: str, note: str = "") -> int:
    """Note the beginning of a run; returns the batch's id."""
    batch = Batch(folder=folder, note=note, started=datetime.now(UTC), finished=None)
    session.add(batch)
    session.flush()
    return batch.id


def finish_batch(session: Session, batch_id: int) -> None:
    """Note the end of a run; a batch without one was broken off."""
    session.execute(update(Batch).where(Batch.id == batch_id).values(finished=datetime.now(UTC)))


def save_card(
    session: Session,
    reading: CardReading,
    *,
    batch_id: int | None,
    form: Form,
    path: str,
    dpi: float,
    size: tuple[int, int],
    software: str = "",
) -> int:
    """Keep a card that was read, and return its id.

    The same scan read by the same software is kept once, however often and from however many programs it is saved.
    Newer software appends a second edition of readings, which then holds; decisions stay. A sheet that was refused
    before is no longer. A second scan of a card that is there already is no record, and its number waits for a person.

    Parameters
    ----------
    form
        The definition that the card was read with; kept with the card.
    dpi, size
        Pixels per inch, and (width, height) in pixels, of the scan.
    software
        Version of all that can change a reading; by default the readers with their versions.

    Raises
    ------
    ValueError
        The readings are not those of the form's fields.
    """
    names = sorted(field.field for field in reading.fields)
    if (reading.form, reading.version) != (form.id, form.version) or names != sorted(form.by_name):
        raise ValueError(f"the readings of {reading.scan} are not those of form {form.id} {form.version}")
    software = software or _readers(reading.fields)
    scan_id = save_read(session, reading.scan, path, dpi, size, batch_id)
    card = session.execute(
        select(Card.id, Card.edition, Card.software).where(Card.scan_id == scan_id).with_for_update()
    ).one_or_none()
    head = _head(session, reading, form, software)
    if card is None:
        head |= {"scan_id": scan_id, "edition": 1}
        card_id = session.execute(insert(Card).values(head).returning(Card.id)).scalar_one()
    elif _has_read(session, card.id, software):
        return int(card.id)
    else:
        card_id, head["edition"] = card.id, card.edition + 1
        session.execute(update(Card).where(Card.id == card_id).values(head))
    _append_readings(session, card_id, _marked(session, card_id, reading, form), form, head["edition"], software)
    refresh(session, [card_id])
    return int(card_id)


def _head(session: Session, reading: CardReading, form: Form, software: str) -> dict[str, Any]:
    return {
        "form_id": _form_id(session, form),
        "form": form.id,
        "version": form.version,
        "direction": reading.direction,
        "serial": reading.serial,
        "rotation": reading.rotation,
        "residual_mm": reading.residual_mm,
        "broken_rules": list(reading.broken_rules),
        "software": software,
    }


def _form_id(session: Session, form: Form) -> int:
    definition = form.model_dump_json()
    sha256 = hashlib.sha256(definition.encode()).hexdigest()
    key = {"form": form.id, "version": form.version, "sha256": sha256}
    query = select(FormDefinition.id).filter_by(**key)
    known = session.scalars(query).one_or_none()
    if known is not None:
        return known
    new = insert_new(session, FormDefinition, key | {"title": form.title_en, "definition": definition})
    return new if new is not None else session.scalars(query).one()


def _has_read(session: Session, card_id: int, software: str) -> bool:
    query = select(Reading.id).where(Reading.card_id == card_id, Reading.software == software).limit(1)
    return session.scalars(query).first() is not None


def _append_readings(
    session: Session, card_id: int, fields: Sequence[FieldReading], form: Form, edition: int, software: str
) -> None:
    at = datetime.now(UTC)
    head = {"card_id": card_id, "edition": edition, "software": software, "read_at": at}
    contents = [_content(reading) for reading in fields]
    personal = [form.by_name[reading.field].personal for reading in fields]
    nothing = {"raw": None, "candidates": None, "value": None}
    rows = [
        head | _about(reading) | {"personal": secret} | (nothing if secret else content)
        for reading, content, secret in zip(fields, contents, personal, strict=True)
    ]
    ids = session.scalars(insert(Reading).returning(Reading.id, sort_by_parameter_order=True), rows)
    secrets = [
        {"reading_id": key} | content for key, content, secret in zip(ids, contents, personal, strict=True) if secret
    ]
    if secrets:
        session.execute(insert(PersonalReading), secrets)


def _about(reading: FieldReading) -> dict[str, Any]:
    return {
        "field": reading.field,
        "state": str(reading.state),
        "score": reading.score,
        "probability": reading.probability,
        "review": [str(reason) for reason in reading.review],
        "quad": [list(corner) for corner in reading.quad],
        "reader": reading.reader,
        "reader_version": reading.reader_version,
    }


def _content(reading: FieldReading) -> dict[str, Any]:
    candidates = [asdict(candidate) for candidate in reading.candidates]
    return {"raw": reading.raw, "candidates": candidates, "value": reading.value}


def _marked(session: Session, card_id: int, reading: CardReading, form: Form) -> Sequence[FieldReading]:
    """The card's readings; its number waits for a person where a card saved before it bears it on the same form."""
    same = (Record.form == reading.form) & (Record.serial == reading.serial) & (Record.card_id < card_id)
    if reading.serial is None or session.scalars(select(Record.card_id).where(same).limit(1)).first() is None:
        return reading.fields
    number = card_number(form)
    return [replace(f, review=(*f.review, Why.DUPLICATE)) if f.field == number else f for f in reading.fields]


def _readers(fields: Sequence[FieldReading]) -> str:
    return ", ".join(sorted({f"{reading.reader} {reading.reader_version}" for reading in fields}))
