"""Alembic's migrations. `alembic_version` is one row; every revision runs up and down on SQLite and PostgreSQL."""
