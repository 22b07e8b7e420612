"""The fields that wait for people, in the order in which they should be looked at. Knows no web."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import datetime

import numpy as np
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from ocr.geometry import Quad, as_quad
from ocr.scan import ScanId
from review.assignment.demand import EVERYTHING, Demand
from store.tables import Card, Scan, Waiting


@dataclass(frozen=True)
class QueueItem:
    """One field of one card that waits for a person.

    Attributes
    ----------
    scan, path
        Where to cut the crop from; `path` is where the scan lay when it was read.
    quad
        Corners of the zone in pixels of the original scan, clockwise from the top left.
    rotation
        Degrees the card lay turned clockwise in the scan.
    why
        Reasons (`ocr.reading.Why` or ``rule:NAME``).
    personal
        Whether the field identifies a person: only for eyes that may see names.
    since
        When it was read.
    """

    card_id: int
    serial: str | None
    form: str
    version: str
    scan: ScanId
    path: str
    quad: Quad
    rotation: int
    field: str
    personal: bool
    why: tuple[str, ...]
    since: datetime


@dataclass(frozen=True)
class QueueCounts:
    """How many fields wait: in all, by field, and on how many cards; and how many more are not wanted now."""

    total: int
    cards: int
    by_field: dict[str, int]
    later: int = 0


def waiting(
    session: Session, *, demand: Demand = EVERYTHING, field: str | None = None, limit: int = 50, offset: int = 0
) -> list[QueueItem]:
    """The next fields to look at, of those that are wanted.

    Dates of crossing come first, since they hold up the report of a whole period, then other required facts, then
    the rest; field by field, so that a person keeps at one kind of answer, within a field in the order of the draws.
    """
    query = (
        select(Waiting, Card.serial, Card.form, Card.version, Card.rotation, Scan.sha256, Scan.page, Scan.path)
        .join(Card, Card.id == Waiting.card_id)
        .join(Scan, Scan.id == Card.scan_id)
        .where(demand.condition())
        .limit(limit)
        .offset(offset)
    )
    drawn = (Waiting.draw, Waiting.card_id)
    if field is None:
        query = query.order_by(Waiting.rank, Waiting.field, *drawn)
    else:
        query = query.where(Waiting.field == field).order_by(*drawn)
    return [
        QueueItem(
            card_id=wait.card_id,
            serial=serial,
            form=form,
            version=version,
            scan=ScanId(sha256, page),
            path=path,
            quad=as_quad(np.array(wait.quad)),
            rotation=rotation,
            field=wait.field,
            personal=wait.personal,
            why=tuple(wait.why.split("|")),
            since=wait.since,
        )
        for wait, serial, form, version, rotation, sha256, page, path in session.execute(query)
    ]


def counts(session: Session, demand: Demand = EVERYTHING) -> QueueCounts:
    """How many fields wait and are wanted, by field in the order of the queue."""
    wanted = demand.condition()
    rows = session.execute(
        select(Waiting.rank, Waiting.field, func.count())
        .where(wanted)
        .group_by(Waiting.rank, Waiting.field)
        .order_by(Waiting.rank, Waiting.field)
    )
    by_field: Counter[str] = Counter()
    for _, field, number in rows:
        by_field[field] += number
    cards = session.scalar(select(func.count(func.distinct(Waiting.card_id))).where(wanted)) or 0
    everything = session.scalar(select(func.count()).select_from(Waiting)) or 0
    return QueueCounts(by_field.total(), cards, dict(by_field), everything - by_field.total())
