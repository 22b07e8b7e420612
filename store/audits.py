"""What the audit found of the values that stood without a person, by column of the record."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, case, func, select
from sqlalchemy.orm import Session

from ocr.forms.codebook import codebook
from store.doubts import sources
from store.records import all_forms
from store.tables import AuditResult, Card


@dataclass(frozen=True)
class AuditOutcome:
    """Audits of the fields that a column depends on, how many found the value wrong, and how many may be, 0..1."""

    audits: int
    wrong: int
    target_error: float


def audit_outcomes(session: Session, columns: Sequence[str]) -> list[AuditOutcome]:
    """Outcomes of all audits by column, for the columns that a machine may fill. Reads only."""
    by_column = {form_id: sources(form) for form_id, form in all_forms(session).items()}
    fields = {name for found in by_column.values() for column in columns for name in found.get(column, ())}
    audits, wrong = Counter[str](), Counter[str]()
    for form_id, field, number, right in session.execute(_audits(sorted(fields))):
        for column in (c for c in columns if field in by_column[form_id].get(c, ())):
            audits[column] += number
            wrong[column] += number - right
    targets = {one.column: one.target_error for one in codebook().variable.values() if one.column}
    read = {column for found in by_column.values() for column in found}
    return [
        AuditOutcome(audits[column], wrong[column], targets.get(column, max(targets.values())))
        for column in columns
        if column in read
    ]


def _audits(fields: Sequence[str]) -> Select[*tuple[Any, ...]]:
    """Audits of values by form and field, and how many found the value right."""
    right = func.sum(case((AuditResult.right, 1), else_=0))
    query = select(Card.form_id, AuditResult.field, func.count(), right).join(Card, Card.id == AuditResult.card_id)
    query = query.where(AuditResult.level == "", AuditResult.field.in_(fields))
    return query.group_by(Card.form_id, AuditResult.field)
