"""Pairs of cards that may be one card scanned twice: which wait, and what a supervisor says of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from review.assignment.tasks import DeskContext
from review.decisions.decision_log import locked_card
from review.errors import ReviewError
from store.duplicates import PairNow, Verdict, pairs_of
from store.records import refresh
from store.replacements import give_back, shows_one, take_places
from store.tables import DuplicatePair, PairDecision, Suspicion


@dataclass(frozen=True)
class ListedPair:
    """A pair as lists show it; `verdict` is None while it waits, or where its number was keyed instead."""

    id: int
    card_id: int
    other_id: int
    by_number: bool
    distance: float | None
    found_at: datetime
    verdict: Verdict | None
    person: str | None


@dataclass(frozen=True)
class PairDesk(DeskContext):
    """Saying whether two scans show one card. The caller commits."""

    def decide(self, pair_id: int, verdict: Verdict, reason: str = "") -> None:
        """Keep a supervisor's word; sent twice it counts once.

        Raises
        ------
        ReviewError
            There is no such pair, somebody else's word stands, or the person is no supervisor.
        """
        pair = self._locked(pair_id)
        if pair.verdict == verdict:
            return
        if pair.verdict is not None:
            raise ReviewError("pair_decided", pair=pair_id)
        self._append(pair, verdict, reason.strip(), None)

    def take_back(self, pair_id: int, reason: str = "") -> None:
        """Take back what holds of a pair, so that it waits again; its record counts as before.

        Raises
        ------
        ReviewError
            There is no such pair, nothing holds of it, or the person is no supervisor.
        """
        pair = self._locked(pair_id)
        if pair.decision_id is None:
            raise ReviewError("pair_open", pair=pair_id)
        self._append(pair, "undo", reason.strip(), pair.decision_id)

    def _locked(self, pair_id: int) -> PairNow:
        if self.person.role != "supervisor":
            raise ReviewError("only_supervisor")
        row = self.session.get(DuplicatePair, pair_id)
        if row is None:
            raise ReviewError("no_pair", pair=pair_id)
        locked_card(self.session, row.card_id)
        return pair_now(self.session, pair_id)

    def _append(self, pair: PairNow, kind: str, reason: str, undoes: int | None) -> None:
        about = {"pair_id": pair.id, "kind": kind, "person": self.person.login, "at": self.now}
        self.session.add(PairDecision(**about, reason=reason, undoes=undoes))
        self.session.flush()
        self._replace(pair_now(self.session, pair.id))
        refresh(self.session, sorted({pair.card_id, pair.other_id}))

    def _replace(self, pair: PairNow) -> None:
        """Let the later card take or leave the place of one that was to be scanned again, as what is said now wants."""
        later = locked_card(self.session, pair.card_id)
        if pair.replaced and not shows_one(pair, later.serial):
            give_back(self.session, pair)
        elif not pair.replaced:
            take_places(self.session, [pair.card_id], self.now)


def pair_now(session: Session, pair_id: int) -> PairNow:
    """A pair and what holds of it.

    Raises
    ------
    ReviewError
        There is no such pair.
    """
    row = session.get(DuplicatePair, pair_id)
    for pair in pairs_of(session, [row.card_id])[row.card_id] if row else ():
        if pair.id == pair_id:
            return pair
    raise ReviewError("no_pair", pair=pair_id)


def count_waiting(session: Session) -> int:
    """How many pairs wait."""
    return session.scalar(select(func.count()).select_from(Suspicion)) or 0


def next_waiting(session: Session, after: int = 0) -> int | None:
    """The pair that waits next, the first again after the last; None where none waits."""
    query = select(Suspicion.pair_id).order_by(Suspicion.pair_id).limit(1)
    later = session.scalars(query.where(Suspicion.pair_id > after)).first()
    return later if later is not None else session.scalars(query.where(Suspicion.pair_id != after)).first()


def waiting_pairs(session: Session, *, limit: int = 200) -> list[ListedPair]:
    """The pairs that wait, the oldest first."""
    query = select(DuplicatePair).join(Suspicion, Suspicion.pair_id == DuplicatePair.id)
    return [_listed(pair, None) for pair in session.scalars(query.order_by(DuplicatePair.id).limit(limit))]


def decided_pairs(session: Session, *, limit: int = 50) -> list[ListedPair]:
    """The pairs that were decided last, the newest decision first, as far as it was not taken back."""
    query = select(PairDecision.pair_id, PairDecision.id).order_by(PairDecision.id.desc()).limit(limit)
    return [pair for pair in _pairs(session, [row.pair_id for row in session.execute(query)]) if pair.verdict]


def pairs_of_card(session: Session, card_id: int) -> list[ListedPair]:
    """All pairs of a card with earlier and later ones."""
    either = (DuplicatePair.card_id == card_id) | (DuplicatePair.other_id == card_id)
    return _pairs(session, session.scalars(select(DuplicatePair.id).where(either).order_by(DuplicatePair.id)).all())


def _pairs(session: Session, ids: Sequence[int]) -> list[ListedPair]:
    """Pairs in the order of their ids as given, each once."""
    rows = {row.id: row for row in session.scalars(select(DuplicatePair).where(DuplicatePair.id.in_(ids)))}
    known = pairs_of(session, [row.card_id for row in rows.values()])
    now = {pair.id: pair for pairs in known.values() for pair in pairs}
    made_by = {
        made.id: made.person for made in session.scalars(select(PairDecision).where(PairDecision.pair_id.in_(ids)))
    }
    return [_listed(rows[key], now[key], made_by.get(now[key].decision_id or 0)) for key in dict.fromkeys(ids)]


def _listed(row: DuplicatePair, now: PairNow | None, person: str | None = None) -> ListedPair:
    about = (row.id, row.card_id, row.other_id, row.by_number, row.distance, row.found_at)
    return ListedPair(*about, now.verdict if now else None, person)
