"""Opening, migrating and refusing databases; what the database itself forbids."""

from __future__ import annotations

import sqlite3
import threading
import traceback
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from alembic import command
from sqlalchemy import Connection, Engine, create_engine, event, insert, inspect, select, text
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.orm import Session

from ocr.confidence.calibration import Calibration
from ocr.errors import StoreError
from ocr.forms.cover_sheet import CoverSheet
from ocr.reading import Refusal, Refused
from review.decisions.decision_log import decide
from store.batches import batch_of
from store.calibrations import apply_calibration
from store.cards import save_card
from store.engine import alembic_config, open_store, read_only
from store.networks import keep_network
from store.scans import ReadCard, save_refused
from store.tables import (
    APPEND_ONLY_TABLES,
    PERSONAL_TABLES,
    Base,
    BatchClosing,
    ControlItem,
    DuplicatePair,
    LoggedRefusal,
    PairDecision,
    SamplingLevel,
    Scan,
)
from tests.store.cards import card, form, scan
from tests.store.networks import OTHER, network

AT = datetime(2024, 1, 2, tzinfo=UTC)


def save(session: Session, n: int = 1) -> int:
    reading = card(n)
    return save_card(session, ReadCard(reading, form(reading.form), f"{n}.png", 300, (1, 1)), run_id=None)


def test_migrations_make_the_tables_of_the_code(engine: Engine) -> None:
    with engine.begin() as connection:
        command.check(alembic_config(connection))
        assert set(inspect(connection).get_table_names()) == {*Base.metadata.tables, "alembic_version"}


def test_migrations_run_down_and_up_again(engine: Engine) -> None:
    with engine.begin() as connection:
        command.downgrade(alembic_config(connection), "base")
        assert inspect(connection).get_table_names() == ["alembic_version"]
    with engine.begin() as connection:
        command.upgrade(alembic_config(connection), "head")
    with Session(engine) as session, session.begin():
        assert save(session)


def test_what_was_refused_before_there_was_a_log_is_in_it(engine: Engine) -> None:
    with engine.begin() as connection:
        command.downgrade(alembic_config(connection), "0004")
    with Session(engine) as session, session.begin():
        values = {"sha256": "ab" * 32, "path": "1.png", "outcome": "refused", "detail": "no ink", "loaded_at": AT}
        session.execute(insert(Scan).values(page=0, reason="blank", **values))
    with engine.begin() as connection:
        command.upgrade(alembic_config(connection), "head")
    with Session(engine) as session:
        entry = session.scalars(select(LoggedRefusal)).one()
    assert (entry.reason, entry.path, entry.forms, entry.refused_at) == ("blank", "1.png", "", AT)


def test_opening_again_keeps_what_is_there(engine: Engine, store_url: str) -> None:
    with Session(engine) as session, session.begin():
        save(session)
    with Session(open_store(store_url)) as session:
        assert session.scalar(text("SELECT count(*) FROM cards")) == 1


