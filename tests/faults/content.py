"""All that a store and its archive hold, so that two of them can be compared."""

from __future__ import annotations

from hashlib import sha256
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Table, select

from store.engine import open_store
from store.tables import Base, Utc

LEFT_OUT = {"runs"}
"""A run that was broken off and the one that finished it are two."""

AS_SET = {"refusals"}
"""The log of refusals: what was refused before a break and is tried again after it stands there twice."""


def content(url: str, archive: Path | None = None) -> dict[str, Any]:
    """Rows of every table in their order, without moments and runs, and the files of the archive.

    Instead of ids, which have gaps where something was given up, stands which row of its table it is.
    """
    engine = open_store(url)
    with engine.connect() as connection:
        tables = [table for table in Base.metadata.sorted_tables if table.name not in LEFT_OUT]
        places = {table.name: _places(connection, table) for table in Base.metadata.sorted_tables}
        found: dict[str, Any] = {table.name: _rows(connection, table, places) for table in tables}
    engine.dispose()
    for name in AS_SET:
        found[name] = sorted(set(map(repr, found[name])))
    if archive is not None:
        found["archive"] = _files(archive)
    return found


def differences(found: dict[str, Any], wanted: dict[str, Any]) -> list[str]:
    """Where they differ, in words."""
    said = []
    for name in wanted:
        for i, (one, other) in enumerate(zip(found[name], wanted[name], strict=False)):
            if one != other:
                said.append(f"{name} {i}: {one} instead of {other}")
                break
        if len(found[name]) != len(wanted[name]):
            said.append(f"{name}: {len(found[name])} instead of {len(wanted[name])}")
    return said


def _places(connection: Connection, table: Table) -> dict[Any, int]:
    if len(table.primary_key.columns) != 1:
        return {}
    (key,) = table.primary_key.columns
    return {value: place for place, (value,) in enumerate(connection.execute(select(key).order_by(*_order(table))))}


def _order(table: Table) -> list[Any]:
    """Of pages that are saved at once, the read ones are saved before the refused."""
    return [*([table.c.outcome] if table.name == "scans" else []), *table.primary_key.columns]


def _rows(connection: Connection, table: Table, places: dict[str, dict[Any, int]]) -> list[tuple[Any, ...]]:
    columns = [c for c in table.columns if not isinstance(c.type, Utc) and not _is_of_runs(c) and not _is_id(c)]
    referred = [next((places[key.column.table.name] for key in c.foreign_keys), None) for c in columns]
    rows = connection.execute(select(*columns).order_by(*_order(table)))
    return [
        tuple(
            value if place is None or value is None else place[value]
            for value, place in zip(row, referred, strict=True)
        )
        for row in rows
    ]


def _is_of_runs(column: Any) -> bool:
    return any(key.column.table.name in LEFT_OUT for key in column.foreign_keys)


def _is_id(column: Any) -> bool:
    return bool(column.primary_key and column.name == "id")


def _files(archive: Path) -> list[tuple[str, str]]:
    """Names of files in the archive, with the hashes of what is in them; not unfinished ones, which a kill leaves."""
    files = sorted(path for path in archive.rglob("*") if path.is_file() and path.suffix != ".part")
    return [(str(path.relative_to(archive)), sha256(path.read_bytes()).hexdigest()) for path in files]
