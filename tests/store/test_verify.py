"""What contradicts itself in a store is found, and nothing else is."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.orm import Session

from store.cards import save_cards
from store.engine import open_store, read_only
from store.records import refresh
from store.verify import Finding, count_sheets, verify_cards, verify_tables
from tests.store.everything import fill, read


@pytest.fixture
def spoilt(full: Engine) -> Iterator[Session]:
    """A session in which everything may be done to the store, past all that the database forbids, and is undone."""
    with full.connect() as connection:
        is_sqlite, driver = full.dialect.name == "sqlite", connection.connection.driver_connection
        assert driver is not None
        if is_sqlite:
            driver.execute("PRAGMA foreign_keys=OFF")
            driver.execute("PRAGMA ignore_check_constraints=ON")
        session = Session(connection)
        if is_sqlite:
            for name in session.scalars(text("SELECT name FROM sqlite_master WHERE type = 'trigger'")).all():
                session.execute(text(f"DROP TRIGGER {name}"))
        else:
            session.execute(text("SET LOCAL session_replication_role = replica"))
            for table, name in (("scans", "outcome"), ("scans", "reason"), ("readings", "personal")):
                session.execute(text(f"ALTER TABLE {table} DROP CONSTRAINT ck_{table}_{name}"))
        yield session
        session.rollback()
        connection.invalidate()


def findings(session: Session) -> list[Finding]:
    return [*verify_tables(session), *verify_cards(session)]


def test_a_store_with_something_of_everything_contradicts_nothing(full: Engine) -> None:
    with Session(read_only(full)) as session:
        assert findings(session) == []
        assert count_sheets(session) == {"sheets": 7, "read": 5, "refused": 2, "cover": 0, "back": 0}


@pytest.mark.parametrize(
    ("statement", "found"),
    [
        ("UPDATE records SET sex = 'F' WHERE card_id = 4", {"derived"}),
        ("DELETE FROM waiting WHERE card_id = 1", {"derived"}),
        ("DELETE FROM issues", {"derived"}),
        ("UPDATE waiting SET since = '2024-01-01' WHERE card_id = 1", {"derived"}),
        ("INSERT INTO record_values VALUES (1, 'employer', 'x')", {"derived"}),
        ("DELETE FROM audit_results", {"derived"}),
        ("INSERT INTO record_values VALUES (99, 'employer', 'x')", {"reference"}),
        ("UPDATE decisions SET undoes = 99 WHERE undoes IS NOT NULL", {"reference", "derived"}),
        ("UPDATE scans SET outcome = 'read', reason = NULL WHERE reason = 'blank'", {"no_card"}),
        ("UPDATE scans SET outcome = 'refused', reason = 'blank' WHERE id = 3", {"refused_card", "no_refusal"}),
        ("UPDATE scans SET outcome = 'lost' WHERE reason = 'blank'", {"outcome"}),
        ("DELETE FROM refusals", {"no_refusal"}),
        ("UPDATE scans SET batch_id = NULL", {"batch", "derived"}),
        ("DELETE FROM readings WHERE field = 'education' AND card_id = 4", {"readings"}),
        ("DELETE FROM readings WHERE card_id = 4", {"readings", "reference"}),
        ("UPDATE cards SET form_id = 99 WHERE id = 4", {"reference"}),
        ("DELETE FROM personal_decisions", {"half"}),
        ("UPDATE decisions SET personal = false, value = 'САИДОВ' WHERE field = 'surname'", {"half", "open_value"}),
        ("UPDATE readings SET value = 'САИДОВ' WHERE field = 'given_name' AND card_id = 4", {"open_value"}),
        ("UPDATE readings SET personal = false WHERE field = 'given_name' AND card_id = 4", {"half", "open_value"}),
    ],
)
def test_each_contradiction_is_found(spoilt: Session, statement: str, found: set[str]) -> None:
    spoilt.execute(text(statement))
    kinds = {finding.kind for finding in findings(spoilt)}
    assert kinds >= found
    assert kinds <= found | {"derived"}


def test_a_finding_names_the_card_and_deriving_it_anew_mends_it(spoilt: Session) -> None:
    spoilt.execute(text("UPDATE records SET sex = 'F' WHERE card_id = 4"))
    assert findings(spoilt) == [Finding("derived", {"table": "records", "card": 4})]
    refresh(spoilt, [4])
    assert findings(spoilt) == []


@pytest.mark.postgres
def test_a_numbering_that_would_give_a_number_twice_is_found(postgres_url: str) -> None:
    engine = open_store(postgres_url)
    with Session(engine) as session:
        save_cards(session, [read(1), read(2)], run_id=None)
        session.execute(text("SELECT setval('cards_id_seq', 1)"))
        assert findings(session) == [Finding("sequence", {"table": "cards", "highest": 2, "last": 1})]
    engine.dispose()


def test_an_index_that_lacks_a_row_is_found(tmp_path: Path) -> None:
    path = tmp_path / "cards.db"
    engine = open_store(f"sqlite:///{path}")
    fill(engine)
    engine.dispose()
    with closing(sqlite3.connect(path)) as file:
        file.execute("PRAGMA writable_schema=ON")
        row = file.execute("SELECT * FROM sqlite_master WHERE name = 'ix_records_serial'").fetchone()
        file.execute("DELETE FROM sqlite_master WHERE name = 'ix_records_serial'")
        file.commit()
    with closing(sqlite3.connect(path)) as file:
        file.execute("UPDATE records SET serial = 'X' WHERE card_id = 4")
        file.execute("PRAGMA writable_schema=ON")
        file.execute("INSERT INTO sqlite_master VALUES (?, ?, ?, ?, ?)", row)
        file.commit()
    engine = open_store(f"sqlite:///{path}")
    with Session(engine) as session:
        assert "damaged" in {finding.kind for finding in findings(session)}
    engine.dispose()
