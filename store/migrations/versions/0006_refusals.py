"""A log of refusals: a page that is read in the end was refused before, and the log says so."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from store.migrations.append_only import guard

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "refusals",
        sa.Column("id", ID, nullable=False),
        sa.Column("refused_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("batch_id", ID, nullable=True),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("page", sa.Integer(), nullable=False),
        sa.Column("path", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.Column("forms", sa.String(length=12), nullable=False),
        sa.ForeignKeyConstraint(["batch_id"], ["batches.id"], name=op.f("fk_refusals_batch_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_refusals")),
    )
    op.create_index("ix_refusals_sha256_page", "refusals", ["sha256", "page"])
    op.execute(
        "INSERT INTO refusals (refused_at, batch_id, sha256, page, path, reason, detail, forms) "
        "SELECT loaded_at, batch_id, sha256, page, path, reason, coalesce(detail, ''), '' FROM scans "
        "WHERE outcome = 'refused' ORDER BY id"
    )
    guard("refusals", "id")


def downgrade() -> None:
    """Take back."""
    op.drop_table("refusals")
