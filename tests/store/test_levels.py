"""What is sure at a coarser level is kept, holds in the record, and goes when a person has spoken."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import Engine, select, text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from ocr.reading import CardReading
from review.decisions.decision_log import decide, undo
from store.records import cards_now, rebuild_records
from store.tables import PersonalReading, Reading, Record, Waiting
from tests.store.cards import card, with_levels
from tests.store.test_cards import save

GROUPS = {
    "residence_district": {"parent": "TJ-SU"},
    "occupation": {"two_digits": "71", "one_digit": "7"},
    "dest_region": {"parent": "RU"},
    "birth_date": {"month": "1990-05", "year": "1990"},
    "crossing_date": {"month": "2016-03", "year": "2016"},
}


def doubtful(n: int = 1, *more: str) -> CardReading:
    """A card of which all that has coarser levels is sure there and no further."""
    return with_levels(card(n, review=dict.fromkeys((*GROUPS, *more), ("not_sure",))), **GROUPS)


def about(session: Session, card_id: int) -> tuple[object, ...]:
    session.expire_all()
    record = session.get_one(Record, card_id)
    return record.district, record.occupation, record.destination, record.age_group, record.crossing_last


def test_levels_come_back_as_they_were_read(session: Session) -> None:
    card_id = save(session, doubtful(1, "residence_region", "dest_country"))
    (now,) = cards_now(session, [card_id])
    assert now.readings["crossing_date"].levels == doubtful().field("crossing_date").levels
    assert now.readings["birth_date"].levels == doubtful().field("birth_date").levels
    assert now.readings["sex"].levels == ()
    record = session.get_one(Record, card_id)
    assert (record.region, record.country, record.crossing_date, record.age) == ("TJ-SU", "RU", None, 25)
    assert about(session, card_id) == ("TJ-SU*", "71*", "RU*", "25-29", date(2016, 3, 31))
    assert set(session.scalars(select(Waiting.field))) == {*GROUPS, "residence_region", "dest_country"}
    assert record.pending == 7


def test_the_month_of_a_birth_lies_among_what_is_personal_only(session: Session) -> None:
    card_id = save(session, doubtful())
    birth = session.scalars(select(Reading).where(Reading.field == "birth_date")).one()
    assert birth.levels is None
    content = session.get_one(PersonalReading, birth.id)
    assert [level["code"] for level in content.levels or ()] == ["1990-05", "1990"]
    month = session.scalars(select(Reading).where(Reading.field == "crossing_date")).one()
    assert [level["level"] for level in month.levels or ()] == ["month", "year"]
    assert card_id == month.card_id


def test_the_database_itself_keeps_them_there(engine: Engine) -> None:
    with Session(engine) as session, session.begin():
        save(session, doubtful())
    kept = (
        "card_id, field, {}, personal, state, probability, review, quad, reader, reader_version, software, read_at, {}"
    )
    columns, copied = kept.format("edition", "levels"), kept.format("9", "review")
    copy = f"INSERT INTO readings ({columns}) SELECT {copied} FROM readings WHERE field = 'birth_date'"
    with pytest.raises(IntegrityError), engine.begin() as connection:
        connection.execute(text(copy))


def test_a_decision_replaces_the_group_and_its_undo_brings_it_back(session: Session) -> None:
    card_id = save(session, doubtful())
    decided = decide(session, card_id, "occupation", "9313", person="p", kind="key")
    day = decide(session, card_id, "crossing_date", "2016-04-01", person="p", kind="key")
    assert about(session, card_id) == ("TJ-SU*", "9313", "RU*", "25-29", date(2016, 4, 1))
    undo(session, decided.id, "p")
    undo(session, day.id, "p")
    assert about(session, card_id) == ("TJ-SU*", "71*", "RU*", "25-29", date(2016, 3, 31))


def test_a_decision_that_breaks_a_rule_takes_the_group_of_the_other_field(session: Session) -> None:
    card_id = save(session, with_levels(card(1, review={"occupation": ("not_sure",)}), **GROUPS))
    assert about(session, card_id)[1] == "71*"
    decide(session, card_id, "residence_region", "TJ-KT", person="p", kind="correct", reason="x")
    assert about(session, card_id)[:2] == (None, "71*"), "the district was sure, and contradicts the region now"


def test_records_with_groups_are_derived_anew_as_they_were(session: Session) -> None:
    ids = [save(session, doubtful(1, "residence_region")), save(session, card(2))]
    before = [about(session, card_id) for card_id in ids]
    rebuild_records(session)
    assert [about(session, card_id) for card_id in ids] == before
