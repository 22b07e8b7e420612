"""Known answers, mixed in unseen: fields whose value is sure already, to measure how often a person errs."""

from __future__ import annotations

import random
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Subquery, insert, select, union_all
from sqlalchemy.orm import Session

from ocr.confidence.values import canonical
from ocr.forms.definition import FieldSpec
from review.assignment.leases import Place
from review.assignment.tasks import CHECK, Person
from review.decisions.decision_log import DecisionNote
from store.card_state import in_force
from store.queries import card_logs
from store.tables import ControlItem, Decision, Flag, Lease

SURE = ("verify", "adjudicate")
"""Kinds of the decision in force after which a value is sure: two people keyed the same, or a supervisor decided."""

NEWEST = 1000
"""How many of the newest decisions of each kind are looked at."""

_TRIES = 3


def mixed_in(session: Session, person: Person, places: Sequence[Place], now: datetime, share: float) -> list[Place]:
    """The places, each with probability `share` exchanged for a field of the same name whose value is sure."""
    mixed: list[Place] = []
    for place in places:
        known = _known_place(session, person, place.field, mixed, now) if random.random() < share else None
        mixed.append(known or place)
    return mixed


def known_value(session: Session, card_id: int, field: str) -> str | None:
    """The value of a field if it is sure, else None."""
    decision = in_force(card_logs(session, [card_id])[card_id].log).get(field)
    return decision.value if decision and decision.kind in SURE else None


def append_check(session: Session, place: Place, note: DecisionNote, *, right: bool) -> None:
    """Keep whether a known field was keyed rightly; of the answer itself nothing is kept."""
    about = {"person": note.person, "seconds": note.seconds, "at": note.at, "ticket": note.ticket}
    session.execute(insert(ControlItem).values(card_id=place.card_id, field=place.field, right=right, **about))


def is_right(spec: FieldSpec, value: str, known: str) -> bool:
    """Whether an answer is the known one."""
    return canonical(spec, value) == canonical(spec, known)


def _known_place(session: Session, person: Person, field: str, taken: Sequence[Place], now: datetime) -> Place | None:
    """A field of this name whose value is sure and which this person neither keyed nor was asked before."""
    newest = union_all(*(select(_newest(kind)) for kind in SURE)).subquery()
    same = newest.c.card_id, newest.c.field
    keyed = select(Decision.id).where(
        Decision.card_id == same[0], Decision.field == same[1], Decision.person == person.login
    )
    asked = select(ControlItem.id).where(
        ControlItem.card_id == same[0], ControlItem.field == same[1], ControlItem.person == person.login
    )
    held = select(Lease.ticket).where(Lease.card_id == same[0], Lease.field == same[1], Lease.until >= now)
    flagged = select(Flag.id).where(Flag.card_id == same[0], Flag.resolved_at.is_(None))
    query = select(newest.c.card_id).distinct().where(newest.c.field == field)
    for unfit in (keyed, asked, held, flagged):
        query = query.where(~unfit.exists())
    found = sorted(set(session.scalars(query)) - {place.card_id for place in taken})
    for card_id in random.sample(found, min(_TRIES, len(found))):
        if known_value(session, card_id, field) is not None:
            return Place(card_id, field, CHECK)
    return None


def _newest(kind: str) -> Subquery:
    """Card and field of the newest decisions of a kind; read from the end of one index."""
    query = select(Decision.card_id, Decision.field).where(Decision.kind == kind).order_by(Decision.at.desc())
    return query.limit(NEWEST).subquery()
