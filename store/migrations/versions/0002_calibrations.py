"""Scores of readings, and calibrations in force."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from store.migrations.append_only import guard

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.add_column("readings", sa.Column("score", sa.Double(), nullable=True))
    op.create_table(
        "calibrations",
        sa.Column("id", ID, nullable=False),
        sa.Column("applied_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("made", sa.Date(), nullable=False),
        sa.Column("data", sa.Text(), nullable=False),
        sa.Column("fingerprint", sa.String(length=12), nullable=False),
        sa.Column("previous", sa.String(length=12), nullable=False),
        sa.Column("returns_to", ID, nullable=True),
        sa.Column("content", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["returns_to"], ["calibrations.id"], name=op.f("fk_calibrations_returns_to")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_calibrations")),
    )
    op.create_index("ix_decisions_kind_at", "decisions", ["kind", "at"])
    guard("calibrations", "id")


def downgrade() -> None:
    """Take back."""
    op.drop_index("ix_decisions_kind_at", "decisions")
    op.drop_table("calibrations")
    op.drop_column("readings", "score")
