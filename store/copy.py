"""A whole store copied into an empty one, from SQLite to PostgreSQL, back, or to its like: all of it or nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from itertools import chain
from pathlib import Path
from typing import TypeAlias

from sqlalchemy import Connection, Engine, Table, func, insert, make_url, select
from sqlalchemy.exc import ArgumentError, StatementError

from ocr.errors import StoreError
from store.digests import ContentSum, TableContent, content_of, rows_of
from store.engine import AnyRow, open_store, read_only
from store.tables import Base

StepProgress: TypeAlias = Callable[[int, int], object]
"""Told what is done and how much there is to do, in steps of any size."""


def open_existing(url: str) -> Engine:
    """Open a store as `open_store` does, but make no new file where an address is mistyped.

    Raises
    ------
    StoreError
        There is no such file, or the database cannot be opened.
    """
    try:
        parsed = make_url(url)
    except ArgumentError as error:
        raise StoreError(f"{error}.") from error
    if parsed.get_backend_name() == "sqlite" and not Path(parsed.database or "").is_file():
        raise StoreError(f"There is no database {parsed.database}. Check the address.")
    return open_store(url)


def copy_store(source: Engine, target: Engine, progress: StepProgress = lambda done, total: None) -> list[TableContent]:
    """Copy all rows of all tables, and hold what arrived against what was there.

    The source is read as it is at one moment, while others write to it. The target is written in one transaction:
    broken off at any point it is as empty as before.

    Returns
    -------
    list of TableContent
        What both hold now, in the order of the tables.

    Raises
    ------
    StoreError
        The target is not empty or does not take a row, or a database fails.
    """
    with read_only(source).connect() as there, target.begin() as here:
        must_be_empty(here)
        total = 2 * sum(count_rows(there).values())  # each is written, and read again
        done = 0

        def told(rows: int) -> None:
            nonlocal done
            done += rows
            progress(done, total)

        copied = [_copied(there, here, table, told) for table in Base.metadata.sorted_tables]
        _set_sequences(here)
        for content in copied:
            if content_of(here, Base.metadata.tables[content.table], told) != content:
                raise StoreError(
                    f"The table {content.table} differs in {_shown(target)} from what was copied. Nothing was kept: "
                    "see that nobody else writes there, and run the same command again."
                )
    return copied


def must_be_empty(connection: Connection) -> None:
    """See that no table has a row.

    Raises
    ------
    StoreError
        One has.
    """
    for table in Base.metadata.sorted_tables:
        if connection.execute(select(table.primary_key.columns[0]).limit(1)).first() is not None:
            raise StoreError(
                f"{_shown(connection.engine)} is not empty: its table {table.name} has rows. Choose a new database."
            )


def count_rows(connection: Connection) -> dict[str, int]:
    """Rows of every table by its name."""
    counted = ((table, select(func.count()).select_from(table)) for table in Base.metadata.sorted_tables)
    return {table.name: connection.execute(query).scalar_one() for table, query in counted}


def _copied(there: Connection, here: Connection, table: Table, told: Callable[[int], None]) -> TableContent:
    """Copy a table by rising key, and count what is copied."""
    content = ContentSum()

    def parts() -> Iterator[list[AnyRow]]:
        for rows in rows_of(there, table):
            yield rows
            for row in rows:
                content.add(row)
            told(len(rows))

    with _refusals(table, here):
        if here.dialect.name == "postgresql":
            _write_copying(here, table, parts())
        else:
            here.exec_driver_sql("PRAGMA defer_foreign_keys=ON")  # a row may refer to a later one of its table
            for rows in parts():
                here.execute(insert(table), [dict(row._mapping) for row in rows])
    return content.of(table)


def _write_copying(connection: Connection, table: Table, parts: Iterable[Iterable[AnyRow]]) -> None:
    """By COPY, which PostgreSQL takes several times as fast as INSERT.

    What refers to a row is looked at when a COPY ends, and remembered until then. So all of a table goes into one COPY
    only where rows refer to rows of the same table.
    """
    dialect, driver = connection.dialect, connection.connection.driver_connection
    assert driver is not None
    bind = [column.type.dialect_impl(dialect).bind_processor(dialect) for column in table.columns]
    names = ", ".join(dialect.identifier_preparer.format_column(column) for column in table.columns)
    refers_to_itself = any(key.column.table is table for key in table.foreign_keys)
    for rows in [chain.from_iterable(parts)] if refers_to_itself else parts:
        with driver.cursor() as cursor, cursor.copy(f"COPY {table.name} ({names}) FROM STDIN") as copy:
            for row in rows:
                copy.write_row([value if to is None else to(value) for to, value in zip(bind, row, strict=True)])


def _set_sequences(connection: Connection) -> None:
    """Let PostgreSQL number new rows after those that were copied, as SQLite does by itself."""
    if connection.dialect.name != "postgresql":
        return
    for table, column in numbered():
        sequence = func.pg_get_serial_sequence(table.name, column)
        connection.execute(select(func.setval(sequence, func.max(table.columns[column]))))


def numbered() -> Iterator[tuple[Table, str]]:
    """Tables whose rows the database numbers, each with the column of the number."""
    for table in Base.metadata.sorted_tables:
        if table.autoincrement_column is not None:
            yield table, table.autoincrement_column.name


@contextmanager
def _refusals(table: Table, target: Connection) -> Iterator[None]:
    """Say which table held what the other database does not take: a NUL in a text, a number that is too large."""
    try:
        yield
    except (StatementError, target.dialect.loaded_dbapi.Error, ValueError) as error:
        said = str(getattr(error, "orig", error)).partition("\n")[0]  # PostgreSQL's second line quotes the row
        raise StoreError(
            f"The table {table.name} cannot be copied to {_shown(target.engine)}: {said}. Nothing was kept; "
            "`migcards verify` shows what is wrong with a store."
        ) from error


def _shown(engine: Engine) -> str:
    return engine.url.render_as_string(hide_password=True)
