"""What a table holds as one number, the same on both databases and whatever order the rows come in."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from hashlib import sha256
from typing import Any

from sqlalchemy import Connection, LargeBinary, Table, select

from store.engine import AnyRow

ROWS = 1000
"""Rows held at a time, however many a table has; where each may be of megabytes, one."""

_EXACT = 1e16  # from here on Python writes floats with an exponent


@dataclass(frozen=True)
class TableContent:
    """A table in short: how many rows, and the sum of their hashes, 64 hexadecimal digits."""

    table: str
    rows: int
    sha256: str


class ContentSum:
    """Counts rows and adds up their hashes, so that their order does not matter."""

    def __init__(self) -> None:
        self._rows, self._sum = 0, 0

    def add(self, row: AnyRow) -> None:
        """Count a row in."""
        self._sum += int.from_bytes(sha256(written(row).encode()).digest(), "big")
        self._rows += 1

    def of(self, table: Table) -> TableContent:
        """What was counted, as the content of a table."""
        return TableContent(table.name, self._rows, f"{self._sum % (1 << 256):064x}")


def rows_of(connection: Connection, table: Table) -> Iterator[list[AnyRow]]:
    """All rows of a table by rising key, some at a time."""
    few = 1 if any(isinstance(column.type, LargeBinary) for column in table.columns) else ROWS
    query = select(table).order_by(*table.primary_key)
    with connection.execute(query, execution_options={"yield_per": few}) as result:
        for part in result.partitions():
            yield list(part)


def content_of(connection: Connection, table: Table, told: Callable[[int], object]) -> TableContent:
    """Read a whole table; `told` hears the number of rows of each part."""
    content = ContentSum()
    for rows in rows_of(connection, table):
        for row in rows:
            content.add(row)
        told(len(rows))
    return content.of(table)


def written(row: Iterable[Any]) -> str:
    """A row as JSON, the same whichever database gave it back."""
    text = json.dumps(tuple(row), sort_keys=True, default=_plain)
    if "e+" in text or "-0.0" in text:
        text = json.dumps([_without_floats(value) for value in row], sort_keys=True, default=_plain)
    return text


def _plain(value: date | bytes) -> str:
    return sha256(value).hexdigest() if isinstance(value, bytes) else value.isoformat()


def _without_floats(value: Any) -> Any:
    """Floats as PostgreSQL's JSON gives them back, which writes 1e16 digit by digit and knows no negative zero."""
    if isinstance(value, float):
        return int(Decimal(repr(value))) if value.is_integer() and abs(value) >= _EXACT else value + 0.0
    if isinstance(value, list):
        return [_without_floats(part) for part in value]
    if isinstance(value, dict):
        return {key: _without_floats(part) for key, part in value.items()}
    return value
