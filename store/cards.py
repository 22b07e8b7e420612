"""Keeping what was read. Plain functions that take a Session; the caller commits, one card in one transaction."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import insert, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from ocr.forms.definition import Form
from ocr.reading import CardReading, FieldReading, Refusal, Refused, Why
from ocr.scan import ScanId
from store.records import card_number, refresh
from store.tables import Base, Batch, Card, FormDefinition, PersonalReading, Reading, Record, Scan

_PARAMETERS = 500


@dataclass(frozen=True)
class ToRescan:
    """A sheet that was refused: what to take out of the box and why."""

    scan: ScanId
    path: str
    reason: Refusal
    detail: str
    loaded_at: datetime


def start_batch(session: Session, folder: str, note: str = "") -> int:
    """Note the beginning of a run; returns the batch's id."""
    batch = Batch(folder=folder, note=note, started=datetime.now(UTC), finished=None)
    session.add(batch)
    session.flush()
    return batch.id


def finish_batch(session: Session, batch_id: int) -> None:
    """Note the end of a run; a batch without one was broken off."""
    session.execute(update(Batch).where(Batch.id == batch_id).values(finished=datetime.now(UTC)))


def known_scans(session: Session, shas: Collection[str]) -> set[ScanId]:
    """Pages of the files with these hashes that the store has, read or refused."""
    ordered, found = sorted(set(shas)), set()
    for start in range(0, len(ordered), _PARAMETERS):
        chunk = ordered[start : start + _PARAMETERS]
        rows = session.execute(select(Scan.sha256, Scan.page).where(Scan.sha256.in_(chunk)))
        found |= {ScanId(sha256, page) for sha256, page in rows}
    return found


def rescan_list(session: Session, *, batch_id: int | None = None) -> list[ToRescan]:
    """Refused sheets in the order in which they were scanned, of one batch or of all."""
    query = select(Scan).where(Scan.outcome == "refused").order_by(Scan.id)
    if batch_id is not None:
        query = query.where(Scan.batch_id == batch_id)
    return [
        ToRescan(ScanId(s.sha256, s.page), s.path, Refusal(s.reason or ""), s.detail or "", s.loaded_at)
        for s in session.scalars(query)
    ]


def save_refused(
    session: Session,
    refused: Refused,
    *,
    batch_id: int | None,
    path: str,
    dpi: float | None = None,
    size: tuple[int, int] | None = None,
) -> bool:
    """Keep a sheet that was not read; returns whether it is new. A sheet that was read before stays read.

    Parameters
    ----------
    dpi, size
        Pixels per inch, and (width, height) in pixels, as far as they are known.
    """
    width, height = size or (None, None)
    outcome = {"outcome": "refused", "reason": str(refused.reason), "detail": refused.detail}
    values = _scan_values(refused.scan, path, dpi, width, height, batch_id) | outcome
    return _insert_new(session, Scan, values) is not None


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
    scan_id = _read_scan(session, reading.scan, path, dpi, size, batch_id)
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


def _scan_values(
    scan: ScanId, path: str, dpi: float | None, width: int | None, height: int | None, batch_id: int | None
) -> dict[str, Any]:
    return {
        "sha256": scan.sha256,
        "page": scan.page,
        "path": path,
        "dpi": dpi,
        "width": width,
        "height": height,
        "loaded_at": datetime.now(UTC),
        "batch_id": batch_id,
    }


def _read_scan(
    session: Session, scan: ScanId, path: str, dpi: float, size: tuple[int, int], batch_id: int | None
) -> int:
    """The row of a scan that is read now; holds its lock, so that of two programs one waits for the other."""
    outcome = {"outcome": "read", "reason": None, "detail": None}
    values = _scan_values(scan, path, dpi, *size, batch_id) | outcome
    if (new := _insert_new(session, Scan, values)) is not None:
        return new
    key = (Scan.sha256 == scan.sha256) & (Scan.page == scan.page)
    row = session.execute(select(Scan.id, Scan.outcome).where(key).with_for_update()).one()
    if row.outcome == "refused":
        session.execute(update(Scan).where(key).values(outcome | {"dpi": dpi, "width": size[0], "height": size[1]}))
    return int(row.id)


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
    new = _insert_new(session, FormDefinition, key | {"title": form.title_en, "definition": definition})
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


def _insert_new(session: Session, table: type[Base], values: dict[str, Any]) -> int | None:
    """Insert a row unless its unique key is there already; returns the new row's id, or None.

    Where another program is about to insert the same key, this waits until that one commits or gives up.
    """
    dialect = sqlite if session.get_bind().dialect.name == "sqlite" else postgresql
    statement = dialect.insert(table).values(values).on_conflict_do_nothing()
    return session.execute(statement.returning(table.__table__.c.id)).scalar_one_or_none()
