"""Networks that an office fitted further, and which of them each calibration belongs to."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

from store.migrations.append_only import guard, unguard

JSON = sa.JSON().with_variant(JSONB(), "postgresql")

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "networks",
        sa.Column("version", sa.String(length=12), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("data", sa.Text(), nullable=False),
        sa.Column("lessons", sa.Integer(), nullable=False),
        sa.Column("kept_back", sa.Integer(), nullable=False),
        sa.Column("figures", JSON, nullable=False),
        sa.Column("calibration", sa.Text(), nullable=False),
        sa.Column("model", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("version", name=op.f("pk_networks")),
    )
    guard("networks", "version")
    unguard("calibrations")
    with op.batch_alter_table("calibrations") as table:
        table.add_column(sa.Column("network", sa.String(length=12), nullable=True))
        table.create_foreign_key(op.f("fk_calibrations_network"), "networks", ["network"], ["version"])
    guard("calibrations", "id")


def downgrade() -> None:
    """Take back."""
    unguard("calibrations")
    with op.batch_alter_table("calibrations") as table:
        table.drop_constraint(op.f("fk_calibrations_network"), type_="foreignkey")
        table.drop_column("network")
    guard("calibrations", "id")
    op.drop_table("networks")
