"""Drawing is work along an index, however many fields wait."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
from sqlalchemy import Engine, Select, insert, text
from sqlalchemy.orm import Session

from review.assignment.assign import window_query
from store.card_state import Turn
from store.tables import Waiting
from tests.review.desk import NOW
from tests.store.cards import QUAD, card
from tests.store.test_cards import save

FIELDS = {"crossing_date": 0, "sex": 1, "occupation": 1, "surname": 2, "given_name": 2}
PER_FIELD = 400


@pytest.fixture
def full(engine: Engine) -> Iterator[Session]:
    """A store in which 2,000 fields of 400 cards wait, a tenth of them for a second person."""
    with Session(engine) as session:
        save(session, card(1))
        columns = "scan_id, form_id, form, version, direction, serial, rotation, residual_mm, broken_rules, edition"
        for n in range(2, PER_FIELD + 1):
            session.execute(text(f"INSERT INTO scans (sha256, page, path, loaded_at, outcome) SELECT '{n}', 0, path, "
                                 "loaded_at, outcome FROM scans LIMIT 1"))  # fmt: skip
            session.execute(text(f"INSERT INTO cards ({columns}, software) SELECT (SELECT max(id) FROM scans), "
                                 f"{columns.removeprefix('scan_id, ')}, software FROM cards LIMIT 1"))  # fmt: skip
        ids = list(session.scalars(text("SELECT id FROM cards ORDER BY id")))
        session.execute(insert(Waiting), [row(i, n, name) for n, i in enumerate(ids) for name in FIELDS])
        session.commit()
        if engine.dialect.name == "postgresql":
            session.execute(text("ANALYZE"))
            session.execute(text("SET enable_seqscan = off"))  # on so few rows it would be as quick
        yield session


def row(card_id: int, n: int, name: str) -> dict[str, object]:
    second = n % 10 == 0
    return {
        "card_id": card_id,
        "field": name,
        "rank": FIELDS[name],
        "personal": FIELDS[name] == 2,
        "why": "not_sure",
        "since": NOW + timedelta(seconds=n),
        "quad": [list(corner) for corner in QUAD],
        "turn": "verify" if second else "key",
        "keyed_by": "boris|" if second else "",
        "alike": None,
        "needed_for": "identity" if FIELDS[name] == 2 else "tables",
        "draw": n / 7,
    }


def plan(session: Session, query: Select[int, str, str, int]) -> str:
    """How the database goes about a query."""
    bind = session.get_bind()
    sql = query.compile(dialect=bind.dialect, compile_kwargs={"literal_binds": True})
    explain = "EXPLAIN QUERY PLAN" if bind.dialect.name == "sqlite" else "EXPLAIN"
    return "\n".join(str(row[-1]) for row in session.connection().exec_driver_sql(f"{explain} {sql}"))


@pytest.mark.parametrize("turn", [Turn.KEY, Turn.VERIFY])
@pytest.mark.parametrize(("field", "index"), [(None, "ix_waiting_queue"), ("occupation", "ix_waiting_field")])
def test_the_window_is_read_from_one_index_in_its_order(
    full: Session, turn: Turn, field: str | None, index: str
) -> None:
    query = window_query("anna", turn, field, NOW, 10).where(Waiting.needed_for == "tables")
    assert len(full.execute(query).all()) == 10
    how = plan(full, query)
    assert index in how, how
    assert "TEMP B-TREE" not in how and "Sort" not in how and "Seq Scan on waiting" not in how, how
