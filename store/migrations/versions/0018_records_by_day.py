"""Records are counted by day from an index alone, also those that are open at an end or wait for people."""

from __future__ import annotations

from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

_OLD, _NEW = "ix_records_crossing_first_direction", "ix_records_by_day"


def upgrade() -> None:
    """Apply."""
    op.create_index(_NEW, "records", ["crossing_first", "crossing_last", "direction", "pending"])
    op.drop_index(_OLD, "records")


def downgrade() -> None:
    """Take back."""
    op.create_index(_OLD, "records", ["crossing_first", "direction"])
    op.drop_index(_NEW, "records")
