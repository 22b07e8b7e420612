"""What was read and decided, kept in SQL: tables, migrations and plain functions that take a Session."""
