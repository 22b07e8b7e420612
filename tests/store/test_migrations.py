"""What migrations make of rows that are there already, up and down, on both databases."""

from __future__ import annotations

from datetime import UTC, date, datetime
from hashlib import sha256

import pytest
from alembic import command
from sqlalchemy import Engine, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from ocr.confidence.calibration import Calibration, load_calibration
from review.decisions.decision_log import decide, undo
from store.calibrations import apply_calibration
from store.engine import alembic_config, migrating
from store.tables import ControlItem, Lease, LoginSession, RequestedCard, User
from tests.store.cards import card, with_levels
from tests.store.test_cards import save as save_card
from tests.store.test_engine import save

AT = datetime(2024, 1, 2, tzinfo=UTC)
OLD, NEW = '"promise":', '"target_error":'


def migrate(engine: Engine, revision: str) -> None:
    with migrating(engine) as connection:
        config = alembic_config(connection)
        (command.downgrade if revision == "0004" else command.upgrade)(config, revision)


def rows(engine: Engine, query: str) -> list[tuple[object, ...]]:
    with engine.connect() as connection:
        return [tuple(row) for row in connection.execute(text(query))]


def fill(engine: Engine) -> None:
    with Session(engine) as session, session.begin():
        card_id = save(session)
        about = {"login": "anna", "name": "Anna", "role": "reviewer", "password": "", "language": "ru"}
        session.add(User(**about, id=7, active=True, created=AT, failures=0, locked_until=None))
        session.flush()
        session.add(LoginSession(key="k" * 64, user_id=7, csrf="c", began=AT, seen=AT))
        session.add(Lease(card_id=card_id, field="sex", person="anna", turn="control", ticket="t", taken=AT, until=AT))
        item = {"card_id": card_id, "field": "sex", "person": "anna", "right": True, "seconds": 1.5, "at": AT}
        session.add(ControlItem(id=3, ticket="u", **item))
        shipped = load_calibration()
        apply_calibration(session, Calibration(made=date(2024, 1, 2), data=f"says {OLD} itself", scales=shipped.scales))
        apply_calibration(session, Calibration(made=date(2024, 1, 3), data="the next"))


def test_names_of_the_field_move_every_row_down_and_up(engine: Engine) -> None:
    fill(engine)
    sessions, items = rows(engine, "SELECT * FROM login_sessions"), rows(engine, "SELECT * FROM control_items")
    migrate(engine, "0004")
    assert rows(engine, "SELECT * FROM visits") == sessions
    assert rows(engine, "SELECT * FROM checks") == items
    assert rows(engine, "SELECT turn FROM leases") == [("check",)]
    migrate(engine, "head")
    assert rows(engine, "SELECT * FROM login_sessions") == sessions
    assert rows(engine, "SELECT * FROM control_items") == items
    assert rows(engine, "SELECT turn FROM leases") == [("control",)]
    with Session(engine) as session, session.begin():
        card_id = session.scalar(text("SELECT card_id FROM leases"))
        about = {"card_id": card_id, "field": "sex", "person": "boris", "right": False, "seconds": None, "at": AT}
        session.add(ControlItem(ticket="v", **about))
        session.flush()
        assert session.scalar(text("SELECT id FROM control_items WHERE ticket = 'v'")) == 4, "numbers go on"


def test_a_calibration_keeps_what_it_says_and_gets_the_new_word(engine: Engine) -> None:
    fill(engine)
    migrate(engine, "0004")
    query = "SELECT content, fingerprint, previous FROM calibrations ORDER BY id"
    before = rows(engine, query)
    assert NEW not in str(before[0][0]) and str(before[0][0]).count(OLD) > 10
    migrate(engine, "head")
    after = rows(engine, query)
    assert [row[0] for row in after] == [str(row[0]).replace(OLD, NEW) for row in before]
    for content, fingerprint, _ in after:
        assert sha256(str(content).encode()).hexdigest()[:12] == fingerprint, "the fingerprint names the content"
    assert Calibration.model_validate_json(str(after[1][0])).data == "the next"
    assert r"says \"promise\": itself" in str(after[0][0]), "a word in a sentence is no key"
    assert after[0][2] == before[0][2] and after[1][2] == after[0][1], "each says what held before it"
    migrate(engine, "0004")
    assert rows(engine, query) == before


