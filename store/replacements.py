"""Cards that were scanned again since a person asked for it: the later scan's card takes the earlier one's place.

The earlier card stays with all that was read and decided about it, but is no record and waits for nobody; its flag
says which scan closed it. The pair of the two is kept, so that a person can say that they are two cards after all.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, select, update
from sqlalchemy.orm import Session

from store.duplicates import PairNow, pairs_of
from store.tables import Card, Flag, Scan


def asked_again(session: Session, card_ids: Collection[int]) -> set[int]:
    """Those of these cards that a person asked to scan again and nobody has since."""
    return set(session.scalars(select(Flag.card_id).where(Flag.card_id.in_(card_ids), *_OPEN)))


def take_places(session: Session, card_ids: Sequence[int], at: datetime) -> list[int]:
    """Let cards take the places of those that a person asked to scan again; ids of the latter, to be derived anew.

    A card does where both bear one number, or are alike in ink and no number contradicts, or a person said that they
    are one. One that lies in no batch comes into that of the card whose place it takes.
    """
    pairs = [pair for found in pairs_of(session, card_ids).values() for pair in found if not pair.replaced]
    waiting = asked_again(session, {pair.other_id for pair in pairs})
    serials = _serials(session, card_ids)
    taken: list[int] = []
    for pair in sorted(pairs, key=lambda pair: pair.card_id):
        if pair.other_id in waiting and shows_one(pair, serials[pair.card_id]):
            _take(session, pair, at)
            waiting.discard(pair.other_id)
            taken.append(pair.other_id)
    return taken


def give_back(session: Session, pair: PairNow) -> None:
    """Let the earlier card of a pair count again, and wait for a new scan as before."""
    session.execute(update(Card).where(Card.id == pair.other_id).values(replaced_by=None))
    closed = update(Flag).where(Flag.card_id == pair.other_id, Flag.rescanned_by == _scan_of(session, pair.card_id))
    session.execute(closed.values(resolved_at=None, rescanned_by=None))


def shows_one(pair: PairNow, serial: str | None) -> bool:
    """Whether two scans show one card, `serial` being the later one's number: so a person says, or the two do."""
    if pair.verdict is not None:
        return pair.verdict == "same"
    return pair.by_number or (pair.distance is not None and pair.no_number_contradicts(serial))


_OPEN: tuple[ColumnElement[bool], ...] = (Flag.kind == "rescan", Flag.resolved_at.is_(None))


def _take(session: Session, pair: PairNow, at: datetime) -> None:
    scan_id = _scan_of(session, pair.card_id)
    session.execute(update(Card).where(Card.id == pair.other_id).values(replaced_by=pair.card_id))
    flags = update(Flag).where(Flag.card_id == pair.other_id, *_OPEN)
    session.execute(flags.values(resolved_at=at, rescanned_by=scan_id))
    batch = select(Scan.batch_id).where(Scan.id == _scan_of(session, pair.other_id)).scalar_subquery()
    session.execute(update(Scan).where(Scan.id == scan_id, Scan.batch_id.is_(None)).values(batch_id=batch))


def _scan_of(session: Session, card_id: int) -> int:
    return session.scalars(select(Card.scan_id).where(Card.id == card_id)).one()


def _serials(session: Session, card_ids: Sequence[int]) -> dict[int, str | None]:
    rows = session.execute(select(Card.id, Card.serial).where(Card.id.in_(card_ids)))
    return {row.id: row.serial for row in rows}
