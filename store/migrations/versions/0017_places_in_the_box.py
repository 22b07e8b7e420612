"""A page keeps its place in the box: cards and refused pages are written apart, so that rows do not tell it."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply; where pages lay before is not known."""
    op.add_column("scans", sa.Column("place", sa.Integer(), nullable=True))


def downgrade() -> None:
    """Take back."""
    op.drop_column("scans", "place")
