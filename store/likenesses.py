"""Signatures of cards by their ink, and the lookup of cards that are alike, by index alone."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from typing import Any, NamedTuple

from sqlalchemy import BindParameter, bindparam, delete, insert, select
from sqlalchemy.orm import Session

from ocr.likeness import VERSION, Likeness, distances, keys_of, load_limits
from store.tables import Card, CardLikeness, LikenessKey, table

_AT_ONCE = 5000
_NUMBERS: BindParameter[Any] = bindparam("numbers", expanding=True, literal_execute=True)
"""Whole numbers written into the statement: thousands of parameters cost twice as much."""


class Alike(NamedTuple):
    """The card that is most like another, and the share of bits in which they differ."""

    card_id: int
    distance: float


def keep_likenesses(session: Session, found: Mapping[int, Likeness]) -> None:
    """Keep the signatures of cards that have none yet, by id of the card."""
    if found:
        rows = [{"card_id": card, "version": seen.version, "bits": seen.bits} for card, seen in found.items()]
        keys = sorted({(key, card) for card, seen in found.items() for key in seen.keys})
        session.execute(insert(table(CardLikeness)), rows)
        session.execute(insert(table(LikenessKey)), [{"key": key, "card_id": card} for key, card in keys])


def forget_likeness(session: Session, card_id: int) -> None:
    """Drop the signature of a card that is read anew."""
    query = select(Card.form, CardLikeness.version, CardLikeness.bits).where(Card.id == card_id)
    for form, version, bits in session.execute(query.join(CardLikeness, CardLikeness.card_id == Card.id)).all():
        keys = keys_of(form, version, bits)
        session.execute(delete(LikenessKey).where(LikenessKey.key.in_(keys), LikenessKey.card_id == card_id))
        session.execute(delete(CardLikeness).where(CardLikeness.card_id == card_id))


def most_alike(session: Session, found: Mapping[int, Likeness]) -> dict[int, Alike]:
    """For each of these cards the one that is most like it, of all that were kept, where one is near enough."""
    askers: defaultdict[int, set[int]] = defaultdict(set)
    for card_id, seen in found.items():
        for key in seen.probes:
            askers[key].add(card_id)
    wanted: defaultdict[int, set[int]] = defaultdict(set)
    for key, other in _bearers(session, list(askers)):
        for card_id in askers[key] - {other}:
            wanted[card_id].add(other)
    bits = _bits(session, set().union(*wanted.values()))
    nearest = {}
    for card_id, others in wanted.items():
        known = sorted(others & bits.keys())
        far = distances(found[card_id].bits, [bits[other] for other in known])
        if len(far) and far.min() <= load_limits().most_distance:
            nearest[card_id] = Alike(known[int(far.argmin())], float(far.min()))
    return nearest


def _bearers(session: Session, keys: list[int]) -> list[tuple[int, int]]:
    rows: list[tuple[int, int]] = []
    for start in range(0, len(keys), _AT_ONCE):
        query = select(LikenessKey.key, LikenessKey.card_id).where(LikenessKey.key.in_(_NUMBERS))
        rows += [(key, card) for key, card in session.execute(query, {"numbers": keys[start : start + _AT_ONCE]})]
    return rows


def _bits(session: Session, cards: Collection[int]) -> dict[int, bytes]:
    bits: dict[int, bytes] = {}
    ordered = sorted(cards)
    for start in range(0, len(ordered), _AT_ONCE):
        query = select(CardLikeness.card_id, CardLikeness.bits).where(CardLikeness.version == VERSION)
        numbers = {"numbers": ordered[start : start + _AT_ONCE]}
        some = session.execute(query.where(CardLikeness.card_id.in_(_NUMBERS)), numbers)
        bits |= {row.card_id: row.bits for row in some}
    return bits
