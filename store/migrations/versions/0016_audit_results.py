"""What the audits found is kept beside the decisions, so that the watch need not go through all cards each time."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from functools import cache
from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

from ocr.forms.definition import Form
from ocr.reading import LevelReading
from store.card_state import Decided, StoredReading
from store.labels import audit_labels

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
JSON = sa.JSON().with_variant(JSONB(), "postgresql")

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

_CARDS = 500
_LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)

_LOG = """
SELECT d.card_id, d.id, d.field, coalesce(d.value, p.value) AS value, d.undoes, d.kind, d.person, d.policy, d.agrees,
    d.shown
FROM decisions d LEFT JOIN personal_decisions p ON p.decision_id = d.id
WHERE d.card_id IN :cards ORDER BY d.id
"""
_READINGS = """
SELECT r.card_id, r.id, r.field, coalesce(r.value, p.value) AS value, r.review, coalesce(r.levels, p.levels) AS levels
FROM readings r JOIN cards c ON c.id = r.card_id AND c.edition = r.edition
LEFT JOIN personal_readings p ON p.reading_id = r.id
WHERE r.card_id IN :cards
"""


def upgrade() -> None:
    """Apply; what was audited before is there too, lest a reader that was stopped go on."""
    made = op.create_table(
        "audit_results",
        sa.Column("card_id", ID, autoincrement=False, nullable=False),
        sa.Column("field", sa.Text(), nullable=False),
        sa.Column("level", sa.Text(), nullable=False),
        sa.Column("reading_id", ID, nullable=False),
        sa.Column("decision_id", ID, nullable=False),
        sa.Column("right", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["card_id"], ["cards.id"], name=op.f("fk_audit_results_card_id")),
        sa.ForeignKeyConstraint(["reading_id"], ["readings.id"], name=op.f("fk_audit_results_reading_id")),
        sa.ForeignKeyConstraint(["decision_id"], ["decisions.id"], name=op.f("fk_audit_results_decision_id")),
        sa.PrimaryKeyConstraint("card_id", "field", "level", name=op.f("pk_audit_results")),
    )
    bind = op.get_bind()
    audited = sa.text("SELECT DISTINCT card_id FROM decisions WHERE kind = 'audit' ORDER BY card_id")
    ids = bind.execute(audited).scalars().all()
    for start in range(0, len(ids), _CARDS):
        if rows := _results(bind, ids[start : start + _CARDS]):
            op.bulk_insert(made, rows)


def downgrade() -> None:
    """Take back."""
    op.drop_table("audit_results")


def _results(bind: sa.Connection, ids: Sequence[int]) -> list[dict[str, Any]]:
    """The results of some cards."""
    cards: sa.BindParameter[Any] = sa.bindparam("cards", list(ids), expanding=True)
    logs: defaultdict[int, list[Decided]] = defaultdict(list)
    for card_id, *decision in bind.execute(sa.text(_LOG).bindparams(cards).columns(agrees=sa.Boolean())):
        logs[card_id].append(Decided(*decision))
    seen: defaultdict[int, dict[str, StoredReading]] = defaultdict(dict)
    for row in bind.execute(sa.text(_READINGS).bindparams(cards).columns(review=JSON, levels=JSON)):
        levels = tuple(LevelReading(**level) for level in row.levels or ())
        reading = StoredReading(row.id, row.value, tuple(row.review), None, _LONG_AGO, levels)
        seen[row.card_id][row.field] = reading
    query = sa.text("SELECT c.id, f.definition FROM cards c JOIN forms f ON f.id = c.form_id WHERE c.id IN :cards")
    return [
        {"card_id": card_id, **asdict(found)}
        for card_id, definition in bind.execute(query.bindparams(cards))
        for found in audit_labels(_form(definition), seen[card_id], logs[card_id])
    ]


@cache
def _form(definition: str) -> Form:
    return Form.model_validate_json(definition)
