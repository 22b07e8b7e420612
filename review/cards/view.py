"""All that is known of one card, for a supervisor: what holds, what was read, who decided what and when."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal, TypeAlias

import numpy as np
from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from ocr.forms.codebook import Role
from ocr.forms.definition import FieldSpec, Form
from ocr.geometry import Quad, as_quad
from ocr.reading import LevelReading
from ocr.scan import ScanId
from review.cards.history import DecisionEvent, History, ReadingEvent, history_of
from review.decisions.keying import agrees
from review.errors import ReviewError
from store.card_state import Turn, WaitingField, card_state
from store.duplicates import pairs_of
from store.queries import stored_reading
from store.records import CardNow, broken_rules, forms_of
from store.tables import Batch, Card, Flag, Run, Scan

State: TypeAlias = Literal["machine", "audit", "person", "waits", "duplicate"]
"""Whose value stands: the machine's, the same though an audit is to come, a person's; or nobody's yet; or it is not
asked, since the card was scanned before."""


@dataclass(frozen=True)
class FieldView:
    """One field of the card.

    Attributes
    ----------
    value
        What holds; None while the field waits.
    settled
        What holds where the value waits and its group at a coarser level is sure.
    hidden
        Whether `value`, `settled`, and all values in `reads` and `decisions`, were left out because they identify a
        person.
    turn, why
        Whose key it waits for and for which reasons, where it waits.
    quad
        The zone in pixels of the original scan, clockwise from the top left.
    reads
        Newest first; at least one.
    decisions
        In the order in which they were made.
    agreed
        Logins of those who said what holds, where people settled it.
    with_machine
        Whether the machine read the same; None where nothing holds by people's word.
    """

    spec: FieldSpec
    state: State
    value: str | None
    settled: LevelReading | None
    hidden: bool
    turn: Turn | None
    why: tuple[str, ...]
    quad: Quad
    reads: tuple[ReadingEvent, ...]
    decisions: tuple[DecisionEvent, ...]
    agreed: tuple[str, ...] = ()
    with_machine: bool | None = None


@dataclass(frozen=True)
class FlagView:
    """A flag that somebody set on the card; `resolved_at` is None while it is open.

    `rescanned_by` is the card of the scan that closed it, where no supervisor did.
    """

    id: int
    field: str
    kind: str
    note: str
    person: str
    at: datetime
    resolved_by: str | None
    resolved_at: datetime | None
    rescanned_by: int | None


@dataclass(frozen=True)
class CardView:
    """One card.

    Attributes
    ----------
    size
        Width and height of the scan in pixels, as it lies in the file.
    rotation
        Degrees the card lies turned clockwise in the scan.
    batch
        Number of the batch that it lay in; None where it lay in none.
    run
        Id of the run that brought it, and that run's folder; None where it came without one.
    replaced_by, replaces
        The card that took its place since a person asked for another scan; those whose place it took.
    broken
        Rules that its values break, with the fields.
    """

    id: int
    form: Form
    direction: str
    serial: str | None
    scan: ScanId
    path: str
    size: tuple[int, int]
    rotation: int
    residual_mm: float
    loaded_at: datetime
    batch: str | None
    run: tuple[int, str] | None
    duplicate: bool
    replaced_by: int | None
    replaces: tuple[int, ...]
    fields: tuple[FieldView, ...]
    broken: Mapping[str, tuple[str, ...]]
    flags: tuple[FlagView, ...]


def card_view(session: Session, card_id: int, *, personal: bool) -> CardView:
    """Everything about one card; only reads, and locks nothing.

    Parameters
    ----------
    personal
        Whether values that identify the person are filled in.

    Raises
    ------
    ReviewError
        There is no such card.
    """
    head = session.execute(_head(card_id)).one_or_none()
    if head is None:
        raise ReviewError("no_card", card=card_id)
    form = forms_of(session, [head.form_id])[head.form_id]
    history = history_of(session, card_id)
    readings = {row.field: stored_reading(row) for row in history.readings if row.edition == head.edition}
    state = card_state(form, readings, head.broken_rules, history.log, broken_rules)
    now = CardNow(head, form, readings, history.log, state, pairs_of(session, [card_id])[card_id])
    return CardView(
        id=card_id,
        form=form,
        direction=head.direction,
        serial=head.serial,
        scan=ScanId(head.sha256, head.page),
        path=head.path,
        size=(head.width or 0, head.height or 0),
        rotation=head.rotation,
        residual_mm=head.residual_mm,
        loaded_at=head.loaded_at,
        batch=head.number,
        run=None if head.run_id is None else (head.run_id, head.folder),
        duplicate=now.is_duplicate,
        replaced_by=head.replaced_by,
        replaces=tuple(session.scalars(select(Card.id).where(Card.replaced_by == card_id).order_by(Card.id))),
        fields=tuple(_field(spec, now, history, personal) for spec in form.fields),
        broken=now.state.broken,
        flags=tuple(FlagView(**row._mapping) for row in session.execute(_flags(card_id))),
    )


def _field(spec: FieldSpec, now: CardNow, history: History, personal: bool) -> FieldView:
    hidden = spec.personal and not personal
    waiting = now.state.waiting if _is_asked(now, spec) else ()
    wait = next((wait for wait in waiting if wait.field == spec.name), None)
    decisions = history.decisions(spec.name, hidden)
    value, agreed = now.state.values[spec.name], history.agreed(spec.name)
    settled = now.state.settled_levels.get(spec.name)
    return FieldView(
        spec=spec,
        state=_state(now, spec, wait, decisions),
        value=None if hidden else value,
        settled=None if hidden or now.is_duplicate else settled,
        hidden=hidden and value is not None,
        turn=wait.turn if wait else None,
        why=wait.why if wait else (),
        quad=as_quad(np.array(now.readings[spec.name].quad)),
        reads=history.reads(spec.name, hidden),
        decisions=decisions,
        agreed=agreed,
        with_machine=agrees(spec, now.readings[spec.name].value, value) if agreed and value is not None else None,
    )


def _state(now: CardNow, spec: FieldSpec, wait: WaitingField | None, decisions: tuple[DecisionEvent, ...]) -> State:
    if any(made.holds for made in decisions):
        return "person"
    if not _is_asked(now, spec):
        return "duplicate"
    if wait is None:
        return "machine"
    return "audit" if wait.is_audit else "waits"


def _is_asked(now: CardNow, spec: FieldSpec) -> bool:
    """Whether a person may have to key the field: of a second scan only the number, and of one that is closed none."""
    return not now.is_duplicate or (spec.role is Role.CARD_NUMBER and not now.is_closed)


def _head(card_id: int) -> Select[*tuple[Any, ...]]:
    return (
        select(
            Card.form_id,
            Card.direction,
            Card.serial,
            Card.rotation,
            Card.residual_mm,
            Card.broken_rules,
            Card.edition,
            Card.replaced_by,
            Scan.sha256,
            Scan.page,
            Scan.path,
            Scan.width,
            Scan.height,
            Scan.loaded_at,
            Scan.run_id,
            Run.folder,
            Batch.number,
        )
        .join(Scan, Scan.id == Card.scan_id)
        .outerjoin(Run, Run.id == Scan.run_id)
        .outerjoin(Batch, Batch.id == Scan.batch_id)
        .where(Card.id == card_id)
    )


def _flags(card_id: int) -> Select[*tuple[Any, ...]]:
    columns = (Flag.id, Flag.field, Flag.kind, Flag.note, Flag.person, Flag.at, Flag.resolved_by, Flag.resolved_at)
    query = select(*columns, Card.id.label("rescanned_by")).outerjoin(Card, Card.scan_id == Flag.rescanned_by)
    return query.where(Flag.card_id == card_id).order_by(Flag.id)


def upright(quad: Quad, rotation: int, size: tuple[int, int]) -> Quad:
    """Corners in the scan as they lie once the page is turned upright.

    Parameters
    ----------
    rotation
        Degrees the card lies turned clockwise in the scan: 0, 90, 180 or 270.
    size
        Width and height of the scan in pixels.
    """
    right, bottom = size[0] - 1, size[1] - 1
    a, b, c, d = quad if rotation == 0 else tuple(_turned(x, y, rotation, right, bottom) for x, y in quad)
    return (a, b, c, d)


def _turned(x: float, y: float, rotation: int, right: int, bottom: int) -> tuple[float, float]:
    return {90: (y, right - x), 180: (right - x, bottom - y), 270: (bottom - y, x)}[rotation]