def test_what_was_read_and_keyed_before_is_found_by_its_spelling(engine: Engine) -> None:
    fill(engine)
    with Session(engine) as session, session.begin():
        decide(session, 1, "surname", "ҒАФУРОВ-ЗОДА", person="p", kind="correct")
    known = "SELECT field, value, key, tail FROM personal_spellings ORDER BY key"
    before = rows(engine, known)
    assert ("surname", "ҒАФУРОВ-ЗОДА", "гафуров зода", "адоз воруфаг") in before and len(before) > 3
    migrate(engine, "0004")
    migrate(engine, "head")
    assert rows(engine, known) == before


def test_records_get_the_days_and_age_groups_of_what_is_settled_and_lose_groups_on_the_way_down(engine: Engine) -> None:
    doubtful = card(2, review=dict.fromkeys(("crossing_date", "occupation"), ("not_sure",)))
    with Session(engine) as session, session.begin():
        save(session)
        save_card(session, with_levels(doubtful, crossing_date={"month": "2016-05"}, occupation={"one_digit": "7"}))
    query = "SELECT crossing_first, crossing_last, age_group, occupation FROM records ORDER BY card_id"
    before = rows(engine, query)
    assert before[1][2:] == ("25-29", "7*")
    migrate(engine, "0004")
    assert rows(engine, "SELECT occupation FROM records ORDER BY card_id") == [("7112",), (None,)]
    migrate(engine, "head")
    assert rows(engine, query) == [before[0], (None, None, None, None)]


@pytest.mark.parametrize(
    ("table", "key"),
    [("control_items", "id"), ("calibrations", "id"), ("readings", "id"), ("personal_readings", "reading_id")],
)
def test_tables_that_were_migrated_stay_append_only(engine: Engine, table: str, key: str) -> None:
    fill(engine)
    migrate(engine, "0004")
    migrate(engine, "head")
    for change in (f"UPDATE {table} SET {key} = 99", f"DELETE FROM {table}"):
        with pytest.raises(DBAPIError, match="append-only"), engine.begin() as connection:
            connection.execute(text(change))


def test_requests_for_cards_move_up_and_down(engine: Engine) -> None:
    with Session(engine) as session, session.begin():
        one, two = save_card(session, card(1)), save_card(session, card(2))
        asked = {"person": "vera", "at": AT}
        taken_back = {"withdrawn_by": "boss", "withdrawn_at": AT}
        session.add(RequestedCard(card_id=one, reason="the wrong card", **asked, **taken_back))
        session.flush()
        session.add_all(RequestedCard(card_id=key, reason="a court asks", **asked) for key in (one, two))
    held = "SELECT card_id, person, at, reason FROM requested_cards WHERE reason = 'a court asks' ORDER BY card_id"
    before = rows(engine, held)
    with migrating(engine) as connection:
        command.downgrade(alembic_config(connection), "0014")
    assert rows(engine, held) == before and len(rows(engine, "SELECT * FROM requested_cards")) == 2
    migrate(engine, "head")
    assert rows(engine, held) == before
    assert rows(engine, "SELECT id, withdrawn_by FROM requested_cards ORDER BY id") == [(1, None), (2, None)]


def test_what_was_audited_before_is_there_after_the_migration(engine: Engine) -> None:
    with Session(engine) as session, session.begin():
        for n, value in ((1, "2016-03-04"), (2, "2016-04-04"), (3, "2016-03-04")):
            read = card(n, review={"crossing_date": ("not_sure", "audit"), "surname": ("audit",)})
            card_id = save_card(session, with_levels(read, crossing_date={"month": "2016-03"}))
            decide(session, card_id, "crossing_date", value, person="p", kind="audit")
            made = decide(session, card_id, "surname", "РАҲИМЗОДА", person="p", kind="audit")
            if n == 3:
                undo(session, made.id, "p")
    kept = 'SELECT card_id, field, level, reading_id, decision_id, "right" FROM audit_results ORDER BY 1, 2, 3'
    before = rows(engine, kept)
    assert [row[:3] for row in before] == [
        (1, "crossing_date", "month"), (1, "surname", ""), (2, "crossing_date", "month"), (2, "surname", ""),
        (3, "crossing_date", "month"),
    ]  # fmt: skip
    with migrating(engine) as connection:
        command.downgrade(alembic_config(connection), "0015")
    migrate(engine, "head")
    assert rows(engine, kept) == before
