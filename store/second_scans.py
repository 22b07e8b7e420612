"""Cards that are scanned again, found while they are saved: by their number, and by their ink."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from ocr.reading import FieldReading, Why
from store import duplicates
from store.duplicates import FoundPair
from store.likenesses import keep_likenesses, most_alike
from store.records import card_number
from store.scans import ReadCard
from store.tables import Record


def first_bearers(session: Session, cards: Iterable[ReadCard]) -> dict[tuple[str, str | None], int]:
    """The first card that counts with each of these cards' numbers, by form and number."""
    serials = {card.reading.serial for card in cards if card.reading.serial is not None}
    query = select(Record.form, Record.serial, func.min(Record.card_id)).where(Record.serial.in_(serials))
    return {
        (form, serial): first for form, serial, first in session.execute(query.group_by(Record.form, Record.serial))
    }


def earlier_bearer(card: ReadCard, card_id: int, first: Mapping[tuple[str, str | None], int]) -> int | None:
    """The first card with this one's number on the same form, where that was saved before it."""
    serial = card.reading.serial
    bearer = None if serial is None else first.get((card.reading.form, serial))
    return bearer if bearer is not None and bearer < card_id else None


def marked(card: ReadCard) -> Sequence[FieldReading]:
    """The readings of a card whose number is on an earlier one: its number waits for a person."""
    number = card_number(card.form)
    return [replace(f, review=(*f.review, Why.DUPLICATE)) if f.field == number else f for f in card.reading.fields]


def keep_pairs(session: Session, cards: Mapping[int, ReadCard], bearers: Mapping[int, int], at: datetime) -> list[int]:
    """Keep the cards' signatures, and their pairs with cards that bear their number or are most like them.

    Parameters
    ----------
    bearers
        Earlier cards with the numbers of these, by these cards' ids.

    Returns
    -------
    list of int
        The later cards of new pairs.
    """
    found: dict[tuple[int, int], FoundPair] = {}
    seen = {card_id: card.likeness for card_id, card in cards.items() if card.likeness is not None}
    keep_likenesses(session, seen)
    for card_id, alike in most_alike(session, seen).items():
        later, earlier = max(card_id, alike.card_id), min(card_id, alike.card_id)
        found[later, earlier] = FoundPair(later, earlier, False, alike.distance)
    for card_id, bearer in bearers.items():
        by_ink = found.get((card_id, bearer))
        found[card_id, bearer] = FoundPair(card_id, bearer, True, by_ink.distance if by_ink else None)
    return duplicates.keep_pairs(session, found.values(), at)
