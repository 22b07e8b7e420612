"""Fields wait in the order of a random sample; what the machine says of columns it did not settle; goals for tables.

The new columns and the table `doubts` follow from readings and decisions; of cards that are there already they are
derived by `migcards verify --rebuild`. Until then their fields wait in no particular order, and estimates lack them.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

from store.migrations.append_only import guard

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
JSON = sa.JSON().with_variant(JSONB(), "postgresql")
MOMENT = sa.DateTime(timezone=True)

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    for index in ("ix_waiting_queue", "ix_waiting_field"):
        op.drop_index(index, "waiting")
    with op.batch_alter_table("waiting") as waiting:
        waiting.add_column(sa.Column("needed_for", sa.String(8), nullable=False, server_default="tables"))
        waiting.add_column(sa.Column("draw", sa.Double(), nullable=False, server_default="1"))
    op.execute("UPDATE waiting SET needed_for = 'identity' WHERE personal")
    op.execute("UPDATE waiting SET needed_for = 'audit' WHERE why = 'audit'")
    with op.batch_alter_table("waiting") as waiting:
        waiting.alter_column("needed_for", server_default=None)
        waiting.alter_column("draw", server_default=None)
    op.create_index("ix_waiting_queue", "waiting", ["turn", "needed_for", "rank", "field", "draw", "card_id"])
    op.create_index("ix_waiting_field", "waiting", ["field", "turn", "draw", "card_id"])
    _doubts()
    _goals()
    guard("sampling_levels", "id")


def _doubts() -> None:
    op.create_table(
        "doubts",
        sa.Column("card_id", ID, autoincrement=False, nullable=False),
        sa.Column("variable", sa.Text(), nullable=False),
        sa.Column("cohort", sa.String(7), nullable=False),
        sa.Column("size", sa.Double(), nullable=False),
        sa.Column("draw", sa.Double(), nullable=False),
        sa.Column("known", sa.String(9), nullable=False),
        sa.Column("shares", JSON, nullable=False),
        sa.CheckConstraint("known IN ('', 'drawn', 'otherwise')", name=op.f("ck_doubts_known")),
        sa.ForeignKeyConstraint(["card_id"], ["cards.id"], name=op.f("fk_doubts_card_id")),
        sa.PrimaryKeyConstraint("card_id", "variable", name=op.f("pk_doubts")),
    )
    index = ["variable", "cohort", "known", "draw"]
    op.create_index("ix_doubts_variable_cohort_known_draw", "doubts", index)


def _goals() -> None:
    op.create_table(
        "requested_cards",
        sa.Column("card_id", ID, autoincrement=False, nullable=False),
        sa.Column("person", sa.Text(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["card_id"], ["cards.id"], name=op.f("fk_requested_cards_card_id")),
        sa.PrimaryKeyConstraint("card_id", name=op.f("pk_requested_cards")),
    )
    op.create_table(
        "precision_goals",
        sa.Column("id", ID, nullable=False),
        sa.Column("dimension", sa.Text(), nullable=False),
        sa.Column("direction", sa.String(1), nullable=False),
        sa.Column("within", sa.Double(), nullable=False),
        sa.Column("first_day", sa.Date(), nullable=False),
        sa.Column("last_day", sa.Date(), nullable=False),
        sa.Column("person", sa.Text(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("dropped_at", MOMENT, nullable=True),
        sa.CheckConstraint("within > 0 AND within < 1", name=op.f("ck_precision_goals_within")),
        sa.CheckConstraint("direction IN ('D', 'A')", name=op.f("ck_precision_goals_direction")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_precision_goals")),
    )
    op.create_table(
        "sampling_levels",
        sa.Column("id", ID, nullable=False),
        sa.Column("variable", sa.Text(), nullable=False),
        sa.Column("level", sa.Double(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sampling_levels")),
    )
    op.create_index("ix_sampling_levels_variable_id", "sampling_levels", ["variable", "id"])


def downgrade() -> None:
    """Take back."""
    for table in ("sampling_levels", "precision_goals", "requested_cards", "doubts"):
        op.drop_table(table)
    for index in ("ix_waiting_queue", "ix_waiting_field"):
        op.drop_index(index, "waiting")
    with op.batch_alter_table("waiting") as waiting:
        waiting.drop_column("draw")
        waiting.drop_column("needed_for")
    op.create_index("ix_waiting_queue", "waiting", ["turn", "rank", "field", "since", "card_id"])
    op.create_index("ix_waiting_field", "waiting", ["field", "turn", "since", "card_id"])
