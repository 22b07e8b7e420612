"""Opening the database, bringing it to this version's schema, and saying in one sentence when it fails."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from time import monotonic, sleep
from typing import Any, TypeAlias

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from alembic.util import CommandError
from pydantic_core import to_json
from sqlalchemy import Connection, Engine, Row, create_engine, event, func, inspect, make_url, select, text
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import URL, ExceptionContext
from sqlalchemy.exc import ArgumentError, DBAPIError
from sqlalchemy.orm import DeclarativeBase, Session
from sqlalchemy.pool import ConnectionPoolEntry

from ocr.errors import StoreError

AnyRow: TypeAlias = Row[*tuple[Any, ...]]

BUSY_SECONDS = 30
_FORBIDDEN = ("25006", "42501")  # PostgreSQL's codes of a write where nothing may be written, and of a right not given
_ROLLED_BACK = "40"  # class of PostgreSQL's codes of what only needs to be done again, as after a deadlock
_MIGRATION_LOCK = 0x6D696763  # any number, the same for all programs that migrate this schema
_KEEPING_LOCK = 0x6D696764  # the same for all programs that keep cards


def open_store(url: str) -> Engine:
    """Open a database and create or upgrade its tables.

    Where the database fails later (its disk is full, it is locked, read-only or stopped), `StoreError` is raised by
    whatever was done with it; what was committed before is kept. Errors never show the values of a statement.

    On SQLite a transaction takes the write lock when it begins, so a session that reads and then writes never fails
    half way; keep such sessions short, and use `read_only` for long reading.

    Parameters
    ----------
    url
        SQLAlchemy's address: ``sqlite:////path/cards.db`` or ``postgresql://user@host/name``.

    Raises
    ------
    StoreError
        The database cannot be opened, was written by a newer version, or holds somebody else's tables.
    """
    engine = _engine(url)
    shown = engine.url.render_as_string(hide_password=True)
    try:
        with migrating(engine) as connection:
            if _needs_upgrade(connection, shown):
                command.upgrade(alembic_config(connection), "head")
    except DBAPIError as error:
        engine.dispose()
        raise StoreError(f"{shown} cannot be opened: {error.orig}.") from error
    except StoreError:
        engine.dispose()
        raise
    _say_failures(engine)
    return engine


def read_only(engine: Engine) -> Engine:
    """The same database for long reading: sees one moment of it, keeps no writer waiting, and cannot write."""
    if engine.dialect.name == "sqlite":
        return engine.execution_options(read_only=True)
    return engine.execution_options(postgresql_readonly=True, isolation_level="REPEATABLE READ")


def schema_of(session: Session) -> str:
    """Version of the tables."""
    return MigrationContext.configure(session.connection()).get_current_revision() or ""


def insert_new(
    session: Session, table: type[DeclarativeBase], rows: Sequence[dict[str, Any]], *columns: Any
) -> Sequence[AnyRow]:
    """Insert the rows whose unique key is not there yet; returns `columns` of the new ones, in any order.

    Where another program is about to insert the same key, this waits until that one commits or gives up.
    """
    dialect = sqlite if session.get_bind().dialect.name == "sqlite" else postgresql
    statement = dialect.insert(table).on_conflict_do_nothing().returning(*columns)
    return session.execute(statement, rows).all()


def take_turns(session: Session) -> None:
    """Let no other program keep cards until this transaction ends, so that each sees what the others kept.

    Two scans of one card, saved by two programs at once, would not find each other. SQLite has one writer anyway.
    """
    if session.get_bind().dialect.name == "postgresql":
        session.execute(select(func.pg_advisory_xact_lock(_KEEPING_LOCK)))


def alembic_config(connection: Connection) -> Config:
    """Alembic's settings for the shipped migrations, bound to an open connection."""
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations").replace("%", "%%"))
    config.attributes["connection"] = connection
    return config


def _engine(url: str) -> Engine:
    try:
        parsed = make_url(url)
        if parsed.drivername == "postgresql":
            parsed = parsed.set(drivername="postgresql+psycopg")
        if parsed.get_backend_name() == "sqlite":
            return _sqlite_engine(parsed)
        if parsed.get_backend_name() == "postgresql":
            return create_engine(parsed, hide_parameters=True, pool_pre_ping=True, json_serializer=_as_json)
    except (ArgumentError, ImportError) as error:
        raise StoreError(f"{error}.") from error
    raise StoreError(f"{parsed.drivername} is neither sqlite nor postgresql.")


