"""Cards of which nothing was read: sheets that were refused, and those that their batch counts and nobody has seen."""

from __future__ import annotations

from datetime import date

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from store.batch_account import NO_CARD
from store.queries import AnySelect, is_unread
from store.tables import Batch, Card, Record, Scan


def lost_cards(session: Session, first: date, last: date, direction: str | None) -> float:
    """Estimated number of lost cards of a period, both days included. Reads only.

    The lost ones of a batch cross on its days, as many on each, in its direction. Of the others nothing is known: they
    are taken to lie in the period, and to be of a direction, as often as the cards that were read.

    Parameters
    ----------
    direction
        ``D`` or ``A``, None for both.
    """
    inside = somewhere = 0.0
    for row in session.execute(_by_batch()):
        lost = max(row.refused, (row.expected or 0) - row.read)
        if not row.first_day or not row.last_day or not row.direction:
            somewhere += lost
        elif direction in (None, row.direction):
            inside += lost * _overlap(row.first_day, row.last_day, first, last)
    somewhere += session.scalar(select(func.count()).select_from(Scan).where(_refused(), Scan.batch_id.is_(None))) or 0
    return inside + somewhere * _share_inside(session, first, last, direction)


def _by_batch() -> AnySelect:
    counted = func.count(Record.card_id).label("read")
    cards = select(Scan.batch_id, counted).join(Card, Card.scan_id == Scan.id).join(Record, Record.card_id == Card.id)
    read = cards.group_by(Scan.batch_id).subquery()
    sheets = select(Scan.batch_id, func.count().label("refused")).where(_refused())
    refused = sheets.group_by(Scan.batch_id).subquery()
    columns = (Batch.first_day, Batch.last_day, Batch.direction, Batch.expected)
    found = (func.coalesce(read.c.read, 0).label("read"), func.coalesce(refused.c.refused, 0).label("refused"))
    query = select(*columns, *found).outerjoin(read, read.c.batch_id == Batch.id)
    return query.outerjoin(refused, refused.c.batch_id == Batch.id)


def _refused() -> ColumnElement[bool]:
    """Sheets with a front; that a card's front was never seen shows in the count of its batch."""
    return is_unread() & Scan.reason.not_in(list(NO_CARD))


def _overlap(first: date, last: date, start: date, end: date) -> float:
    """Share of the days from `first` to `last` that lies in the period."""
    return max(0, (min(last, end) - max(first, start)).days + 1) / ((last - first).days + 1)


def _share_inside(session: Session, first: date, last: date, direction: str | None) -> float:
    """Share of the cards with a day that lie in the period and are of the direction."""
    crossed = Record.crossing_first.is_not(None)
    within = Record.crossing_first.between(first, last) & (Record.crossing_last <= last)
    side = [Record.direction == direction] if direction else [Record.direction != ""]
    inside, whole = (
        session.scalar(select(func.count()).select_from(Record).where(*conditions)) or 0
        for conditions in ((within, *side), (crossed,))
    )
    return inside / whole if whole else 0.0
