"""Refused sheets that were scanned again: a card that was read closes the line on the rescan list that it stood on."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from sqlalchemy import exists, or_, select, update
from sqlalchemy.orm import Session, aliased

from store.queries import is_unread
from store.tables import Card, Record, Scan


class _Read(NamedTuple):
    """A card that was read; `counts` says whether it is the first of its number, and took no other card's place."""

    scan_id: int
    serial: str | None
    path: str
    batch_id: int | None
    counts: bool


class _Line(NamedTuple):
    """A sheet on the rescan list."""

    scan_id: int
    serial: str | None
    path: str
    batch_id: int | None


def close_rescans(session: Session, card_ids: Sequence[int], *, rescan: bool) -> int:
    """Close the lines of sheets that have been read now; returns how many.

    A line is that of a card if its number could be read then, or if it was the same file of the same batch. Of a run
    that only scans a batch's refused sheets again, each card that is left closes the oldest line of its batch, since
    those sheets and no others went through the scanner.

    Parameters
    ----------
    card_ids
        Cards that were saved just now, not more than some hundred. Those that had been scanned before, or took
        the place of a card that a person set aside, close nothing by their order.
    rescan
        Whether the run scans refused sheets again.
    """
    cards = _cards(session, card_ids)
    lines, closed = _lines(session, cards), 0
    for card in cards:
        line = next((line for line in lines if _is_of(line, card)), None)
        if line is None and rescan and card.batch_id is not None and card.counts:
            line = next((x for x in lines if x.batch_id == card.batch_id and x.scan_id < card.scan_id), None)
        if line is not None:
            lines.remove(line)
            session.execute(update(Scan).where(Scan.id == line.scan_id).values(rescanned_by=card.scan_id))
            closed += 1
    return closed


def _is_of(line: _Line, card: _Read) -> bool:
    """Whether a line is certainly that of a card."""
    same_file = card.batch_id is not None and (line.batch_id, line.path) == (card.batch_id, card.path)
    return same_file or (card.serial is not None and line.serial == card.serial)


def _cards(session: Session, card_ids: Sequence[int]) -> list[_Read]:
    other = aliased(Card)
    counts = Record.card_id.is_not(None) & ~exists().where(other.replaced_by == Card.id)
    query = (
        select(Scan.id, Card.serial, Scan.path, Scan.batch_id, counts)
        .join(Scan, Scan.id == Card.scan_id)
        .outerjoin(Record, Record.card_id == Card.id)
        .where(Card.id.in_(card_ids))
        .order_by(Card.id)
    )
    return [_Read(*row) for row in session.execute(query)]


def _lines(session: Session, cards: Sequence[_Read]) -> list[_Line]:
    """Lines that may be those of these cards, the oldest first."""
    serials = {card.serial for card in cards if card.serial}
    batches = {card.batch_id for card in cards if card.batch_id is not None}
    if not serials and not batches:
        return []
    query = select(Scan.id, Scan.serial, Scan.path, Scan.batch_id).order_by(Scan.id)
    query = query.where(is_unread())
    return [
        _Line(*row) for row in session.execute(query.where(or_(Scan.serial.in_(serials), Scan.batch_id.in_(batches))))
    ]