def _as_json(value: Any) -> str:
    """JSON in a third of the time that Python's takes, of which there are sixty in a card, and in less space."""
    return to_json(value).decode()


def _say_failures(engine: Engine) -> None:
    """Let failures of the database itself become a `StoreError`, and keep the values of rows out of all others."""
    shown = engine.url.render_as_string(hide_password=True)

    @event.listens_for(engine, "handle_error")
    def _failed(context: ExceptionContext) -> StoreError | None:
        error = context.original_exception
        said = getattr(getattr(error, "diag", None), "message_primary", None)
        if said is not None:  # PostgreSQL adds the row that it refused
            error.args = (said,)
            if context.sqlalchemy_exception is not None:
                context.sqlalchemy_exception.args = (f"({type(error).__name__}) {said}",)
        if context.is_pre_ping or not _is_outage(context):  # a lost connection of the pool is replaced
            return None
        what = " ".join(str(error).split()).rstrip(".")
        return StoreError(
            f"The database {shown} failed: {what}. What was committed before is kept; once the cause is removed, run "
            "the same command again."
        )


def _is_outage(context: ExceptionContext) -> bool:
    """Whether the database itself failed: neither the statement nor a rule of the tables is at fault."""
    error, driver = context.original_exception, context.dialect.dbapi
    state = getattr(error, "sqlstate", None) or ""
    if context.is_disconnect or state in _FORBIDDEN:
        return True
    if state.startswith(_ROLLED_BACK):
        return False
    if driver is None or getattr(error, "sqlite_errorcode", None) == sqlite3.SQLITE_ERROR:
        return False
    damaged = type(error) is driver.DatabaseError  # SQLite's word for a file that is no database any more
    return damaged or isinstance(error, (driver.OperationalError, driver.InterfaceError))


def _sqlite_engine(url: URL) -> Engine:
    """Transactions are ours, not the driver's: it would begin none before SELECT, CREATE or PRAGMA."""
    engine = create_engine(url, hide_parameters=True, connect_args={"timeout": BUSY_SECONDS}, json_serializer=_as_json)

    @event.listens_for(engine, "connect")
    def _connected(connection: object, _: ConnectionPoolEntry) -> None:
        connection.isolation_level = None  # type: ignore[attr-defined]
        for pragma in (f"busy_timeout={BUSY_SECONDS * 1000}", "foreign_keys=ON"):
            connection.execute(f"PRAGMA {pragma}")  # type: ignore[attr-defined]
        _write_ahead(connection)  # type: ignore[arg-type]

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        # A transaction that turns from reading to writing fails at once when another wrote meanwhile, and no time-out
        # helps; so whoever may write takes the lock first.
        reading = connection.get_execution_options().get("read_only", False)
        connection.exec_driver_sql(f"PRAGMA query_only={'ON' if reading else 'OFF'}")
        connection.exec_driver_sql("BEGIN" if reading else "BEGIN IMMEDIATE")

    return engine


def _write_ahead(connection: sqlite3.Connection) -> None:
    """Keep a write-ahead log. Where several programs open a new file at once SQLite refuses that without waiting."""
    until = monotonic() + BUSY_SECONDS
    while True:
        try:
            connection.execute("PRAGMA journal_mode=WAL")
            return
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY or monotonic() > until:
                raise
        sleep(0.02)


@contextmanager
def migrating(engine: Engine) -> Iterator[Connection]:
    """One transaction for the whole migration, alone even when two programs start at once."""
    with engine.connect() as connection:
        sqlite = engine.dialect.name == "sqlite"
        driver = connection.connection.driver_connection
        if sqlite and driver is not None:
            driver.execute("PRAGMA foreign_keys=OFF")  # batch mode rebuilds tables that others refer to
        try:
            with connection.begin():
                if not sqlite:
                    connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _MIGRATION_LOCK})
                yield connection
        finally:
            if sqlite and driver is not None:
                driver.execute("PRAGMA foreign_keys=ON")


def _needs_upgrade(connection: Connection, shown: str) -> bool:
    script = ScriptDirectory.from_config(alembic_config(connection))
    current = MigrationContext.configure(connection).get_current_heads()
    if not current:
        if set(inspect(connection).get_table_names()) - {"alembic_version"}:
            raise StoreError(f"{shown} holds tables of another program. Choose an empty database.")
        return True
    for revision in current:
        try:
            script.get_revision(revision)
        except CommandError as error:
            message = f"{shown} is at schema {revision}, which this version does not know. Install a newer version."
            raise StoreError(message) from error
    return set(current) != set(script.get_heads())
