"""Finding cards: by what is on them, by where they come from, by what became of them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.orm import Session

from review.cards.filters import Filters, conditions, is_flagged
from store.records import known_fields
from store.tables import Batch, Card, Record, Scan, Waiting

COUNTED = 10_000
"""Cards that are counted at most."""


@dataclass(frozen=True)
class SearchHit:
    """A card that was found; `waiting` counts its waiting fields."""

    card_id: int
    serial: str | None
    form: str
    direction: str
    crossed: date | None
    checkpoint: str | None
    district: str | None
    batch: str | None
    loaded_at: datetime
    waiting: int
    flagged: bool
    duplicate: bool
    replaced: bool


@dataclass(frozen=True)
class SearchResult:
    """One page of cards, the newest first; `next` is the `before` of the page that follows, None at the end."""

    hits: tuple[SearchHit, ...]
    next: int | None


def find(session: Session, filters: Filters, *, before: int | None = None, limit: int = 50) -> SearchResult:
    """One page of the cards that have all that is asked.

    Parameters
    ----------
    before
        Only cards whose id is smaller, so that pages neither overlap nor slow down (keyset paging).
    """
    query = _hits().where(*_asked(session, filters)).order_by(Card.id.desc()).limit(limit + 1)
    if before is not None:
        query = query.where(Card.id < before)
    hits = tuple(SearchHit(**row._mapping) for row in session.execute(query))
    return SearchResult(hits[:limit], hits[limit - 1].card_id if len(hits) > limit else None)


def count(session: Session, filters: Filters) -> int:
    """How many cards have all that is asked; `COUNTED` stands for that many or more."""
    query = select(Card.id).join(Scan, Scan.id == Card.scan_id).outerjoin(Record, Record.card_id == Card.id)
    some = query.where(*_asked(session, filters)).limit(COUNTED).subquery()
    return session.scalar(select(func.count()).select_from(some)) or 0


def known_batches(session: Session, limit: int = 100) -> list[Batch]:
    """The latest batches, newest first."""
    return list(session.scalars(select(Batch).order_by(Batch.id.desc()).limit(limit)))


def _hits() -> Select[*tuple[Any, ...]]:
    waiting = select(func.count()).where(Waiting.card_id == Card.id).scalar_subquery()
    query = select(
        Card.id.label("card_id"),
        func.coalesce(Record.serial, Card.serial).label("serial"),
        Card.form,
        Card.direction,
        Record.crossing_date.label("crossed"),
        Record.checkpoint,
        Record.district,
        Batch.number.label("batch"),
        Scan.loaded_at,
        waiting.label("waiting"),
        is_flagged().label("flagged"),
        (Record.card_id.is_(None) & Card.replaced_by.is_(None)).label("duplicate"),
        Card.replaced_by.is_not(None).label("replaced"),
    )
    query = query.join(Scan, Scan.id == Card.scan_id).outerjoin(Batch, Batch.id == Scan.batch_id)
    return query.outerjoin(Record, Record.card_id == Card.id)


def _asked(session: Session, filters: Filters) -> list[ColumnElement[bool]]:
    return conditions(session, filters, known_fields(session) if filters.values else {})
