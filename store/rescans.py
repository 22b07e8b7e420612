"""Refused sheets that were scanned again: a card that was read closes the line on the rescan list that it stood on."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import or_, select, update
from sqlalchemy.orm import Session

from store.tables import Card, Record, Scan


def close_rescans(session: Session, card_ids: Sequence[int], *, rescan: bool) -> int:
    """Close the lines of sheets that have been read now; returns how many.

    A line is that of a card if its number could be read then, or if it was the same file of the same batch. Of a run
    that only scans a batch's refused sheets again, each card that is left closes the oldest line of its batch, since
    those sheets and no others went through the scanner.

    Parameters
    ----------
    card_ids
        Cards that were saved just now, not more than some hundred. Those that had been scanned before close nothing
        by their order.
    rescan
        Whether the run scans refused sheets again.
    """
    closed = 0
    for scan_id, serial, path, batch_id, counts in _cards(session, card_ids):
        lines = select(Scan.id).where(Scan.outcome == "refused", Scan.rescanned_by.is_(None)).order_by(Scan.id).limit(1)
        same = [Scan.serial == serial] if serial else []
        if batch_id is not None:
            same.append((Scan.path == path) & (Scan.batch_id == batch_id))
        line = session.scalar(lines.where(or_(*same), Scan.id != scan_id)) if same else None
        if line is None and rescan and batch_id is not None and counts:
            line = session.scalar(lines.where(Scan.batch_id == batch_id, Scan.id < scan_id))
        if line is not None:
            session.execute(update(Scan).where(Scan.id == line).values(rescanned_by=scan_id))
            closed += 1
    return closed


def _cards(session: Session, card_ids: Sequence[int]) -> Sequence[tuple[int, str | None, str, int | None, bool]]:
    query = (
        select(Scan.id, Card.serial, Scan.path, Scan.batch_id, Record.card_id.is_not(None))
        .join(Scan, Scan.id == Card.scan_id)
        .outerjoin(Record, Record.card_id == Card.id)
        .where(Card.id.in_(card_ids))
        .order_by(Card.id)
    )
    return [(scan, serial, path, batch, counts) for scan, serial, path, batch, counts in session.execute(query)]
