"""Pairs of cards that may be one card scanned twice: how they were found, and what people decided about them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, NamedTuple, TypeAlias

from sqlalchemy import select
from sqlalchemy.orm import Session, aliased

from store.card_state import Decided, taken_back
from store.engine import insert_new
from store.tables import Card, DuplicatePair, PairDecision

Verdict: TypeAlias = Literal["same", "different"]


class FoundPair(NamedTuple):
    """Two cards that may be one: the later, the earlier, whether by their number, and the distance of their ink."""

    card_id: int
    other_id: int
    by_number: bool
    distance: float | None


@dataclass(frozen=True)
class PairNow:
    """A pair, and what holds of it, as `store.tables.DuplicatePair`.

    Attributes
    ----------
    other_serial
        The number that was read on the earlier card.
    verdict
        What a person decided, as far as it was not taken back; the last word holds.
    decision_id
        The decision that holds.
    replaced
        Whether the later card took the earlier one's place (`store.replacements`), so that it is the one that counts.
    """

    id: int
    card_id: int
    other_id: int
    by_number: bool
    distance: float | None
    found_at: datetime
    other_serial: str | None
    verdict: Verdict | None = None
    decision_id: int | None = None
    replaced: bool = False

    def waits_by_ink(self) -> bool:
        """Whether the two are alike and nobody has decided yet."""
        return self._is_open and self.distance is not None

    def waits_by_number(self) -> bool:
        """Whether the two bore one number and nobody has decided yet."""
        return self._is_open and self.by_number

    @property
    def _is_open(self) -> bool:
        return self.verdict is None and not self.replaced

    def is_one(self, serial: str | None) -> bool:
        """Whether the two count as one card by their ink, `serial` being the later one's number.

        Ink is believed until a person has looked, unless the two bear different numbers: then one of the two
        witnesses errs, and both cards count meanwhile.
        """
        return self.waits_by_ink() and self.no_number_contradicts(serial)

    def no_number_contradicts(self, serial: str | None) -> bool:
        """Whether the two do not bear different numbers, `serial` being the later one's."""
        return serial is None or self.other_serial in (None, serial)


def keep_pairs(session: Session, pairs: Iterable[FoundPair], at: datetime) -> list[int]:
    """Keep pairs that are not known yet; the later cards of the new ones."""
    rows = [pair._asdict() | {"found_at": at} for pair in sorted(pairs)]
    if not rows:
        return []
    return [card_id for (card_id,) in insert_new(session, DuplicatePair, rows, DuplicatePair.card_id)]


def pairs_of(session: Session, card_ids: Sequence[int]) -> defaultdict[int, list[PairNow]]:
    """The pairs in which these cards are the later ones, by card, in the order in which they were found."""
    other = aliased(Card)
    columns = (DuplicatePair, other.serial, other.replaced_by)
    query = select(*columns).join(other, other.id == DuplicatePair.other_id)
    rows = session.execute(query.where(DuplicatePair.card_id.in_(card_ids)).order_by(DuplicatePair.id)).all()
    held = _held(session, [pair.id for pair, _, _ in rows])
    found: defaultdict[int, list[PairNow]] = defaultdict(list)
    for pair, serial, replaced_by in rows:
        verdict, decision_id = held.get(pair.id, (None, None))
        about = (pair.id, pair.card_id, pair.other_id, pair.by_number, pair.distance, pair.found_at)
        replaced = replaced_by == pair.card_id
        found[pair.card_id].append(PairNow(*about, serial, verdict, decision_id, replaced))
    return found


def _held(session: Session, pair_ids: Sequence[int]) -> Mapping[int, tuple[Verdict, int]]:
    """The decision that holds about each pair, with its id."""
    if not pair_ids:
        return {}
    query = select(PairDecision).where(PairDecision.pair_id.in_(pair_ids)).order_by(PairDecision.id)
    log = session.scalars(query).all()
    void = taken_back([Decided(made.id, "", None, made.undoes) for made in log])
    held: dict[int, tuple[Verdict, int]] = {}
    for made in log:
        if made.id not in void and made.kind != "undo":
            held[made.pair_id] = ("same" if made.kind == "same" else "different", made.id)
    return held
