"""Counting over a frozen record (`store.frozen`): DuckDB counts values, the levels say which code each falls under."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, TypeAlias

import duckdb
import pyarrow as pa

from reports.levels import Code, Level, Value
from reports.parameters import Parameter
from reports.period import Period
from store.frozen import CROSSING_FIRST, CROSSING_LAST, NOT_ASKED, FrozenRecord

Condition: TypeAlias = tuple[str, list[Any]]
"""SQL, and the values of its places."""

_CROSSES: Condition = ("direction <> ''", [])
"""Cards of other forms than departures and returns count in no table."""


@dataclass(frozen=True)
class Only:
    """Keeps the cards that lie under one of some codes of a parameter."""

    parameter: Parameter
    codes: tuple[Code, ...]


class Cube:
    """A frozen record, to be counted by any parameters. Any number of threads may ask at once.

    Parameters
    ----------
    in_memory
        Load it, which takes seconds and hundreds of megabytes for millions of cards; each table then takes less than
        half the time. Without it each table reads of the file what it needs.
    """

    def __init__(self, frozen: FrozenRecord, *, in_memory: bool = False) -> None:
        self.frozen = frozen
        self._database = duckdb.connect(config={"autoinstall_known_extensions": False})
        file = f"read_parquet({_literal(str(frozen.path))})"
        columns = self._database.execute(f"DESCRIBE SELECT * FROM {file}").fetchall()
        self._types: dict[str, str] = {column: kind for column, kind, *_ in columns}
        if in_memory:
            self._load(file)
        else:
            self._database.execute(f"CREATE VIEW cards AS SELECT * FROM {file}")

    def _load(self, file: str) -> None:
        """Into memory, with texts as numbers of a list, which is smaller and faster to count."""
        for column in [column for column, kind in self._types.items() if kind == "VARCHAR"]:
            texts = f"SELECT DISTINCT {_name(column)} FROM {file} WHERE {_name(column)} IS NOT NULL ORDER BY 1"
            self._types[column] = _name(f"codes of {column}")
            self._database.execute(f"CREATE TYPE {self._types[column]} AS ENUM ({texts})")
        columns = ", ".join(f"{_name(column)}::{kind} AS {_name(column)}" for column, kind in self._types.items())
        self._database.execute(f"CREATE TABLE cards AS SELECT {columns} FROM {file}")

    def count(
        self, parameters: Sequence[Parameter], period: Period, only: Sequence[Only] = ()
    ) -> Iterator[tuple[tuple[Code, ...], int]]:
        """Codes that occur together, one of each parameter, and the number of cards of a period under them."""
        added = [one for one in (*parameters, *(o.parameter for o in only)) if one.added]
        columns = list(dict.fromkeys(one.level.column for one in parameters))
        with self._database.cursor() as cursor:
            kept = [self._kept(cursor, f"kept{n}", one) for n, one in enumerate(only)]
            conditions = [_CROSSES, _within(period), *kept, *map(_asked, added)]
            names = [f"code{n}" for n in range(len(parameters))]
            joins = []
            for n, one in enumerate(parameters):
                cursor.register(f"codes{n}", self._codes(one.level))
                joins.append(
                    f"JOIN codes{n} ON codes{n}.value IS NOT DISTINCT FROM found.{_name(one.level.column)}::VARCHAR"
                )
            where, values = _all(conditions)
            sql = (
                f"WITH found AS (SELECT {_list(columns)} count(*) AS number FROM cards WHERE {where} GROUP BY ALL) "
                f"SELECT {''.join(f'codes{n}.code AS {name}, ' for n, name in enumerate(names))}sum(number)::BIGINT "
                f"FROM found {' '.join(joins)} GROUP BY ALL HAVING sum(number) > 0"
            )
            for *codes, number in cursor.execute(sql, values).fetchall():
                yield tuple(codes), number

    def undated(self, period: Period) -> dict[str, int]:
        """Number of cards by direction of which it is not settled whether the crossing lies in the period."""
        first, last = CROSSING_FIRST, CROSSING_LAST
        days: list[Any] = [period.end, period.start, period.start, period.end]
        open_ended = f"{first} IS NULL OR ({first} <= ? AND {last} >= ? AND ({first} < ? OR {last} > ?))"
        where, values = _all([_CROSSES, (open_ended, days)])
        sql = f"SELECT direction, count(*) FROM cards WHERE {where} GROUP BY ALL"
        with self._database.cursor() as cursor:
            return {"D": 0, "A": 0} | dict(cursor.execute(sql, values).fetchall())

    @cached_property
    def span(self) -> tuple[Any, Any] | None:
        """The first and the last day on which somebody crossed; None where no crossing is settled."""
        with self._database.cursor() as cursor:
            sql = f"SELECT min({CROSSING_FIRST}), max({CROSSING_LAST}) FROM cards WHERE direction <> ''"
            first, last = cursor.execute(sql).fetchall()[0]
        return None if first is None else (first, last)

    def codes(self, parameter: Parameter) -> set[Code]:
        """The codes of a parameter that occur, whatever the period."""
        values = (value for value in self.values(parameter.level.column) if value != NOT_ASKED)
        return {parameter.level.code_of(value) for value in values}

    def values(self, column: str) -> Collection[Value]:
        """The values that occur in a column."""
        if column not in self._values:
            with self._database.cursor() as cursor:
                found = cursor.execute(f"SELECT DISTINCT {_name(column)} FROM cards").fetchall()
            self._values[column] = [value for (value,) in found]
        return self._values[column]

    @cached_property
    def _values(self) -> dict[str, Collection[Value]]:
        return {}

    def _codes(self, level: Level) -> Any:
        """Which code each value of a level's column falls under."""
        values = list(self.values(level.column))
        written = [None if value is None else str(value) for value in values]
        codes = [level.code_of(value) for value in values]
        return pa.table({"value": pa.array(written, pa.string()), "code": pa.array(codes, pa.string())})

    def _kept(self, cursor: duckdb.DuckDBPyConnection, name: str, only: Only) -> Condition:
        """Whether a card is kept; its value is looked for in a table, a list of many values would be gone through."""
        level = only.parameter.level
        kept = [value for value in self.values(level.column) if level.code_of(value) in only.codes]
        written = [str(value) for value in kept if value is not None]
        cursor.register(name, pa.table({"value": pa.array(written, pa.string())}))
        column = _name(level.column)
        listed = f"{column} IN (SELECT value::{self._types[level.column]} FROM {name})"
        return f"{listed} OR {column} IS NULL" if None in kept else listed, []


def _within(period: Period) -> Condition:
    """Of all days that the crossing may have been on each lies in the period (as `reports.source.within`)."""
    return f"{CROSSING_FIRST} BETWEEN ? AND ? AND {CROSSING_LAST} <= ?", [period.start, period.end, period.end]


def _asked(parameter: Parameter) -> Condition:
    return f"{_name(parameter.level.column)} IS DISTINCT FROM ?", [NOT_ASKED]


def _all(conditions: Sequence[Condition]) -> Condition:
    return " AND ".join(f"({sql})" for sql, _ in conditions), [value for _, values in conditions for value in values]


def _list(columns: Sequence[str]) -> str:
    return "".join(f"{_name(column)}, " for column in columns)


def _name(column: str) -> str:
    return '"' + column.replace('"', '""') + '"'


def _literal(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
