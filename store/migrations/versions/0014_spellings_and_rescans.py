"""Spellings of personal answers, by which names are found; cards and flags know the scan that took a card's place."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from ocr.lexicon.normalise import fold_words

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
VERBATIM = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

_PERSONAL = (("readings", "personal_readings", "reading_id"), ("decisions", "personal_decisions", "decision_id"))
_ROWS = 1000
_DATE = "____-__-__"


def upgrade() -> None:
    """Apply; what was read and keyed before is found too."""
    for _, table, _ in _PERSONAL:
        if op.get_bind().dialect.name == "postgresql":
            op.execute(f'ALTER TABLE {table} ALTER COLUMN value TYPE text COLLATE "C"')
        op.create_index(op.f(f"ix_{table}_value"), table, ["value"])
    op.create_table(
        "personal_spellings",
        sa.Column("field", sa.Text(), nullable=False),
        sa.Column("value", VERBATIM, nullable=False),
        sa.Column("key", VERBATIM, nullable=False),
        sa.Column("tail", VERBATIM, nullable=False),
        sa.PrimaryKeyConstraint("field", "value", name=op.f("pk_personal_spellings")),
    )
    for column in ("key", "tail"):
        op.create_index(f"ix_personal_spellings_field_{column}", "personal_spellings", ["field", column])
    _keep_spellings()
    with op.batch_alter_table("cards") as cards:
        cards.add_column(sa.Column("replaced_by", ID, nullable=True))
        cards.create_foreign_key(op.f("fk_cards_replaced_by"), "cards", ["replaced_by"], ["id"])
        cards.create_index(op.f("ix_cards_replaced_by"), ["replaced_by"])
    with op.batch_alter_table("flags") as flags:
        flags.add_column(sa.Column("rescanned_by", ID, nullable=True))
        flags.create_foreign_key(op.f("fk_flags_rescanned_by"), "scans", ["rescanned_by"], ["id"])
        flags.create_check_constraint(
            op.f("ck_flags_rescanned"), "rescanned_by IS NULL OR (kind = 'rescan' AND resolved_by IS NULL)"
        )


def downgrade() -> None:
    """Take back. Cards whose place was taken count again once they are derived anew."""
    with op.batch_alter_table("flags") as flags:
        flags.drop_constraint(op.f("ck_flags_rescanned"), type_="check")
        flags.drop_constraint(op.f("fk_flags_rescanned_by"), type_="foreignkey")
        flags.drop_column("rescanned_by")
    with op.batch_alter_table("cards") as cards:
        cards.drop_index(op.f("ix_cards_replaced_by"))
        cards.drop_constraint(op.f("fk_cards_replaced_by"), type_="foreignkey")
        cards.drop_column("replaced_by")
    op.drop_table("personal_spellings")
    for _, table, _ in _PERSONAL:
        op.drop_index(op.f(f"ix_{table}_value"), table)
        if op.get_bind().dialect.name == "postgresql":
            op.execute(f"ALTER TABLE {table} ALTER COLUMN value TYPE text")


def _keep_spellings() -> None:
    """Words and dates, each once, with what they are compared by (`store.spellings.key_of`)."""
    bind = op.get_bind()
    insert = sa.text("INSERT INTO personal_spellings (field, value, key, tail) VALUES (:field, :value, :key, :tail)")
    said = " UNION ".join(
        f"SELECT s.field, p.value FROM {half} p JOIN {table} s ON s.id = p.{key}" for table, half, key in _PERSONAL
    )
    for part in bind.execute(sa.text(said)).partitions(_ROWS):
        rows = [
            {"field": field, "value": value, "key": key, "tail": key[::-1]}
            for field, value in part
            if (key := _key(value or ""))
        ]
        if rows:
            bind.execute(insert, rows)


def _key(value: str) -> str:
    signs = "".join("_" if sign.isdigit() else sign for sign in value)
    return value if signs == _DATE else "" if "_" in signs else " ".join(fold_words(value))
