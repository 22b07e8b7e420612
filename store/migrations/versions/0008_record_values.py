"""Values of the variables that an office added to the codebook, beside the records."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply. No form before this had such a variable, so there is nothing to fill in."""
    op.create_table(
        "record_values",
        sa.Column("card_id", ID, autoincrement=False, nullable=False),
        sa.Column("variable", sa.Text(), nullable=False),
        sa.Column("value", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["card_id"], ["cards.id"], name=op.f("fk_record_values_card_id")),
        sa.PrimaryKeyConstraint("card_id", "variable", name=op.f("pk_record_values")),
    )
    op.create_index("ix_record_values_variable_value", "record_values", ["variable", "value"])


def downgrade() -> None:
    """Take back."""
    op.drop_table("record_values")
