"""Which of the waiting fields people are to key now; the others wait without costing anybody's time."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, TypeAlias

from sqlalchemy import ColumnElement, and_, exists, or_, true
from sqlalchemy.orm import InstrumentedAttribute, Session

from ocr.forms.codebook import Purpose
from store.doubts import sources
from store.goals import sampling_levels
from store.records import AUDIT, all_forms
from store.tables import RequestedCard, Suspicion, Waiting

KeyingScope: TypeAlias = Literal["everything", "statistical", "goals"]
"""What people key. ``everything``: each field that is not sure. ``statistical``: each that enters tables, so that the
records are exact. ``goals``: of these, a random part as large as the goals for the tables need. In the last two the
others are keyed where somebody needs them: on a card that was requested, or to tell whether it was scanned twice."""


@dataclass(frozen=True)
class Demand:
    """What is wanted.

    Attributes
    ----------
    levels
        Up to which draw each field is keyed, by name; None where there is no limit. Only for ``goals``.
    """

    keying: KeyingScope = "everything"
    levels: Mapping[str, float] | None = None

    def parts(self) -> list[ColumnElement[bool]]:
        """Conditions on `Waiting`, each of which an index serves; a field is wanted that fulfils one."""
        if self.keying == "everything":
            return [Waiting.needed_for == purpose for purpose in (*Purpose, AUDIT)]
        tables = Waiting.needed_for == Purpose.TABLES
        limited = [
            and_(tables, Waiting.field == name, Waiting.draw < level) for name, level in (self.levels or {}).items()
        ]
        # audits always, since the trust in what is accepted rests on them
        return [*(limited if self.keying == "goals" else [tables]), Waiting.needed_for == AUDIT, _needed()]

    def condition(self) -> ColumnElement[bool]:
        """Whether a waiting field is wanted."""
        return true() if self.keying == "everything" else or_(*self.parts())


EVERYTHING = Demand()


def demand_of(session: Session, keying: KeyingScope) -> Demand:
    """What is wanted now."""
    return Demand(keying, field_levels(session) if keying == "goals" else None)


def field_levels(session: Session) -> dict[str, float]:
    """Up to which draw each field is keyed for the goals: as far as the variable needs that needs it most."""
    by_variable = sampling_levels(session)
    levels: defaultdict[str, float] = defaultdict(float)
    for form in all_forms(session).values():
        for variable, fields in sources(form).items():
            for name in fields:
                levels[name] = max(levels[name], by_variable.get(variable, 0.0))
    return {name: level for name, level in levels.items() if level > 0}


def is_requested(card_id: InstrumentedAttribute[int]) -> ColumnElement[bool]:
    """Whether somebody needs the identifying fields of a card."""
    return exists().where(RequestedCard.card_id == card_id, RequestedCard.withdrawn_at.is_(None))


def _needed() -> ColumnElement[bool]:
    """That a field of no table is on a card that was requested, or is the number of one that may be there twice."""
    requested = is_requested(Waiting.card_id)
    suspected = exists().where(Suspicion.card_id == Waiting.card_id)
    handling = and_(Waiting.needed_for == Purpose.CONTROL, suspected)
    return and_(Waiting.needed_for.in_((Purpose.IDENTITY, Purpose.CONTROL)), or_(requested, handling))
