"""What readings say at coarser levels, and records of which a month, a group or a country is settled but no more."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

from store.migrations.append_only import guard, unguard

JSON = sa.JSON().with_variant(JSONB(), "postgresql")

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

_NOTHING = "raw IS NULL AND candidates IS NULL AND value IS NULL"
_AGE_BANDS = ((0, 14), (15, 17), (18, 19), *((a, a + 4) for a in range(20, 65, 5)), (65, 120))


def upgrade() -> None:
    """Apply. Nothing was read at coarser levels before; where a value is settled its month and age group follow."""
    unguard("readings")
    with op.batch_alter_table("readings") as readings:
        readings.drop_constraint(op.f("ck_readings_personal"), type_="check")
        readings.add_column(sa.Column("levels", JSON, nullable=True))
        readings.create_check_constraint(
            op.f("ck_readings_personal"), f"NOT personal OR ({_NOTHING} AND levels IS NULL)"
        )
    guard("readings", "id")
    op.add_column("personal_readings", sa.Column("levels", JSON, nullable=True))
    for name, kind in (("crossing_first", sa.Date()), ("crossing_last", sa.Date()), ("age_group", sa.Text())):
        op.add_column("records", sa.Column(name, kind, nullable=True))
    cases = " ".join(f"WHEN age BETWEEN {first} AND {last} THEN '{first}-{last}'" for first, last in _AGE_BANDS)
    bands = f"CASE {cases} END"
    op.execute(f"UPDATE records SET crossing_first = crossing_date, crossing_last = crossing_date, age_group = {bands}")
    op.drop_index("ix_records_crossing_date_direction", "records")
    op.create_index("ix_records_crossing_first_direction", "records", ["crossing_first", "direction"])


def downgrade() -> None:
    """Take back. Of what was settled at a coarser level alone nothing is settled there."""
    op.drop_index("ix_records_crossing_first_direction", "records")
    op.create_index("ix_records_crossing_date_direction", "records", ["crossing_date", "direction"])
    for column in ("district", "occupation", "destination"):
        op.execute(f"UPDATE records SET {column} = NULL WHERE {column} LIKE '%*'")
    op.execute("UPDATE record_values SET value = NULL WHERE value LIKE '%*'")
    with op.batch_alter_table("records") as records:
        for name in ("crossing_first", "crossing_last", "age_group"):
            records.drop_column(name)
    unguard("personal_readings")
    with op.batch_alter_table("personal_readings") as contents:
        contents.drop_column("levels")
    guard("personal_readings", "reading_id")
    unguard("readings")
    with op.batch_alter_table("readings") as readings:
        readings.drop_constraint(op.f("ck_readings_personal"), type_="check")
        readings.drop_column("levels")
        readings.create_check_constraint(op.f("ck_readings_personal"), f"NOT personal OR ({_NOTHING})")
    guard("readings", "id")