def test_two_programs_may_create_the_same_database(empty_url: str) -> None:
    errors: list[Exception] = []

    def create() -> None:
        try:
            open_store(empty_url).dispose()
        except Exception as error:
            errors.append(error)

    threads = [threading.Thread(target=create) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []


def test_a_new_file_that_another_program_is_opening_is_waited_for(tmp_path: Path) -> None:
    """SQLite refuses to change the journal at once, whatever time-out it was given."""
    other = sqlite3.connect(tmp_path / "cards.db", check_same_thread=False, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    threading.Timer(0.3, lambda: other.execute("COMMIT")).start()
    open_store(f"sqlite:///{tmp_path}/cards.db").dispose()
    other.close()


def test_a_newer_schema_is_refused(engine: Engine, store_url: str) -> None:
    with engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(StoreError, match="9999"):
        open_store(store_url)


def test_a_foreign_database_is_refused_and_left_alone(empty_url: str) -> None:
    other = create_engine(empty_url.replace("postgresql:", "postgresql+psycopg:"))
    with other.begin() as connection:
        connection.execute(text("CREATE TABLE somebody (id INTEGER)"))
    with pytest.raises(StoreError, match="another program"):
        open_store(empty_url)
    assert inspect(other).get_table_names() == ["somebody"]
    other.dispose()


@pytest.mark.parametrize("url", ["mysql://x/y", "nonsense", "sqlite:////nowhere/at/all.db"])
def test_an_unusable_address_is_an_error_for_the_operator(url: str) -> None:
    with pytest.raises(StoreError):
        open_store(url)


def test_a_file_that_is_no_database_is_an_error_for_the_operator(tmp_path: Path) -> None:
    path = tmp_path / "cards.db"
    path.write_text("not a database, though it is long enough to look like one " * 100)
    with pytest.raises(StoreError, match="cannot be opened"):
        open_store(f"sqlite:///{path}")


def test_sqlite_keeps_foreign_keys_and_writes_ahead(tmp_path: Path) -> None:
    with open_store(f"sqlite:///{tmp_path / 'cards.db'}").connect() as connection:
        assert connection.execute(text("PRAGMA foreign_keys")).scalar() == 1
        assert connection.execute(text("PRAGMA journal_mode")).scalar() == "wal"
        assert connection.execute(text("PRAGMA busy_timeout")).scalar() == 30_000


def test_a_foreign_key_must_exist(session: Session) -> None:
    with pytest.raises(IntegrityError):
        session.execute(text("INSERT INTO issues (card_id, rule, fields) VALUES (77, 'x', '[]')"))


_TEXT = {
    "batch_closings": "person",
    "calibrations": "data",
    "control_items": "person",
    "duplicate_pairs": "distance",
    "networks": "data",
    "pair_decisions": "person",
    "refusals": "reason",
    "sampling_levels": "variable",
}


def test_the_database_refuses_to_change_the_log(engine: Engine) -> None:
    with Session(engine) as session, session.begin():
        card_id = save(session)
        for field, value in (("surname", "САИДОВ"), ("sex", "F")):
            decide(session, card_id, field, value, person="p", kind="key")
        apply_calibration(session, Calibration(made=date(2024, 1, 2), data="invented"))
        session.add(ControlItem(card_id=card_id, field="sex", person="p", right=True, seconds=1.0, at=AT, ticket="t"))
        save_refused(session, Refused(scan(2), Refusal.BLANK, "no ink"), run_id=None, path="2.png")
        keep_network(session, network(), OTHER)
        batch = batch_of(session, CoverSheet("26-AAAAA"), "p")
        session.add(BatchClosing(batch_id=batch, kind="close", person="p", reason="", account={}, at=AT))
        pair = DuplicatePair(card_id=save(session, 3), other_id=card_id, by_number=True, distance=None, found_at=AT)
        session.add(pair)
        session.flush()
        session.add(PairDecision(pair_id=pair.id, kind="same", person="p", at=AT, reason="", undoes=None))
        session.add(SamplingLevel(variable="region", level=0.5, at=AT))
    for table in APPEND_ONLY_TABLES:
        for change in (f"UPDATE {table} SET {_TEXT.get(table, 'value')} = '1'", f"DELETE FROM {table}"):
            with pytest.raises(DBAPIError, match="append-only"), engine.begin() as connection:
                connection.execute(text(change))


def test_sqlite_refuses_to_replace_a_row_of_the_log(tmp_path: Path) -> None:
    engine = open_store(f"sqlite:///{tmp_path / 'cards.db'}")
    with Session(engine) as session, session.begin():
        save(session)
    with pytest.raises(DBAPIError, match="append-only"), engine.begin() as connection:
        connection.execute(text("INSERT OR REPLACE INTO readings SELECT * FROM readings"))


def test_a_reader_holds_nobody_up_and_cannot_write(engine: Engine) -> None:
    with Session(read_only(engine)) as reader, Session(engine) as writer:
        assert reader.scalar(text("SELECT count(*) FROM cards")) == 0
        save(writer)
        writer.commit()
        assert reader.scalar(text("SELECT count(*) FROM cards")) == 0, "a reader sees one moment"
        with pytest.raises(StoreError, match=r"read-?only"):
            reader.execute(text("DELETE FROM records"))
    with Session(engine) as writer:
        assert save(writer, 2), "a connection that was lent to a reader writes again"


@pytest.mark.parametrize(
    ("pragma", "words"),
    [("max_page_count=1", "disk is full"), ("query_only=ON", "readonly")],
    ids=["full", "read-only"],
)
def test_a_failing_database_is_one_sentence_for_the_operator(tmp_path: Path, pragma: str, words: str) -> None:
    engine = open_store(f"sqlite:///{tmp_path / 'cards.db'}")

    @event.listens_for(engine, "begin")
    def _spoil(connection: Connection) -> None:
        connection.exec_driver_sql(f"PRAGMA {pragma}")

    with Session(engine) as session, pytest.raises(StoreError, match=words) as raised:
        for n in range(1, 50):
            save(session, n)
        session.commit()
    assert "\n" not in str(raised.value) and raised.value.exit_code == 6


def test_a_database_that_stays_locked_is_one_sentence_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("store.engine.BUSY_SECONDS", 0.1)
    url = f"sqlite:///{tmp_path / 'cards.db'}"
    engine = open_store(url)
    with create_engine(url).connect() as other:
        other.connection.execute("BEGIN IMMEDIATE")
        with Session(engine) as session, pytest.raises(StoreError, match="locked"):
            save(session)
        other.connection.rollback()
    with Session(engine) as session, session.begin():
        assert save(session), "once the cause is removed the same is done"


def test_a_database_that_is_damaged_while_it_is_open_is_one_sentence_too(tmp_path: Path) -> None:
    path = tmp_path / "cards.db"
    engine = open_store(f"sqlite:///{path}")
    engine.dispose()
    path.write_bytes(path.read_bytes()[:4096] + b"x" * (path.stat().st_size - 4096))
    with Session(engine) as session, pytest.raises(StoreError, match="malformed"):
        save(session)


@pytest.mark.postgres
def test_a_server_that_is_stopped_is_one_sentence_and_its_return_is_noticed(postgres_url: str) -> None:
    engine, other = open_store(postgres_url), open_store(postgres_url)
    with Session(engine) as session:
        session.execute(text("SELECT 1"))
        with other.begin() as connection:
            connection.execute(
                text("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid()")
            )
        with pytest.raises(StoreError, match="terminat"):
            session.execute(text("SELECT 1"))
    with engine.connect() as connection:
        idle = connection.connection.driver_connection
    with other.begin() as connection:
        connection.execute(text("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid()"))
    with engine.connect() as connection:
        assert connection.scalar(text("SELECT 1")) == 1, "a connection that was lost while idle is replaced"
        assert connection.connection.driver_connection is not idle


def test_errors_show_no_value(engine: Engine) -> None:
    insert = text("INSERT INTO personal_readings (reading_id, raw, candidates, value) VALUES (1, :v, NULL, :v)")
    surname = "".join(("РАҲИМ", "ЗОДА"))  # in two, for a traceback shows the line that failed
    with pytest.raises(DBAPIError) as raised, engine.begin() as connection:
        connection.execute(insert, {"v": surname})
    told = "".join(traceback.format_exception(raised.value))
    assert "NULL" in told.upper() and surname not in told


@pytest.mark.postgres
def test_analysts_can_be_kept_from_personal_data(postgres_url: str) -> None:
    engine = open_store(postgres_url)
    with Session(engine) as session, session.begin():
        save(session)
    open_tables = sorted({*Base.metadata.tables} - {*PERSONAL_TABLES})
    with engine.begin() as connection:
        connection.execute(text("DROP ROLE IF EXISTS analyst"))
        connection.execute(text("CREATE ROLE analyst"))
        connection.execute(text(f"GRANT SELECT ON {', '.join(open_tables)} TO analyst"))
    with engine.connect() as connection:
        connection.execute(text("SET ROLE analyst"))
        for table in open_tables:
            rows = connection.execute(text(f"SELECT * FROM {table}")).all()
            assert not any(secret in repr(rows) for secret in ("РАҲИМЗОДА", "АЛӢ", "1990-05-17"))
        for table in PERSONAL_TABLES:
            with pytest.raises(StoreError, match="permission denied"), connection.begin_nested():
                connection.execute(text(f"SELECT * FROM {table}"))
    with engine.begin() as connection:
        connection.execute(text("DROP OWNED BY analyst; DROP ROLE analyst"))
    engine.dispose()
