"""All that a store holds at one moment as one SQLite file, whatever database it is kept in."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from sqlalchemy import Engine

from ocr.errors import StoreError
from store.copy import StepProgress, copy_store, count_rows
from store.engine import open_store, read_only

_PAGES = 4096  # of a SQLite file, copied between two reports


def snapshot(source: Engine, path: Path, progress: StepProgress = lambda done, total: None) -> dict[str, int]:
    """Write all that a store holds at one moment into a new SQLite file, while others write to the store.

    Returns
    -------
    dict
        Rows of every table by its name.

    Raises
    ------
    StoreError
        The file cannot be written, is not whole afterwards, or the database fails.
    """
    if source.dialect.name != "sqlite":
        target = open_store(f"sqlite:///{path}")
        rows = {content.table: content.rows for content in copy_store(source, target, progress)}
        target.dispose()
    else:
        with read_only(source).connect() as there, _failures_of(path):
            rows = count_rows(there)  # from here on this connection sees one moment
            driver = there.connection.driver_connection
            with closing(sqlite3.connect(path)) as file:
                assert driver is not None
                driver.backup(file, pages=_PAGES, progress=lambda _, left, total: progress(total - left, total))
    with _failures_of(path), closing(sqlite3.connect(path)) as file:
        file.execute("PRAGMA journal_mode=DELETE")  # one file, which can also be read where nothing may be written
        ((found,),) = file.execute("PRAGMA integrity_check(1)").fetchall()
        arrived = {name: file.execute(f"SELECT count(*) FROM {name}").fetchone()[0] for name in rows}
    if found != "ok" or arrived != rows:
        raise StoreError(f"The copy {path} is not whole: {found}. Check the disk and run the same command again.")
    return rows


@contextmanager
def _failures_of(path: Path) -> Iterator[None]:
    try:
        yield
    except sqlite3.Error as error:
        raise StoreError(f"The database cannot be copied to {path}: {error}.") from error
