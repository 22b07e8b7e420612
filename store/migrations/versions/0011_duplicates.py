"""Cards known by their ink, pairs of cards that may be one, and what people decided about these."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from store.migrations.append_only import guard

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

_FIRST = """
SELECT c.id AS card_id, min(o.id) AS other_id, min(r.read_at) AS found_at
FROM readings r JOIN cards c ON c.id = r.card_id AND c.edition = r.edition
JOIN cards o ON o.form = c.form AND o.serial = c.serial AND o.id < c.id
WHERE CAST(r.review AS TEXT) LIKE '%"duplicate"%' GROUP BY c.id
"""
"""Cards whose number was on an earlier one when they were read, with the first such."""


def upgrade() -> None:
    """Apply; the pairs that were found by number before wait for a decision where their number does."""
    _likenesses()
    op.create_table(
        "duplicate_pairs",
        sa.Column("id", ID, nullable=False),
        sa.Column("card_id", ID, nullable=False),
        sa.Column("other_id", ID, nullable=False),
        sa.Column("by_number", sa.Boolean(), nullable=False),
        sa.Column("distance", sa.Double(), nullable=True),
        sa.Column("found_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("other_id < card_id", name=op.f("ck_duplicate_pairs_order")),
        sa.CheckConstraint("by_number OR distance IS NOT NULL", name=op.f("ck_duplicate_pairs_found")),
        sa.ForeignKeyConstraint(["card_id"], ["cards.id"], name=op.f("fk_duplicate_pairs_card_id")),
        sa.ForeignKeyConstraint(["other_id"], ["cards.id"], name=op.f("fk_duplicate_pairs_other_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_duplicate_pairs")),
        sa.UniqueConstraint("card_id", "other_id", name=op.f("uq_duplicate_pairs_card_id_other_id")),
    )
    op.create_index(op.f("ix_duplicate_pairs_other_id"), "duplicate_pairs", ["other_id"])
    op.create_table(
        "pair_decisions",
        sa.Column("id", ID, nullable=False),
        sa.Column("pair_id", ID, nullable=False),
        sa.Column("kind", sa.String(length=9), nullable=False),
        sa.Column("person", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("undoes", ID, nullable=True),
        sa.CheckConstraint("kind IN ('same', 'different', 'undo')", name=op.f("ck_pair_decisions_kind")),
        sa.CheckConstraint("(kind = 'undo') = (undoes IS NOT NULL)", name=op.f("ck_pair_decisions_undoes")),
        sa.ForeignKeyConstraint(["pair_id"], ["duplicate_pairs.id"], name=op.f("fk_pair_decisions_pair_id")),
        sa.ForeignKeyConstraint(["undoes"], ["pair_decisions.id"], name=op.f("fk_pair_decisions_undoes")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pair_decisions")),
    )
    op.create_index(op.f("ix_pair_decisions_pair_id"), "pair_decisions", ["pair_id"])
    op.create_table(
        "suspicions",
        sa.Column("pair_id", ID, nullable=False),
        sa.Column("card_id", ID, nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["pair_id"], ["duplicate_pairs.id"], name=op.f("fk_suspicions_pair_id")),
        sa.ForeignKeyConstraint(["card_id"], ["cards.id"], name=op.f("fk_suspicions_card_id")),
        sa.PrimaryKeyConstraint("pair_id", name=op.f("pk_suspicions")),
    )
    op.create_index(op.f("ix_suspicions_card_id"), "suspicions", ["card_id"])
    _known_by_number()
    guard("duplicate_pairs", "id")
    guard("pair_decisions", "id")


def _likenesses() -> None:
    op.create_table(
        "likenesses",
        sa.Column("card_id", ID, nullable=False),
        sa.Column("version", sa.String(length=12), nullable=False),
        sa.Column("bits", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["card_id"], ["cards.id"], name=op.f("fk_likenesses_card_id")),
        sa.PrimaryKeyConstraint("card_id", name=op.f("pk_likenesses")),
    )
    op.create_table(
        "likeness_keys",
        sa.Column("key", sa.BigInteger(), nullable=False),
        sa.Column("card_id", ID, nullable=False),
        sa.ForeignKeyConstraint(["card_id"], ["cards.id"], name=op.f("fk_likeness_keys_card_id")),
        sa.PrimaryKeyConstraint("key", "card_id", name=op.f("pk_likeness_keys")),
        sqlite_with_rowid=False,
    )


def _known_by_number() -> None:
    op.execute(
        "INSERT INTO duplicate_pairs (card_id, other_id, by_number, distance, found_at) "
        f"SELECT card_id, other_id, true, NULL, found_at FROM ({_FIRST}) AS found ORDER BY card_id"
    )
    op.execute(
        "INSERT INTO suspicions (pair_id, card_id, since) SELECT p.id, p.card_id, p.found_at FROM duplicate_pairs p "
        "WHERE EXISTS (SELECT 1 FROM waiting w WHERE w.card_id = p.card_id AND w.why LIKE '%duplicate%')"
    )


def downgrade() -> None:
    """Take back."""
    for table in ("suspicions", "pair_decisions", "duplicate_pairs", "likeness_keys", "likenesses"):
        op.drop_table(table)
