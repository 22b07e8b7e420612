"""The review desk: turns and policies of keys, people who log in, leases, checks, flags."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from store.migrations.append_only import guard

MOMENT = sa.DateTime(timezone=True)
ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
KINDS = "'key', 'verify', 'adjudicate', 'audit', 'import', 'correct'"

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    _unguard()
    with op.batch_alter_table("decisions") as decisions:
        decisions.add_column(sa.Column("policy", sa.String(length=6), nullable=False, server_default=""))
        decisions.add_column(sa.Column("agrees", sa.Boolean(), nullable=True))
        decisions.add_column(sa.Column("ticket", sa.String(length=32), nullable=True))
        decisions.drop_constraint(op.f("ck_decisions_kind"), type_="check")
        decisions.drop_constraint(op.f("ck_decisions_value"), type_="check")
        decisions.create_check_constraint(op.f("ck_decisions_kind"), f"kind IN ({KINDS}, 'reopen', 'undo')")
        decisions.create_check_constraint(
            op.f("ck_decisions_value"), "(personal OR kind IN ('reopen', 'undo')) = (value IS NULL)"
        )
        decisions.create_check_constraint(op.f("ck_decisions_policy"), "policy IN ('', 'blind', 'double')")
        decisions.create_unique_constraint(op.f("uq_decisions_ticket"), ["ticket"])
        decisions.create_index("ix_decisions_person_id", ["person", "id"])
    with op.batch_alter_table("decisions") as decisions:
        decisions.alter_column("policy", server_default=None)
    guard("decisions", "id")

    for index in ("ix_waiting_queue", "ix_waiting_field"):
        op.drop_index(index, "waiting")
    with op.batch_alter_table("waiting") as waiting:
        waiting.add_column(sa.Column("alike", sa.Text(), nullable=True))
        waiting.add_column(sa.Column("turn", sa.String(length=10), nullable=False, server_default="key"))
        waiting.add_column(sa.Column("keyed_by", sa.Text(), nullable=False, server_default=""))
        waiting.create_check_constraint(op.f("ck_waiting_turn"), "turn IN ('key', 'verify', 'adjudicate')")
    with op.batch_alter_table("waiting") as waiting:
        waiting.alter_column("turn", server_default=None)
        waiting.alter_column("keyed_by", server_default=None)
    op.create_index("ix_waiting_queue", "waiting", ["turn", "rank", "field", "since", "card_id"])
    op.create_index("ix_waiting_field", "waiting", ["field", "turn", "since", "card_id"])
    op.create_index("ix_waiting_alike", "waiting", ["field", "alike", "since", "card_id"])

    _create_people()
    _create_desk()


def _create_people() -> None:
    op.create_table(
        "users",
        sa.Column("id", ID, nullable=False),
        sa.Column("login", sa.String(length=64), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("role", sa.String(length=13), nullable=False),
        sa.Column("password", sa.Text(), nullable=False),
        sa.Column("language", sa.String(length=2), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("created", MOMENT, nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("locked_until", MOMENT, nullable=True),
        sa.CheckConstraint(
            "role IN ('operator', 'reviewer', 'supervisor', 'analyst', 'administrator')", name=op.f("ck_users_role")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_users")),
        sa.UniqueConstraint("login", name=op.f("uq_users_login")),
    )
    op.create_table(
        "visits",
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("user_id", ID, nullable=False),
        sa.Column("csrf", sa.Text(), nullable=False),
        sa.Column("began", MOMENT, nullable=False),
        sa.Column("seen", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_visits_user_id")),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_visits")),
    )
    op.create_index("ix_visits_user_id", "visits", ["user_id"])


def _create_desk() -> None:
    op.create_table(
        "leases",
        sa.Column("card_id", ID, autoincrement=False, nullable=False),
        sa.Column("field", sa.Text(), nullable=False),
        sa.Column("person", sa.Text(), nullable=False),
        sa.Column("turn", sa.String(length=10), nullable=False),
        sa.Column("ticket", sa.String(length=32), nullable=False),
        sa.Column("taken", MOMENT, nullable=False),
        sa.Column("until", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["card_id"], ["cards.id"], name=op.f("fk_leases_card_id")),
        sa.PrimaryKeyConstraint("card_id", "field", name=op.f("pk_leases")),
        sa.UniqueConstraint("ticket", name=op.f("uq_leases_ticket")),
    )
    op.create_index("ix_leases_person", "leases", ["person"])
    op.create_table(
        "checks",
        sa.Column("id", ID, nullable=False),
        sa.Column("card_id", ID, nullable=False),
        sa.Column("field", sa.Text(), nullable=False),
        sa.Column("person", sa.Text(), nullable=False),
        sa.Column("right", sa.Boolean(), nullable=False),
        sa.Column("seconds", sa.Double(), nullable=True),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("ticket", sa.String(length=32), nullable=False),
        sa.ForeignKeyConstraint(["card_id"], ["cards.id"], name=op.f("fk_checks_card_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_checks")),
        sa.UniqueConstraint("ticket", name=op.f("uq_checks_ticket")),
    )
    op.create_index("ix_checks_person_at", "checks", ["person", "at"])
    guard("checks", "id")
    op.create_table(
        "flags",
        sa.Column("id", ID, nullable=False),
        sa.Column("card_id", ID, nullable=False),
        sa.Column("field", sa.Text(), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("person", sa.Text(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("resolved_by", sa.Text(), nullable=True),
        sa.Column("resolved_at", MOMENT, nullable=True),
        sa.CheckConstraint("kind IN ('rescan', 'wrong_card', 'other')", name=op.f("ck_flags_kind")),
        sa.ForeignKeyConstraint(["card_id"], ["cards.id"], name=op.f("fk_flags_card_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_flags")),
    )
    op.create_index("ix_flags_card_id", "flags", ["card_id"])


def downgrade() -> None:
    """Take back; reopenings, which the older schema does not know, must be gone."""
    for table in ("flags", "checks", "leases", "visits", "users"):
        op.drop_table(table)
    for index in ("ix_waiting_queue", "ix_waiting_field", "ix_waiting_alike"):
        op.drop_index(index, "waiting")
    with op.batch_alter_table("waiting") as waiting:
        waiting.drop_column("alike")
        waiting.drop_constraint(op.f("ck_waiting_turn"), type_="check")
        waiting.drop_column("turn")
        waiting.drop_column("keyed_by")
    op.create_index("ix_waiting_queue", "waiting", ["rank", "field", "since", "card_id"])
    op.create_index("ix_waiting_field", "waiting", ["field", "since", "card_id"])
    _unguard()
    with op.batch_alter_table("decisions") as decisions:
        decisions.drop_index("ix_decisions_person_id")
        decisions.drop_constraint(op.f("uq_decisions_ticket"), type_="unique")
        for name in ("kind", "value", "policy"):
            decisions.drop_constraint(op.f(f"ck_decisions_{name}"), type_="check")
        decisions.create_check_constraint(op.f("ck_decisions_kind"), f"kind IN ({KINDS}, 'undo')")
        decisions.create_check_constraint(op.f("ck_decisions_value"), "(personal OR kind = 'undo') = (value IS NULL)")
        for column in ("policy", "agrees", "ticket"):
            decisions.drop_column(column)
    guard("decisions", "id")


def _unguard() -> None:
    """On SQLite the triggers go with the table that batch mode rebuilds."""
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP TRIGGER decisions_append_only ON decisions")
