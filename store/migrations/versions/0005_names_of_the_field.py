"""The field's words: login sessions, control items, control turns of leases; a calibration's target error."""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import sha256

import sqlalchemy as sa
from alembic import op

from store.migrations.append_only import guard, unguard

MOMENT = sa.DateTime(timezone=True)
ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
SESSIONS = ("key", "user_id", "csrf", "began", "seen")
ITEMS = ("id", "card_id", "field", "person", "right", "seconds", "at", "ticket")

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    _move_sessions("visits", "login_sessions")
    _move_items("checks", "control_items")
    op.execute("UPDATE leases SET turn = 'control' WHERE turn = 'check'")
    _rename_key("promise", "target_error")


def downgrade() -> None:
    """Take back."""
    _move_sessions("login_sessions", "visits")
    _move_items("control_items", "checks")
    op.execute("UPDATE leases SET turn = 'check' WHERE turn = 'control'")
    _rename_key("target_error", "promise")


def _move_sessions(old: str, new: str) -> None:
    op.create_table(
        new,
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("user_id", ID, nullable=False),
        sa.Column("csrf", sa.Text(), nullable=False),
        sa.Column("began", MOMENT, nullable=False),
        sa.Column("seen", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f(f"fk_{new}_user_id")),
        sa.PrimaryKeyConstraint("key", name=op.f(f"pk_{new}")),
    )
    op.create_index(f"ix_{new}_user_id", new, ["user_id"])
    _copy(old, new, SESSIONS)


def _move_items(old: str, new: str) -> None:
    op.create_table(
        new,
        sa.Column("id", ID, nullable=False),
        sa.Column("card_id", ID, nullable=False),
        sa.Column("field", sa.Text(), nullable=False),
        sa.Column("person", sa.Text(), nullable=False),
        sa.Column("right", sa.Boolean(), nullable=False),
        sa.Column("seconds", sa.Double(), nullable=True),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("ticket", sa.String(length=32), nullable=False),
        sa.ForeignKeyConstraint(["card_id"], ["cards.id"], name=op.f(f"fk_{new}_card_id")),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{new}")),
        sa.UniqueConstraint("ticket", name=op.f(f"uq_{new}_ticket")),
    )
    op.create_index(f"ix_{new}_person_at", new, ["person", "at"])
    _copy(old, new, ITEMS)
    guard(new, "id")
    if op.get_bind().dialect.name == "postgresql":  # the next id follows those that were copied
        op.execute(f"SELECT setval(pg_get_serial_sequence('{new}', 'id'), max(id)) FROM {new} HAVING max(id) > 0")


def _copy(old: str, new: str, columns: Sequence[str]) -> None:
    """Move the rows. A table made anew has constraints named after it, which renaming would not give it."""
    names = ", ".join(f'"{column}"' for column in columns)
    op.execute(f"INSERT INTO {new} ({names}) SELECT {names} FROM {old}")
    op.drop_table(old)


def _rename_key(old: str, new: str) -> None:
    """Rename a key in the calibrations that are kept as JSON, and name each by the hash of its content again.

    The text is what pydantic wrote: a quotation mark within a value is escaped, so a key's name with its colon occurs
    as a key only. What a calibration says is the same; the table is append-only to everybody but this migration.
    """
    bind = op.get_bind()
    table = sa.table("calibrations", *(sa.column(name) for name in ("id", "content", "fingerprint", "previous")))
    rows = bind.execute(sa.select(table).order_by(table.c.id)).all()
    contents = {row.id: row.content.replace(f'"{old}":', f'"{new}":') for row in rows if row.content is not None}
    renamed = {row.fingerprint: _fingerprint(contents[row.id]) for row in rows if row.id in contents}
    unguard("calibrations")
    for row in rows:
        changed = {
            "content": contents.get(row.id),
            "fingerprint": _fingerprint(contents[row.id]) if row.id in contents else row.fingerprint,
            "previous": renamed.get(row.previous, row.previous),  # else of the calibration that came with the program
        }
        bind.execute(sa.update(table).where(table.c.id == row.id).values(changed))
    guard("calibrations", "id")


def _fingerprint(content: str) -> str:
    return sha256(content.encode()).hexdigest()[:12]
