"""The account of a batch: what was expected, what was found, and which numbers make the difference."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from ocr.forms.cover_sheet import CoverSheet, numbers_of
from ocr.reading import Refusal
from store.tables import Card, Record, Scan

NO_CARD = {str(Refusal.BLANK): "blank", str(Refusal.BACK_SIDE): "backs"}
"""Reasons to refuse a sheet of which no front was seen, with what is counted of it."""


@dataclass(frozen=True)
class Account:
    """What was found of a batch.

    Attributes
    ----------
    expected
        Cards that the clerk counted, None where nobody did.
    read, duplicates
        Cards that were read; among these those that had been scanned before count as duplicates only.
    refused, blank, backs
        Sheets that wait to be scanned again: not readable, empty, or scanned face down.
    rescanned
        Sheets that were refused, or set aside by a person, scanned again, and read.
    missing
        Numbers that the batch was to hold and that were not seen.
    double
        Numbers on more than one card.
    unexpected
        Numbers of cards that do not belong here: not among the batch's numbers, or of the other direction.
    unnumbered
        Cards whose number is not read yet, any of which may be a missing one.
    """

    expected: int | None
    read: int = 0
    duplicates: int = 0
    refused: int = 0
    blank: int = 0
    backs: int = 0
    rescanned: int = 0
    missing: tuple[str, ...] = ()
    double: tuple[str, ...] = ()
    unexpected: tuple[str, ...] = ()
    unnumbered: int = 0

    @property
    def found(self) -> int:
        """Sheets in all."""
        return self.read + self.duplicates + self.refused + self.blank + self.backs

    @property
    def difference(self) -> int:
        """Sheets more than expected (or fewer, negative)."""
        return 0 if self.expected is None else self.found - self.expected

    @property
    def to_rescan(self) -> int:
        """Sheets that wait to be scanned again."""
        return self.refused + self.blank + self.backs

    @property
    def adds_up(self) -> bool:
        """Whether the batch may be closed without a signature: every card counted was read, once, and no other."""
        astray = self.missing or self.double or self.unexpected or self.duplicates or self.to_rescan
        return self.expected is not None and not self.difference and not astray


@dataclass(frozen=True)
class CountedCard:
    """A card of a batch: its number if it is known, its direction, and whether it counts, as no duplicate does."""

    serial: str | None
    direction: str
    counts: bool


def kept(account: Account) -> dict[str, Any]:
    """An account as it is kept with the closing of its batch."""
    return {name: list(value) if isinstance(value, tuple) else value for name, value in asdict(account).items()}


def accounts(session: Session, sheets: Mapping[int, CoverSheet]) -> dict[int, Account]:
    """What was found of batches, by their ids, whose cover sheets say what is to be found."""
    pages, cards = _pages(session, list(sheets)), _cards(session, list(sheets))
    return {key: account_of(sheet, pages.get(key, Counter()), cards.get(key, [])) for key, sheet in sheets.items()}


def _pages(session: Session, ids: Sequence[int]) -> Mapping[int, Counter[str]]:
    """Refused sheets of each batch, and cards that were scanned again, by what is counted of them."""
    rescanned = Scan.rescanned_by.is_not(None)
    query = select(Scan.batch_id, Scan.reason, rescanned, func.count()).group_by(Scan.batch_id, Scan.reason, rescanned)
    counts: dict[int, Counter[str]] = {}
    for batch_id, reason, again, number in session.execute(
        query.where(Scan.batch_id.in_(ids), Scan.outcome == "refused")
    ):
        kind = "rescanned" if again else NO_CARD.get(reason or "", "refused")
        counts.setdefault(batch_id or 0, Counter())[kind] += number
    replaced = select(Scan.batch_id, func.count()).join(Card, Card.scan_id == Scan.id).group_by(Scan.batch_id)
    for batch_id, number in session.execute(replaced.where(Scan.batch_id.in_(ids), Card.replaced_by.is_not(None))):
        counts.setdefault(batch_id or 0, Counter())["rescanned"] += number
    return counts


def _cards(session: Session, ids: Sequence[int]) -> Mapping[int, list[CountedCard]]:
    query = (
        select(Scan.batch_id, func.coalesce(Record.serial, Card.serial), Card.direction, Record.card_id.is_not(None))
        .join(Card, Card.scan_id == Scan.id)
        .outerjoin(Record, Record.card_id == Card.id)
        .where(Scan.batch_id.in_(ids), Scan.outcome == "read", Card.replaced_by.is_(None))
        .order_by(Card.id)
    )
    cards: dict[int, list[CountedCard]] = {}
    for batch_id, serial, direction, counts in session.execute(query):
        cards.setdefault(batch_id or 0, []).append(CountedCard(serial, direction, counts))
    return cards


def account_of(sheet: CoverSheet, pages: Counter[str], cards: Sequence[CountedCard]) -> Account:
    """Count a batch: its refused sheets by what is counted of them, and its cards."""
    wanted = numbers_of(sheet.serials)
    seen = {card.serial for card in cards if card.serial}
    times = Counter((card.serial, card.direction) for card in cards if card.serial)  # both sides of a card share it
    again = {card.serial for card in cards if card.serial and not card.counts}
    other = {c.serial or "?" for c in cards if sheet.direction and c.direction not in ("", sheet.direction)}
    strange = seen - wanted if wanted else set()
    read = sum(card.counts for card in cards)
    return Account(
        expected=sheet.expected,
        read=read,
        duplicates=len(cards) - read,
        missing=tuple(sorted(wanted - seen)),
        double=tuple(sorted({number for (number, _), found in times.items() if found > 1} | again)),
        unexpected=tuple(sorted(strange | other)),
        unnumbered=sum(not card.serial for card in cards),
        **{kind: pages[kind] for kind in ("refused", "blank", "backs", "rescanned")},
    )
