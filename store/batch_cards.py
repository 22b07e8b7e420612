"""Cards of a batch that somebody has to look at: with a number that others have too, a foreign one, or none yet."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from ocr.scan import ScanId
from store.batches import BatchNow
from store.queries import AnySelect
from store.tables import Batch, Card, Record, Scan

_NUMBER = func.coalesce(Record.serial, Card.serial)


@dataclass(frozen=True)
class BatchCard:
    """A card that was read.

    Attributes
    ----------
    serial
        Its number, None as long as nobody knows.
    counts
        Whether it is counted: no card is twice.
    batch
        Number of the batch that it lies in, None for none.
    """

    id: int
    serial: str | None
    direction: str
    scan: ScanId
    path: str
    counts: bool
    batch: str | None


def double_cards(session: Session, now: BatchNow) -> list[BatchCard]:
    """Cards of a batch that share their numbers, and in whatever batch the others lie, by number.

    A traveller's departure and return bear the same number and are no double.
    """
    found = _found(session, _with_numbers(now.account.double).order_by(_NUMBER, Card.id))
    ours = {(card.serial, card.direction) for card in found if card.batch == now.sheet.number}
    return [card for card in found if (card.serial, card.direction) in ours]


def unexpected_cards(session: Session, now: BatchNow) -> list[BatchCard]:
    """Cards in a batch whose number or direction is not the batch's."""
    query = _with_numbers(now.account.unexpected).where(Scan.batch_id == now.id)
    if now.sheet.direction and "?" in now.account.unexpected:
        other = Card.direction.not_in(("", now.sheet.direction)) & _NUMBER.is_(None)
        query = _cards().where(
            Scan.batch_id == now.id, Scan.outcome == "read", or_(_NUMBER.in_(now.account.unexpected), other)
        )
    return _found(session, query.order_by(_NUMBER, Card.id))


def unnumbered_cards(session: Session, now: BatchNow) -> list[BatchCard]:
    """Cards in a batch whose number is not known yet."""
    query = _cards().where(Scan.batch_id == now.id, Scan.outcome == "read", _NUMBER.is_(None))
    return _found(session, query.order_by(Card.id))


def _cards() -> AnySelect:
    counts, number = Record.card_id.is_not(None).label("counts"), _NUMBER.label("serial")
    columns: tuple[Any, ...] = (
        Card.id,
        Card.direction,
        Scan.sha256,
        Scan.page,
        Scan.path,
        Batch.number,
        counts,
        number,
    )
    query: AnySelect = select(*columns).join(Scan, Scan.id == Card.scan_id)
    joined = query.where(Card.replaced_by.is_(None)).outerjoin(Record, Record.card_id == Card.id)
    return joined.outerjoin(Batch, Batch.id == Scan.batch_id)


def _with_numbers(numbers: Sequence[str]) -> AnySelect:
    printed = select(Card.id).where(Card.serial.in_(numbers))
    settled = select(Record.card_id).where(Record.serial.in_(numbers))  # each by its index, not by what holds of both
    return _cards().where(Card.id.in_(printed.union(settled)), _NUMBER.in_(numbers))


def _found(session: Session, query: AnySelect) -> list[BatchCard]:
    return [
        BatchCard(row.id, row.serial, row.direction, ScanId(row.sha256, row.page), row.path, row.counts, row.number)
        for row in session.execute(query)
    ]
