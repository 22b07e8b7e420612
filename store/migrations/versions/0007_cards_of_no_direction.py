"""Cards of forms that are neither departure nor return."""

from __future__ import annotations

from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    _allow("'D', 'A', ''")


def downgrade() -> None:
    """Take back; fails while there are such cards."""
    _allow("'D', 'A'")


def _allow(directions: str) -> None:
    with op.batch_alter_table("cards") as cards:
        cards.drop_constraint(op.f("ck_cards_direction"), type_="check")
        cards.create_check_constraint(op.f("ck_cards_direction"), f"direction IN ({directions})")
