"""Whether the readers still keep in operation what was measured of them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from ocr.confidence.calibration import Calibration
from ocr.confidence.drift import is_broken, is_rate_odd
from ocr.confidence.kinds import kind_of, measured_version, target_error
from ocr.reading import FieldState
from store.calibrations import InForce
from store.labelled_readings import audited
from store.labels import BY_SCORE, stood
from store.records import forms_of
from store.tables import Card, Reading

RECENT = 50_000
"""Readings that the present share of accepted ones is taken from."""


@dataclass(frozen=True)
class OddRate:
    """A reader and kind that accepts far less, or far more, than was measured; shares in 0..1."""

    reader: str
    kind: str
    accepted: float
    measured: float


@dataclass(frozen=True)
class DriftReport:
    """What is wrong now.

    Attributes
    ----------
    stopped
        (reader, kind) whose audit has shown that the target error is exceeded since the calibration in force was
        applied. Nothing of them is accepted until another one is.
    odd
        Shares accepted that call for a look, and stop nothing.
    """

    stopped: frozenset[tuple[str, str]]
    odd: tuple[OddRate, ...]


def drift_report(session: Session, now: InForce, target_errors: Mapping[str, float]) -> DriftReport:
    """Look at the audits and at the latest readings.

    Parameters
    ----------
    target_errors
        The target errors that the operator sets for single fields, by name.
    """
    outcomes: defaultdict[tuple[str, str], list[tuple[bool, float]]] = defaultdict(list)
    for item in audited(session, now.since):
        if _is_measured(now.calibration, item.reader, item.version, item.kind):
            outcomes[item.reader, item.kind].append((item.right, target_error(item.spec, target_errors)))
    stopped = frozenset(key for key, audits in outcomes.items() if is_broken(audits))
    return DriftReport(
        stopped, tuple(rate for rate in _rates(session, now, target_errors) if (rate.reader, rate.kind) not in stopped)
    )


def _is_measured(calibration: Calibration, reader: str, version: str, kind: str) -> bool:
    scale = calibration.by_key.get((reader, kind))
    return scale is not None and scale.version == measured_version(reader, version)


@dataclass
class _Rate:
    count: int = 0
    accepted: int = 0
    expected: float = 0.0


def _rates(session: Session, now: InForce, target_errors: Mapping[str, float]) -> list[OddRate]:
    """Shares accepted lately that are far from those measured."""
    newest = session.scalar(select(func.max(Reading.id))) or 0
    columns = (Card.form_id, Reading.field, Reading.reader, Reading.reader_version, Reading.state, Reading.review)
    query = select(*columns, func.count().label("number")).join(Card, Card.id == Reading.card_id)
    query = query.where(Reading.id > newest - RECENT, Reading.score.is_not(None)).group_by(*columns)
    if now.since is not None:
        query = query.where(Reading.read_at >= now.since)
    rows = session.execute(query).all()
    forms = forms_of(session, (row.form_id for row in rows))
    rates: defaultdict[tuple[str, str], _Rate] = defaultdict(_Rate)
    for row in rows:
        spec = forms[row.form_id].by_name[row.field]
        kind = kind_of(spec, FieldState(row.state))
        if set(row.review) <= BY_SCORE and _is_measured(now.calibration, row.reader, row.reader_version, kind):
            threshold = now.calibration.by_key[row.reader, kind].threshold(target_error(spec, target_errors))
            rate = rates[row.reader, kind]
            rate.count += row.number
            rate.accepted += row.number if stood(row.review) else 0
            rate.expected += row.number * (threshold.share if threshold else 0.0)
    return [
        OddRate(reader, kind, rate.accepted / rate.count, rate.expected / rate.count)
        for (reader, kind), rate in sorted(rates.items())
        if is_rate_odd(rate.accepted, rate.count, rate.expected / rate.count)
    ]
