"""Batches are counted bundles of cards; what was called so, one run over some files, is a run."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

from store.migrations.append_only import guard, unguard

JSON = sa.JSON().with_variant(JSONB(), "postgresql")
ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime(timezone=True)

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    _move_runs("batches", "runs")
    _point_at("runs", old="batch_id", new="run_id")
    op.execute("UPDATE records SET batch_id = NULL")
    with op.batch_alter_table("records") as records:
        records.drop_constraint(op.f("fk_records_batch_id"), type_="foreignkey")
    op.drop_table("batches")
    _create_batches()
    with op.batch_alter_table("records") as records:
        records.create_foreign_key(op.f("fk_records_batch_id"), "batches", ["batch_id"], ["id"])
    with op.batch_alter_table("scans") as scans:
        scans.add_column(sa.Column("batch_id", ID, nullable=True))
        scans.add_column(sa.Column("serial", sa.Text(), nullable=True))
        scans.add_column(sa.Column("rescanned_by", ID, nullable=True))
        scans.create_foreign_key(op.f("fk_scans_batch_id"), "batches", ["batch_id"], ["id"])
        scans.create_foreign_key(op.f("fk_scans_rescanned_by"), "scans", ["rescanned_by"], ["id"])
        scans.drop_constraint(op.f("ck_scans_outcome"), type_="check")
        scans.create_check_constraint(op.f("ck_scans_outcome"), "outcome IN ('read', 'refused', 'cover', 'back')")
        scans.create_check_constraint(op.f("ck_scans_rescanned"), "rescanned_by IS NULL OR outcome = 'refused'")
        scans.create_index("ix_scans_batch_id_outcome", ["batch_id", "outcome"])
    refused = sa.text("outcome = 'refused'")
    for column in ("path", "serial"):
        op.create_index(f"ix_scans_refused_{column}", "scans", [column], sqlite_where=refused, postgresql_where=refused)


def downgrade() -> None:
    """Take back. What was counted of batches is lost, and so are cover sheets and backs, which are no scans there."""
    op.execute("DELETE FROM scans WHERE outcome IN ('cover', 'back')")
    for column in ("path", "serial"):
        op.drop_index(f"ix_scans_refused_{column}", "scans")
    with op.batch_alter_table("scans") as scans:
        scans.drop_index("ix_scans_batch_id_outcome")
        scans.drop_constraint(op.f("ck_scans_rescanned"), type_="check")
        scans.drop_constraint(op.f("ck_scans_outcome"), type_="check")
        scans.create_check_constraint(op.f("ck_scans_outcome"), "outcome IN ('read', 'refused')")
        for name in ("rescanned_by", "batch_id"):
            scans.drop_constraint(op.f(f"fk_scans_{name}"), type_="foreignkey")
        for name in ("rescanned_by", "serial", "batch_id"):
            scans.drop_column(name)
    op.execute("UPDATE records SET batch_id = NULL")
    with op.batch_alter_table("records") as records:
        records.drop_constraint(op.f("fk_records_batch_id"), type_="foreignkey")
    op.drop_table("batch_closings")
    op.drop_table("batches")
    _move_runs("runs", "batches")
    _point_at("batches", old="run_id", new="batch_id")
    op.drop_table("runs")
    with op.batch_alter_table("records") as records:
        records.create_foreign_key(op.f("fk_records_batch_id"), "batches", ["batch_id"], ["id"])


def _move_runs(old: str, new: str) -> None:
    """Copy runs into a table of another name, which has constraints of its own name."""
    op.create_table(
        new,
        sa.Column("id", ID, nullable=False),
        sa.Column("folder", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("started", MOMENT, nullable=False),
        sa.Column("finished", MOMENT, nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{new}")),
    )
    columns = "id, folder, note, started, finished"
    op.execute(f"INSERT INTO {new} ({columns}) SELECT {columns} FROM {old}")
    if op.get_bind().dialect.name == "postgresql":  # the next id follows those that were copied
        op.execute(f"SELECT setval(pg_get_serial_sequence('{new}', 'id'), max(id)) FROM {new} HAVING max(id) > 0")


def _point_at(runs: str, *, old: str, new: str) -> None:
    """Let scans and logged refusals name their run in a column of another name."""
    with op.batch_alter_table("scans") as scans:
        for index in (f"ix_scans_{old}", f"ix_scans_outcome_{old}"):
            scans.drop_index(index)
        scans.drop_constraint(op.f(f"fk_scans_{old}"), type_="foreignkey")
        scans.alter_column(old, new_column_name=new)
    with op.batch_alter_table("scans") as scans:
        scans.create_foreign_key(op.f(f"fk_scans_{new}"), runs, [new], ["id"])
        scans.create_index(f"ix_scans_{new}", [new])
        scans.create_index(f"ix_scans_outcome_{new}", ["outcome", new])
    unguard("refusals")
    with op.batch_alter_table("refusals") as refusals:
        refusals.drop_constraint(op.f(f"fk_refusals_{old}"), type_="foreignkey")
        refusals.alter_column(old, new_column_name=new)
    with op.batch_alter_table("refusals") as refusals:
        refusals.create_foreign_key(op.f(f"fk_refusals_{new}"), runs, [new], ["id"])
    guard("refusals", "id")


def _create_batches() -> None:
    op.create_table(
        "batches",
        sa.Column("id", ID, nullable=False),
        sa.Column("number", sa.String(length=20), nullable=False),
        sa.Column("checkpoint", sa.Text(), nullable=False),
        sa.Column("direction", sa.String(length=1), nullable=False),
        sa.Column("first_day", sa.Date(), nullable=True),
        sa.Column("last_day", sa.Date(), nullable=True),
        sa.Column("expected", sa.Integer(), nullable=True),
        sa.Column("serials", JSON, nullable=False),
        sa.Column("clerk", sa.Text(), nullable=False),
        sa.Column("opened_at", MOMENT, nullable=False),
        sa.Column("opened_by", sa.Text(), nullable=False),
        sa.CheckConstraint("direction IN ('D', 'A', '')", name=op.f("ck_batches_direction")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_batches")),
        sa.UniqueConstraint("number", name=op.f("uq_batches_number")),
    )
    op.create_table(
        "batch_closings",
        sa.Column("id", ID, nullable=False),
        sa.Column("batch_id", ID, nullable=False),
        sa.Column("kind", sa.String(length=6), nullable=False),
        sa.Column("person", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("account", JSON, nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.CheckConstraint("kind IN ('close', 'sign', 'reopen')", name=op.f("ck_batch_closings_kind")),
        sa.CheckConstraint("(kind = 'close') = (reason = '')", name=op.f("ck_batch_closings_reason")),
        sa.ForeignKeyConstraint(["batch_id"], ["batches.id"], name=op.f("fk_batch_closings_batch_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_batch_closings")),
    )
    op.create_index("ix_batch_closings_batch_id_id", "batch_closings", ["batch_id", "id"])
    guard("batch_closings", "id")
