"""Requests for cards can be taken back, and stay where that was done; a card may be requested more than once."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime(timezone=True)

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply. The table gets another key and holds next to nothing, so it is made anew."""
    kept = _emptied()
    made = op.create_table(
        "requested_cards",
        sa.Column("id", ID, nullable=False),
        sa.Column("card_id", ID, nullable=False),
        sa.Column("person", sa.Text(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("withdrawn_by", sa.Text(), nullable=True),
        sa.Column("withdrawn_at", MOMENT, nullable=True),
        sa.CheckConstraint(
            "(withdrawn_by IS NULL) = (withdrawn_at IS NULL)", name=op.f("ck_requested_cards_withdrawn")
        ),
        sa.ForeignKeyConstraint(["card_id"], ["cards.id"], name=op.f("fk_requested_cards_card_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_requested_cards")),
    )
    holds = sa.text("withdrawn_at IS NULL")
    op.create_index(
        "ix_requested_cards_card_id",
        "requested_cards",
        ["card_id"],
        unique=True,
        sqlite_where=holds,
        postgresql_where=holds,
    )
    op.bulk_insert(made, kept)


def downgrade() -> None:
    """Take back. Requests that were taken back are lost."""
    kept = _emptied("WHERE withdrawn_at IS NULL")
    made = op.create_table(
        "requested_cards",
        sa.Column("card_id", ID, autoincrement=False, nullable=False),
        sa.Column("person", sa.Text(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["card_id"], ["cards.id"], name=op.f("fk_requested_cards_card_id")),
        sa.PrimaryKeyConstraint("card_id", name=op.f("pk_requested_cards")),
    )
    op.bulk_insert(made, kept)


def _emptied(which: str = "") -> list[dict[str, object]]:
    """The requests that are kept; their table is dropped."""
    query = sa.text(f"SELECT card_id, person, at, reason FROM requested_cards {which} ORDER BY at, card_id")
    rows = op.get_bind().execute(query.columns(at=MOMENT))
    kept = [dict(row._mapping) for row in rows]
    op.drop_table("requested_cards")
    return kept
