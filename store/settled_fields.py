"""Cards with what people settled on them: what the network may be fitted to, and what it may be judged by."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from ocr.reading import Why
from ocr.scan import ScanId
from store.card_state import Decided
from store.engine import AnyRow
from store.labelled_readings import blind_decisions
from store.labels import stood
from store.queries import READ_VALUE, newest_readings
from store.records import CHUNK
from store.tables import Card, Decision, Reading, Scan

_SURE = frozenset({"verify", "adjudicate"})
"""Roles in which a second person keyed the same, or a supervisor decided."""


@dataclass(frozen=True)
class SettledCard:
    """One card on which somebody decided something.

    Attributes
    ----------
    path
        Where its scan lay when it was read (`ocr.file_names.as_text`).
    sure
        Values by field that two said without knowing of each other, be one of them the machine, or that a supervisor
        decided; never one that was drawn for the audit.
    decided
        Values by field that anybody decided without seeing the machine's, audits among them.
    accepted
        The machine's values by field that stand without anybody having looked; neither empty nor drawn for the audit.
    stood
        Fields whose machine's value stood when it was read.
    """

    scan: ScanId
    path: str
    sure: Mapping[str, str]
    decided: Mapping[str, str]
    accepted: Mapping[str, str]
    stood: frozenset[str]


def settled_cards(session: Session) -> Iterator[SettledCard]:
    """All cards on which somebody decided something, by their number."""
    last = 0
    query = select(Decision.card_id).distinct().order_by(Decision.card_id).limit(CHUNK)
    while ids := session.scalars(query.where(Decision.card_id > last)).all():
        yield from _of_cards(session, ids)
        last = ids[-1]


def _of_cards(session: Session, card_ids: Sequence[int]) -> Iterator[SettledCard]:
    seen: defaultdict[int, dict[str, AnyRow]] = defaultdict(dict)
    about = newest_readings(Reading.card_id, Reading.field, Reading.review, READ_VALUE)
    for row in session.execute(about.where(Reading.card_id.in_(card_ids))):
        seen[row.card_id][row.field] = row
    in_force, blind = blind_decisions(session, card_ids)
    scans = select(Card.id, Scan.sha256, Scan.page, Scan.path).join(Scan, Scan.id == Card.scan_id)
    for row in session.execute(scans.where(Card.id.in_(card_ids)).order_by(Card.id)):
        readings = seen[row.id]
        stands = frozenset(field for field, reading in readings.items() if stood(reading.review))
        drawn = frozenset(field for field, reading in readings.items() if Why.AUDIT in reading.review)
        known = {field: one for field, one in in_force[row.id].items() if one.id in blind and one.value is not None}
        by_chance = stands - drawn  # that somebody corrected an accepted value is no random sample
        yield SettledCard(
            ScanId(row.sha256, row.page),
            row.path,
            {f: str(one.value) for f, one in known.items() if _is_sure(one) and f not in stands},
            {f: str(one.value) for f, one in known.items() if f not in by_chance},
            {f: readings[f].value for f in sorted(by_chance - set(in_force[row.id])) if readings[f].value},
            stands,
        )


def _is_sure(decision: Decided) -> bool:
    return decision.kind in _SURE or bool(decision.kind == "key" and decision.policy == "blind" and decision.agrees)
