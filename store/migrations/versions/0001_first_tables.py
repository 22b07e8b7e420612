"""First tables."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from store.migrations.append_only import drop_function, guard

MOMENT = sa.DateTime(timezone=True)
JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "batches",
        sa.Column("id", ID, nullable=False),
        sa.Column("folder", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("started", MOMENT, nullable=False),
        sa.Column("finished", MOMENT, nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_batches")),
    )
    op.create_table(
        "forms",
        sa.Column("id", ID, nullable=False),
        sa.Column("form", sa.Text(), nullable=False),
        sa.Column("version", sa.Text(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("definition", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_forms")),
        sa.UniqueConstraint("form", "version", "sha256", name=op.f("uq_forms_form_version_sha256")),
    )
    op.create_table(
        "lexicon_versions",
        sa.Column("id", ID, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("first_used", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_lexicon_versions")),
        sa.UniqueConstraint("name", "sha256", name=op.f("uq_lexicon_versions_name_sha256")),
    )
    op.create_table(
        "scans",
        sa.Column("id", ID, nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("page", sa.Integer(), nullable=False),
        sa.Column("path", sa.Text(), nullable=False),
        sa.Column("dpi", sa.Double(), nullable=True),
        sa.Column("width", sa.Integer(), nullable=True),
        sa.Column("height", sa.Integer(), nullable=True),
        sa.Column("loaded_at", MOMENT, nullable=False),
        sa.Column("outcome", sa.String(length=7), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("detail", sa.Text(), nullable=True),
        sa.Column("batch_id", ID, nullable=True),
        sa.CheckConstraint("(outcome = 'refused') = (reason IS NOT NULL)", name=op.f("ck_scans_reason")),
        sa.CheckConstraint("outcome IN ('read', 'refused')", name=op.f("ck_scans_outcome")),
        sa.ForeignKeyConstraint(["batch_id"], ["batches.id"], name=op.f("fk_scans_batch_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_scans")),
        sa.UniqueConstraint("sha256", "page", name=op.f("uq_scans_sha256_page")),
    )
    op.create_index("ix_scans_batch_id", "scans", ["batch_id"])
    op.create_index("ix_scans_outcome_batch_id", "scans", ["outcome", "batch_id"])

    op.create_table(
        "cards",
        sa.Column("id", ID, nullable=False),
        sa.Column("scan_id", ID, nullable=False),
        sa.Column("form_id", ID, nullable=False),
        sa.Column("form", sa.Text(), nullable=False),
        sa.Column("version", sa.Text(), nullable=False),
        sa.Column("direction", sa.String(length=1), nullable=False),
        sa.Column("serial", sa.Text(), nullable=True),
        sa.Column("rotation", sa.Integer(), nullable=False),
        sa.Column("residual_mm", sa.Double(), nullable=False),
        sa.Column("broken_rules", JSON, nullable=False),
        sa.Column("edition", sa.Integer(), nullable=False),
        sa.Column("software", sa.Text(), nullable=False),
        sa.CheckConstraint("direction IN ('D', 'A')", name=op.f("ck_cards_direction")),
        sa.ForeignKeyConstraint(["form_id"], ["forms.id"], name=op.f("fk_cards_form_id")),
        sa.ForeignKeyConstraint(["scan_id"], ["scans.id"], name=op.f("fk_cards_scan_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cards")),
        sa.UniqueConstraint("scan_id", name=op.f("uq_cards_scan_id")),
    )
    op.create_index("ix_cards_form_id", "cards", ["form_id"])
    op.create_index("ix_cards_serial", "cards", ["serial"])

    op.create_table(
        "issues",
        sa.Column("card_id", ID, autoincrement=False, nullable=False),
        sa.Column("rule", sa.Text(), nullable=False),
        sa.Column("fields", JSON, nullable=False),
        sa.ForeignKeyConstraint(["card_id"], ["cards.id"], name=op.f("fk_issues_card_id")),
        sa.PrimaryKeyConstraint("card_id", "rule", name=op.f("pk_issues")),
    )
    op.create_table(
        "readings",
        sa.Column("id", ID, nullable=False),
        sa.Column("card_id", ID, nullable=False),
        sa.Column("field", sa.Text(), nullable=False),
        sa.Column("edition", sa.Integer(), nullable=False),
        sa.Column("personal", sa.Boolean(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("raw", sa.Text(), nullable=True),
        sa.Column("candidates", JSON, nullable=True),
        sa.Column("value", sa.Text(), nullable=True),
        sa.Column("probability", sa.Double(), nullable=False),
        sa.Column("review", JSON, nullable=False),
        sa.Column("quad", JSON, nullable=False),
        sa.Column("reader", sa.Text(), nullable=False),
        sa.Column("reader_version", sa.Text(), nullable=False),
        sa.Column("software", sa.Text(), nullable=False),
        sa.Column("read_at", MOMENT, nullable=False),
        sa.CheckConstraint(
            "NOT personal OR (raw IS NULL AND candidates IS NULL AND value IS NULL)", name=op.f("ck_readings_personal")
        ),
        sa.ForeignKeyConstraint(["card_id"], ["cards.id"], name=op.f("fk_readings_card_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_readings")),
        sa.UniqueConstraint("card_id", "field", "edition", name=op.f("uq_readings_card_id_field_edition")),
    )
    op.create_table(
        "records",
        sa.Column("card_id", ID, autoincrement=False, nullable=False),
        sa.Column("batch_id", ID, nullable=True),
        sa.Column("form", sa.Text(), nullable=False),
        sa.Column("direction", sa.String(length=1), nullable=False),
        sa.Column("serial", sa.Text(), nullable=True),
        sa.Column("crossing_date", sa.Date(), nullable=True),
        sa.Column("checkpoint", sa.Text(), nullable=True),
        sa.Column("sex", sa.Text(), nullable=True),
        sa.Column("age", sa.Integer(), nullable=True),
        sa.Column("region", sa.Text(), nullable=True),
        sa.Column("district", sa.Text(), nullable=True),
        sa.Column("education", sa.Text(), nullable=True),
        sa.Column("marital_status", sa.Text(), nullable=True),
        sa.Column("occupation", sa.Text(), nullable=True),
        sa.Column("country", sa.Text(), nullable=True),
        sa.Column("destination", sa.Text(), nullable=True),
        sa.Column("purpose", sa.Text(), nullable=True),
        sa.Column("sector", sa.Text(), nullable=True),
        sa.Column("duration", sa.Text(), nullable=True),
        sa.Column("stay_months", sa.Integer(), nullable=True),
        sa.Column("return_reason", sa.Text(), nullable=True),
        sa.Column("intends_again", sa.Text(), nullable=True),
        sa.Column("pending", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["batch_id"], ["batches.id"], name=op.f("fk_records_batch_id")),
        sa.ForeignKeyConstraint(["card_id"], ["cards.id"], name=op.f("fk_records_card_id")),
        sa.PrimaryKeyConstraint("card_id", name=op.f("pk_records")),
    )
    op.create_index("ix_records_batch_id", "records", ["batch_id"])
    op.create_index("ix_records_crossing_date_direction", "records", ["crossing_date", "direction"])
    op.create_index("ix_records_serial", "records", ["serial"])

    op.create_table(
        "waiting",
        sa.Column("card_id", ID, autoincrement=False, nullable=False),
        sa.Column("field", sa.Text(), nullable=False),
        sa.Column("rank", sa.Integer(), nullable=False),
        sa.Column("personal", sa.Boolean(), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("since", MOMENT, nullable=False),
        sa.Column("quad", JSON, nullable=False),
        sa.ForeignKeyConstraint(["card_id"], ["cards.id"], name=op.f("fk_waiting_card_id")),
        sa.PrimaryKeyConstraint("card_id", "field", name=op.f("pk_waiting")),
    )
    op.create_index("ix_waiting_field", "waiting", ["field", "since", "card_id"])
    op.create_index("ix_waiting_queue", "waiting", ["rank", "field", "since", "card_id"])

    op.create_table(
        "decisions",
        sa.Column("id", ID, nullable=False),
        sa.Column("card_id", ID, nullable=False),
        sa.Column("field", sa.Text(), nullable=False),
        sa.Column("personal", sa.Boolean(), nullable=False),
        sa.Column("value", sa.Text(), nullable=True),
        sa.Column("person", sa.Text(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("seconds", sa.Double(), nullable=True),
        sa.Column("shown", sa.Text(), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("reading_id", ID, nullable=True),
        sa.Column("undoes", ID, nullable=True),
        sa.CheckConstraint("(kind = 'undo') = (undoes IS NOT NULL)", name=op.f("ck_decisions_undoes")),
        sa.CheckConstraint("(personal OR kind = 'undo') = (value IS NULL)", name=op.f("ck_decisions_value")),
        sa.CheckConstraint(
            "kind IN ('key', 'verify', 'adjudicate', 'audit', 'import', 'correct', 'undo')",
            name=op.f("ck_decisions_kind"),
        ),
        sa.ForeignKeyConstraint(["card_id"], ["cards.id"], name=op.f("fk_decisions_card_id")),
        sa.ForeignKeyConstraint(["reading_id"], ["readings.id"], name=op.f("fk_decisions_reading_id")),
        sa.ForeignKeyConstraint(["undoes"], ["decisions.id"], name=op.f("fk_decisions_undoes")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_decisions")),
    )
    op.create_index("ix_decisions_card_id_field", "decisions", ["card_id", "field"])

    op.create_table(
        "personal_readings",
        sa.Column("reading_id", ID, autoincrement=False, nullable=False),
        sa.Column("raw", sa.Text(), nullable=False),
        sa.Column("candidates", JSON, nullable=False),
        sa.Column("value", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["reading_id"], ["readings.id"], name=op.f("fk_personal_readings_reading_id")),
        sa.PrimaryKeyConstraint("reading_id", name=op.f("pk_personal_readings")),
    )
    op.create_table(
        "personal_decisions",
        sa.Column("decision_id", ID, autoincrement=False, nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["decision_id"], ["decisions.id"], name=op.f("fk_personal_decisions_decision_id")),
        sa.PrimaryKeyConstraint("decision_id", name=op.f("pk_personal_decisions")),
    )
    guard("readings", "id")
    guard("decisions", "id")
    guard("personal_readings", "reading_id")
    guard("personal_decisions", "decision_id")


def downgrade() -> None:
    """Take back."""
    op.drop_table("personal_decisions")
    op.drop_table("personal_readings")
    op.drop_table("decisions")
    op.drop_table("waiting")
    op.drop_table("records")
    op.drop_table("readings")
    op.drop_table("issues")
    op.drop_table("cards")
    op.drop_table("scans")
    op.drop_table("lexicon_versions")
    op.drop_table("forms")
    op.drop_table("batches")
    drop_function()
