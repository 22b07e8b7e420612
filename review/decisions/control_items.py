"""Control items, mixed in unseen: fields whose value is sure already, to measure how often a person errs."""

from __future__ import annotations

import random
from collections.abc import Sequence

from sqlalchemy import Subquery, insert, select, union_all
from sqlalchemy.orm import Session

from ocr.confidence.values import canonical
from ocr.forms.definition import FieldSpec
from review.assignment.leases import Place
from review.assignment.tasks import CONTROL, DeskContext
from review.decisions.decision_log import DecisionNote
from store.card_state import in_force
from store.queries import card_logs
from store.tables import ControlItem, Decision, Flag, Lease

SURE = ("verify", "adjudicate")
"""Kinds of the decision in force after which a value is sure: two people keyed the same, or a supervisor decided."""

NEWEST = 1000
"""How many of the newest decisions of each kind are looked at."""

_TRIES = 3


def with_control_items(desk: DeskContext, places: Sequence[Place]) -> list[Place]:
    """The places, some exchanged at random for a field of the same name whose value is sure.

    Each is with probability `DeskRules.control_share`.
    """
    mixed: list[Place] = []
    for place in places:
        known = _known_place(desk, place.field, mixed) if random.random() < desk.rules.control_share else None
        mixed.append(known or place)
    return mixed


def known_value(session: Session, card_id: int, field: str) -> str | None:
    """The value of a field if it is sure, else None."""
    decision = in_force(card_logs(session, [card_id])[card_id].log).get(field)
    return decision.value if decision and decision.kind in SURE else None


def append_control_item(session: Session, place: Place, note: DecisionNote, *, right: bool) -> None:
    """Keep whether a known field was keyed rightly; of the answer itself nothing is kept."""
    about = {"person": note.person, "seconds": note.seconds, "at": note.at, "ticket": note.ticket}
    session.execute(insert(ControlItem).values(card_id=place.card_id, field=place.field, right=right, **about))


def is_right(spec: FieldSpec, value: str, known: str) -> bool:
    """Whether an answer is the known one."""
    return canonical(spec, value) == canonical(spec, known)


def _known_place(desk: DeskContext, field: str, taken: Sequence[Place]) -> Place | None:
    """A field of this name whose value is sure and which the person neither keyed nor had as a control item before."""
    newest = union_all(*(select(_newest(kind)) for kind in SURE)).subquery()
    login, same = desk.person.login, (newest.c.card_id, newest.c.field)
    keyed = select(Decision.id).where(Decision.card_id == same[0], Decision.field == same[1], Decision.person == login)
    had = select(ControlItem.id).where(
        ControlItem.card_id == same[0], ControlItem.field == same[1], ControlItem.person == login
    )
    leased = select(Lease.ticket).where(Lease.card_id == same[0], Lease.field == same[1], Lease.until >= desk.now)
    flagged = select(Flag.id).where(Flag.card_id == same[0], Flag.resolved_at.is_(None))
    query = select(newest.c.card_id).distinct().where(newest.c.field == field)
    for unfit in (keyed, had, leased, flagged):
        query = query.where(~unfit.exists())
    found = sorted(set(desk.session.scalars(query)) - {place.card_id for place in taken})
    for card_id in random.sample(found, min(_TRIES, len(found))):
        if known_value(desk.session, card_id, field) is not None:
            return Place(card_id, field, CONTROL)
    return None


def _newest(kind: str) -> Subquery:
    """Card and field of the newest decisions of a kind; read from the end of one index."""
    query = select(Decision.card_id, Decision.field).where(Decision.kind == kind).order_by(Decision.at.desc())
    return query.limit(NEWEST).subquery()
