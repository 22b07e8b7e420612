"""What the audit found of the values that stood without a person, by column of the record."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from ocr.confidence.values import canonical
from ocr.forms.codebook import codebook
from store.doubts import sources
from store.engine import AnyRow
from store.labels import stood
from store.queries import DECIDED_VALUE, READ_VALUE, decisions, newest_readings
from store.records import all_forms
from store.tables import Card, Decision, Reading


@dataclass(frozen=True)
class AuditOutcome:
    """Audits of the fields that a column depends on, how many found the value wrong, and how many may be, 0..1."""

    audits: int
    wrong: int
    target_error: float


def audit_outcomes(session: Session, columns: Sequence[str]) -> list[AuditOutcome]:
    """Outcomes of all audits by column, for the columns that a machine may fill. Reads only."""
    forms = all_forms(session)
    by_column = {form_id: sources(form) for form_id, form in forms.items()}
    fields = {name for found in by_column.values() for column in columns for name in found.get(column, ())}
    audits, wrong = Counter[str](), Counter[str]()
    for row in filter(lambda row: stood(row.review), _audits(session, sorted(fields))):
        spec = forms[row.form_id].by_name[row.field]
        differs = canonical(spec, row.decided) != canonical(spec, row.value)
        for column in (c for c in columns if row.field in by_column[row.form_id].get(c, ())):
            audits[column] += 1
            wrong[column] += differs
    targets = {one.column: one.target_error for one in codebook().variable.values() if one.column}
    read = {column for found in by_column.values() for column in found}
    return [
        AuditOutcome(audits[column], wrong[column], targets.get(column, max(targets.values())))
        for column in columns
        if column in read
    ]


def _audits(session: Session, fields: Sequence[str]) -> Sequence[AnyRow]:
    """The newest audit of each field, with what had been read."""
    undone = select(Decision.undoes).where(Decision.undoes.is_not(None))
    standing = (Decision.kind == "audit", Decision.field.in_(fields), Decision.id.not_in(undone))
    newest = select(func.max(Decision.id)).where(*standing).group_by(Decision.card_id, Decision.field)
    decided = decisions(Decision.card_id, Decision.field, DECIDED_VALUE.label("decided")).where(Decision.id.in_(newest))
    one = decided.subquery()
    read = newest_readings(Card.form_id, Reading.field, Reading.review, READ_VALUE, one.c.decided)
    read = read.join(one, (one.c.card_id == Reading.card_id) & (one.c.field == Reading.field))
    return session.execute(read.where(READ_VALUE.is_not(None), one.c.decided.is_not(None))).all()
