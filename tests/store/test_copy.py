"""A store moved from one database to another: all of it, the same, or nothing."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import JSON, Engine, delete, insert, select, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from ocr.errors import StoreError
from store import copy as module
from store.cards import save_cards
from store.copy import copy_store, count_rows, numbered, open_existing
from store.digests import written
from store.engine import open_store
from store.tables import APPEND_ONLY_TABLES, Base, FittedNetwork, RecordValue, Run, User
from tests.conftest import new_database
from tests.store.everything import fill_pairs, read


def content(engine: Engine) -> dict[str, list[Any]]:
    """All rows of all tables."""
    with engine.connect() as connection:
        return {
            table.name: connection.execute(select(table).order_by(*table.primary_key)).all()
            for table in Base.metadata.sorted_tables
        }


@pytest.fixture(scope="module")
def source(full: Engine) -> Engine:
    """A store in which no table is empty."""
    fill_pairs(full)
    with Session(full) as session, session.begin():
        session.add(RecordValue(card_id=1, variable="employer_kind", value=None))
        session.add(RecordValue(card_id=2, variable="employer_kind", value="государство"))
    assert [name for name, rows in content(full).items() if not rows] == [], "`fill` does not know this table"
    return full


@pytest.fixture
def other(request: pytest.FixtureRequest, source: Engine, tmp_path: Path) -> Iterator[Engine]:
    """A new store on the other database."""
    is_sqlite = source.dialect.name == "sqlite"
    engine = open_store(request.getfixturevalue("postgres_url") if is_sqlite else f"sqlite:///{tmp_path}/other.db")
    yield engine
    engine.dispose()


@pytest.mark.postgres
def test_a_store_arrives_whole_and_the_same_and_comes_back_so(source: Engine, other: Engine, tmp_path: Path) -> None:
    told: list[tuple[int, int]] = []
    copied = copy_store(source, other, lambda done, total: told.append((done, total)))
    assert content(other) == content(source)
    assert {one.table: one.rows for one in copied} == {name: len(rows) for name, rows in content(source).items()}
    assert told == sorted(told) and told[-1][0] == told[-1][1] == 2 * sum(one.rows for one in copied)
    back = open_store(f"sqlite:///{tmp_path}/back.db")
    assert copy_store(other, back) == copied
    assert content(back) == content(source)
    back.dispose()


@pytest.mark.postgres
def test_the_copy_is_worked_with_as_the_store_was(source: Engine, other: Engine) -> None:
    copy_store(source, other)
    with other.connect() as connection:
        highest = {table.name: connection.scalar(select(table.c[key]).order_by(table.c[key].desc()).limit(1))
                   for table, key in numbered()}  # fmt: skip
    with Session(other) as session, session.begin():
        (card_id,) = save_cards(session, [read(50)], run_id=1)
        assert card_id == highest["cards"] + 1
    for name in APPEND_ONLY_TABLES:
        with pytest.raises(DBAPIError, match="append-only"), other.begin() as connection:
            connection.execute(delete(Base.metadata.tables[name]))


@pytest.mark.postgres
def test_only_an_empty_store_is_copied_into(source: Engine, other: Engine) -> None:
    with Session(other) as session, session.begin():
        session.add(Run(folder="box", started=datetime.now(UTC), finished=None))
    with pytest.raises(StoreError, match="not empty: its table"):
        copy_store(source, other)
    with pytest.raises(StoreError, match="not empty"):
        copy_store(source, source)


@pytest.mark.postgres
@pytest.mark.parametrize("after", [30, 100])
def test_broken_off_at_any_point_it_leaves_nothing_and_is_done_again(source: Engine, other: Engine, after: int) -> None:
    done_at: list[int] = []
    copy_rows = sum(count_rows_of(source).values()) * 2

    def stop(done: int, total: int) -> None:
        done_at.append(done)
        if done >= copy_rows * after / 100:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        copy_store(source, other, stop)
    assert set(count_rows_of(other).values()) == {0}
    copy_store(source, other)
    assert content(other) == content(source)


def count_rows_of(engine: Engine) -> dict[str, int]:
    with engine.connect() as connection:
        return count_rows(connection)


@pytest.mark.postgres
def test_the_source_is_seen_as_it_was_at_one_moment(source: Engine, other: Engine) -> None:
    before = content(source)
    saved = []

    def meanwhile(done: int, total: int) -> None:
        if not saved:
            with Session(source) as session, session.begin():
                saved.extend(save_cards(session, [read(60)], run_id=1))

    copy_store(source, other, meanwhile)
    assert saved and content(other) == before and content(source) != before


@pytest.mark.postgres
def test_what_arrives_otherwise_is_not_kept(source: Engine, other: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    def spoil(connection: Any) -> None:
        connection.execute(text("UPDATE users SET name = 'Зарина.'"))

    monkeypatch.setattr(module, "_set_sequences", spoil)
    with pytest.raises(StoreError, match="The table users differs"):
        copy_store(source, other)
    assert set(count_rows_of(other).values()) == {0}


def test_a_row_that_the_other_database_does_not_take_is_one_sentence_without_the_row(
    tmp_path: Path, postgres_url: str
) -> None:
    source, target = open_store(f"sqlite:///{tmp_path}/cards.db"), open_store(postgres_url)
    for login, name in (("a", "Сафар\0ов"), ("b" * 65, "Сафаров")):
        with source.begin() as connection:
            connection.execute(delete(User))
            connection.execute(insert(User), person(login, name))
        with pytest.raises(StoreError, match=r"table users cannot be copied") as raised:
            copy_store(source, target)
        assert "Сафар" not in str(raised.value) and "\n" not in str(raised.value)
    source.dispose()
    target.dispose()


def person(login: str, name: str) -> dict[str, Any]:
    return {
        "login": login, "name": name, "role": "analyst", "password": "", "language": "ru", "active": True,
        "created": datetime.now(UTC), "failures": 0, "locked_until": None,
    }  # fmt: skip


def test_a_mistyped_address_makes_no_new_file(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="There is no database"):
        open_existing(f"sqlite:///{tmp_path}/none.db")
    assert list(tmp_path.iterdir()) == []
    with pytest.raises(StoreError):
        open_existing("nonsense")


def test_an_empty_json_column_is_null_so_that_copying_keeps_it() -> None:
    """JSON's own null and SQL's come out of a database alike, so only one of them may be used."""
    columns = [column for table in Base.metadata.sorted_tables for column in table.columns]
    assert [str(c) for c in columns if isinstance(c.type, JSON) and c.nullable and not c.type.none_as_null] == []


words = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=40)
numbers = st.floats(allow_nan=False, allow_infinity=False) | st.integers(-(10**25), 10**25)
anything = st.recursive(
    st.none() | st.booleans() | words | numbers,
    lambda inner: st.lists(inner, max_size=5) | st.dictionaries(words, inner, max_size=5),
    max_leaves=30,
)
moments = st.datetimes(datetime(1900, 1, 1), datetime(2200, 1, 1), timezones=st.just(UTC))


@pytest.fixture(scope="module")
def pair(tmp_path_factory: pytest.TempPathFactory, postgres_server: str) -> Iterator[tuple[Engine, Engine]]:
    """A store on SQLite and one on PostgreSQL, emptied by who uses them."""
    path = tmp_path_factory.mktemp("values") / "cards.db"
    engines = open_store(f"sqlite:///{path}"), open_store(new_database(postgres_server))
    yield engines
    for engine in engines:
        engine.dispose()


@pytest.mark.postgres
@settings(max_examples=20, suppress_health_check=[HealthCheck.too_slow])
@given(data=st.data())
def test_every_value_arrives_the_same(pair: tuple[Engine, Engine], data: st.DataObject) -> None:
    networks = [
        {
            "version": f"{n:012}", "made_at": data.draw(moments), "data": data.draw(words), "lessons": n,
            "kept_back": data.draw(st.integers(-(2**31), 2**31 - 1)), "figures": data.draw(st.lists(anything)),
            "calibration": data.draw(words), "model": data.draw(st.binary(max_size=2000)),
        }
        for n in range(data.draw(st.integers(1, 3)))
    ]  # fmt: skip
    sqlite, postgres = pair
    for engine in pair:
        emptied(engine)
    with sqlite.begin() as connection:
        connection.execute(insert(FittedNetwork), networks)
        connection.execute(insert(Run), [{"folder": data.draw(words), "note": "", "started": data.draw(moments)}])
    there = copy_store(sqlite, postgres)
    emptied(sqlite)
    assert copy_store(postgres, sqlite) == there
    with sqlite.connect() as connection:
        kept = connection.execute(select(FittedNetwork.__table__).order_by(FittedNetwork.version)).mappings().all()
    assert [written(row.values()) for row in kept] == [written(row.values()) for row in networks]
    assert [row["model"] for row in kept] == [row["model"] for row in networks]


def emptied(engine: Engine) -> None:
    """Empty the two tables that are used, past their guards."""
    with engine.begin() as connection:
        if engine.dialect.name == "sqlite":
            for change in ("delete", "update", "replace"):
                connection.execute(text(f"DROP TRIGGER IF EXISTS networks_no_{change}"))
        else:
            connection.execute(text("ALTER TABLE networks DISABLE TRIGGER USER"))
        connection.execute(text("DELETE FROM networks"))
        connection.execute(text("DELETE FROM runs"))


@pytest.mark.parametrize(
    ("one", "other"),
    [(1e16, 10**16), (-1e300, -(10**300)), (-0.0, 0.0), ([{"a": [2e20]}], [{"a": [2 * 10**20]}])],
)
def test_numbers_that_json_in_postgresql_writes_otherwise_count_as_the_same(one: Any, other: Any) -> None:
    assert written([one, 10.0]) == written([other, 10.0])


@pytest.mark.parametrize(("one", "other"), [(1, 2), ("a", "b"), (None, "None"), (b"a", b"b"), ([1, 2], [2, 1])])
def test_what_differs_is_written_otherwise(one: Any, other: Any) -> None:
    assert written([one]) != written([other])
    assert written([datetime(2024, 1, 1, tzinfo=UTC)]) != written([date(2024, 1, 1)])
