"""Cards are found by what is on them and what became of them, page by page, each once."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine, Select, event, select, text
from sqlalchemy.orm import Session

from ocr.forms.cover_sheet import CoverSheet
from ocr.forms.serial import serial_number
from review.cards import search
from review.cards.days import HalfKnownDay, half_known_day
from review.cards.filters import Filters
from review.cards.meanings import begins_with, spelt_so
from review.cards.search import count, find, known_batches
from review.decisions.decision_log import decide
from store.batches import attach, batch_of
from store.cards import start_run
from store.engine import read_only
from store.records import known_fields
from store.spellings import keep_spellings, rebuild_spellings
from store.tables import Flag, PersonalReading, PersonalSpelling
from tests.store.cards import card, scan
from tests.store.test_cards import save

OTHER = serial_number(60)
"""The number of no card."""


def ids(session: Session, **asked: object) -> list[int]:
    filters = Filters(**asked)  # type: ignore[arg-type]
    found = [hit.card_id for hit in find(session, filters).hits]
    assert count(session, filters) == len(found)
    return found


@pytest.fixture
def box(session: Session) -> dict[str, int]:
    """Four cards: plain, with a waiting field, a woman's who came back, and a flagged one of a batch."""
    first, second = start_run(session, "first"), start_run(session, "second")
    cards = {
        "plain": save(session, card(1), first),
        "waits": save(session, card(2, review={"sex": ("not_sure",), "surname": ("not_sure",)}), first),
        "back": save(session, card(3, side="return", values={"surname": "САИДОВА", "sex": "F"}), first),
        "other": save(session, card(4, values={"checkpoint": "TJ-R1", "surname": "РАҲИМОВ"}), second),
    }
    flag = Flag(card_id=cards["other"], field="sex", kind="other", note="", person="p", at=datetime.now(UTC))
    session.add(flag)
    session.flush()
    attach(session, {scan(4): ""}, batch_of(session, CoverSheet("26-ABCDEFG"), "anna"), None)
    return cards


def test_nothing_asked_finds_all_newest_first(session: Session, box: dict[str, int]) -> None:
    assert ids(session) == sorted(box.values(), reverse=True)


def day(typed: str) -> HalfKnownDay:
    known = half_known_day(typed)
    assert known is not None
    return known


CASES: list[tuple[dict[str, object], list[str]]] = [
    ({"values": (("sex", ("F",)),)}, ["back"]),
    ({"values": (("sex", ("F", "M")),)}, ["plain", "back", "other"]),
    ({"values": (("dest_region", ("RU-MOW",)),)}, ["plain", "waits", "other"]),
    ({"values": (("dest_region", ("RU-MOW",)), ("sex", ("M",)))}, ["plain", "other"]),
    ({"values": (("stay_months", ("9",)),)}, ["back"]),
    ({"values": (("surname", ("САИДОВА",)),)}, ["back"]),
    ({"values": (("surname", (" саидова ",)),)}, ["back"]),
    ({"values": (("surname", ("РАҲИМ*",)),)}, ["plain", "waits", "other"]),
    ({"values": (("surname", ("рахим*",)),)}, ["plain", "waits", "other"]),
    ({"values": (("surname", ("РАҲИМ",)),)}, []),
    ({"values": (("surname", ("%",)),)}, []),
    ({"values": (("surname", ("_*",)),)}, []),
    ({"values": (("surname", ("Рахимов",)),)}, ["other"]),
    ({"values": (("surname", ("рахимоф",)),)}, ["other"]),
    ({"values": (("surname", ("рахиомв",)),)}, ["other"]),
    ({"values": (("surname", ("ахимов",)),)}, ["other"]),
    ({"values": (("surname", ("рахимзада",)),)}, ["plain", "waits"]),
    ({"values": (("surname", ("рахимсад",)),)}, []),
    ({"values": (("given_name", ("али",)),)}, ["plain", "waits", "back", "other"]),
    ({"values": (("given_name", ("ала",)),)}, []),
    ({"values": (("birth_date", day("1990")),)}, ["plain", "waits", "back", "other"]),
    ({"values": (("birth_date", day("1990-05-17")),)}, ["plain", "waits", "back", "other"]),
    ({"values": (("birth_date", day("17.05.????")),)}, ["plain", "waits", "back", "other"]),
    ({"values": (("birth_date", day("05.1990")),)}, ["plain", "waits", "back", "other"]),
    ({"values": (("birth_date", day("18.05")),)}, []),
    ({"values": (("birth_date", day("1991")),)}, []),
    ({"values": (("crossing_date", day("2016")),)}, ["plain", "waits", "back", "other"]),
    ({"values": (("crossing_date", day("03.2016")),)}, ["plain", "waits", "other"]),
    ({"values": (("crossing_date", day("20.12.????")),)}, ["back"]),
    ({"values": (("signature", ("Y",)),)}, ["plain", "waits", "other"]),
    ({"values": (("no_such_field", ("1",)),)}, []),
    ({"checkpoint": ("TJ-R1",)}, ["other"]),
    ({"crossed_from": date(2016, 3, 5)}, ["back"]),
    ({"crossed_to": date(2016, 3, 4)}, ["plain", "waits", "other"]),
    ({"crossed_from": date(2016, 3, 4), "crossed_to": date(2016, 12, 20)}, ["plain", "waits", "back", "other"]),
    ({"state": "waits"}, ["waits"]),
    ({"state": "settled"}, ["plain", "back", "other"]),
    ({"state": "flagged"}, ["other"]),
    ({"state": "duplicate"}, []),
    ({"person": "p"}, []),
    ({"batch": 99}, []),
    ({"serial": "'; DROP TABLE cards; --"}, []),
    ({"serial": "%"}, []),
    ({"serial": serial_number(2)[5:]}, ["waits"]),
    ({"serial": serial_number(3)}, ["back"]),
    ({"values": (("card_no", (serial_number(4)[4:],)),)}, ["other"]),
]


def test_what_is_asked_is_found(session: Session, box: dict[str, int]) -> None:
    found = [(asked, sorted(ids(session, **asked))) for asked, _ in CASES]
    assert found == [(asked, sorted(box[name] for name in names)) for asked, names in CASES]


def test_a_date_that_waits_is_found_by_what_was_read(session: Session, box: dict[str, int]) -> None:
    card_id = save(session, card(5, values={"crossing_date": "2014-03-15"}, review={"crossing_date": ("not_sure",)}))
    for typed in ("2014", "15.03.????", "2014-03-15"):
        assert ids(session, values=(("crossing_date", day(typed)),)) == [card_id]
    decide(session, card_id, "crossing_date", "2015-03-16", person="p", kind="key")
    assert ids(session, values=(("crossing_date", day("2014")),)) == []
    assert ids(session, values=(("crossing_date", day("2015")),)) == [card_id]


def test_what_is_written_beside_a_box_is_found_where_it_counts(session: Session) -> None:
    card_id = save(session, card(1, values={"dest_country": "OTHER", "dest_country_other": "FR"}))
    for name in ("dest_country", "dest_country_other"):
        assert ids(session, values=((name, ("FR",)),)) == [card_id]


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.sampled_from(["САИДОВА", "РАҲИМЗОДА", "ҒАФУР", "ҚОСИМОВ", "АБДУЛЛОЗОДА"]), st.data())
def test_one_mistake_anywhere_is_forgiven(session: Session, name: str, data: st.DataObject) -> None:
    """Wrong, missing, doubled or too many, exchanged: in the first letter and in the last as well."""
    keep_spellings(session, [("surname", name)])
    at = data.draw(st.integers(0, len(name) - 1))
    more = data.draw(st.sampled_from("ЩЮ" + name[at]))
    exchanged = name[:at] + name[at : at + 2][::-1] + name[at + 2 :]
    wrong, missing = name[:at] + more + name[at + 1 :], name[:at] + name[at + 1 :]
    typed = data.draw(st.sampled_from([wrong, missing, name[:at] + more + name[at:], exchanged]))
    assert name in spelt_so(session, "surname", typed.lower())


def test_names_are_looked_up_among_spellings_by_index(session: Session, box: dict[str, int]) -> None:
    """One question reads a part of one index, however many spellings there are."""
    for n in range(300):
        keep_spellings(session, [("surname", f"{'АБВГД'[n % 5]}{'ЕЖЗИК'[n % 7 % 5]}ОВ{chr(0x410 + n % 31) * 3}")])
    session.flush()
    for column in (PersonalSpelling.key, PersonalSpelling.tail):
        query = select(PersonalSpelling.value).where(PersonalSpelling.field == "surname", begins_with(column, "рах"))
        how = plan(session, query)
        assert "ix_personal_spellings_field_" in how and "Seq Scan" not in how, how
    found = select(PersonalReading.reading_id).where(PersonalReading.value.in_(["РАҲИМОВ", "РАҲИМЗОДА"]))
    assert "ix_personal_readings_value" in plan(session, found)


def plan(session: Session, query: Select[Any]) -> str:
    """How the database goes about a query."""
    bind = session.get_bind()
    sql = query.compile(dialect=bind.dialect, compile_kwargs={"literal_binds": True})
    if bind.dialect.name == "postgresql":
        session.execute(text("SET LOCAL enable_seqscan = off"))  # on so few rows it would be as quick
    explain = "EXPLAIN QUERY PLAN" if bind.dialect.name == "sqlite" else "EXPLAIN"
    return "\n".join(str(row[-1]) for row in session.connection().exec_driver_sql(f"{explain} {sql}"))


def test_spellings_are_derived_anew(session: Session, box: dict[str, int]) -> None:
    def kept() -> set[tuple[str, ...]]:
        rows = session.scalars(select(PersonalSpelling))
        return {(row.field, row.value, row.key, row.tail) for row in rows}

    decide(session, box["waits"], "surname", "КАРИМОВА", person="p", kind="key")
    known = kept()
    assert {("surname", "РАҲИМОВ", "рахимов", "вомихар"), ("surname", "КАРИМОВА", "каримова", "авомирак")} <= known
    assert {value for field, value, _, _ in known if field == "birth_date"} == {"1990-05-17"}
    assert not {field for field, *_ in known} & {"document_no", "sex", "crossing_date"}
    rebuild_spellings(session)
    session.expire_all()
    assert kept() == known


def test_batches_numbers_and_people(session: Session, box: dict[str, int]) -> None:
    (batch,) = known_batches(session)
    assert (batch.number, ids(session, batch=batch.id)) == ("26-ABCDEFG", [box["other"]])
    assert [hit.batch for hit in find(session, Filters()).hits if hit.card_id == box["other"]] == ["26-ABCDEFG"]
    serial = card(2).serial
    assert serial is not None and ids(session, serial=serial) == [box["waits"]]
    decide(session, box["waits"], "card_no", OTHER, person="Zarina", kind="correct")
    assert ids(session, serial=serial) == ids(session, serial=OTHER) == ids(session, person="Zarina") == [box["waits"]]


def test_a_code_is_looked_for_in_what_holds_a_name_in_all_that_was_said(session: Session, box: dict[str, int]) -> None:
    assert box["waits"] not in ids(session, values=(("sex", ("M",)),))
    decide(session, box["waits"], "sex", "F", person="p", kind="key")
    decide(session, box["waits"], "surname", "КАРИМОВА", person="p", kind="key")
    assert ids(session, values=(("sex", ("F",)),)) == [box["back"], box["waits"]]
    assert ids(session, values=(("surname", ("КАРИМОВА",)),)) == [box["waits"]]
    assert box["waits"] in ids(session, values=(("surname", ("РАҲИМЗОДА",)),))


def test_a_passports_first_letter_may_be_of_either_alphabet(session: Session) -> None:
    card_id = save(session, card(1, values={"document_no": "А1234567"}))
    for typed in ("A1234567", "А1234567", "a123*"):
        assert ids(session, values=(("document_no", (typed,)),)) == [card_id]


def test_a_hit_tells_the_state(session: Session, box: dict[str, int]) -> None:
    decide(session, box["waits"], "sex", "F", person="p", kind="key")
    hits = {hit.card_id: hit for hit in find(session, Filters()).hits}
    assert (hits[box["waits"]].waiting, hits[box["plain"]].waiting) == (1, 0)
    assert [hits[box[name]].flagged for name in ("plain", "other")] == [False, True]
    assert (hits[box["back"]].direction, hits[box["back"]].crossed) == ("A", date(2016, 12, 20))
    assert (hits[box["other"]].checkpoint, hits[box["other"]].district) == ("TJ-R1", "TJ-SU-01")
    again = card(1)
    twice = save(session, again.__class__(**{**again.__dict__, "scan": card(9).scan}))
    assert ids(session, state="duplicate") == [twice]


@settings(max_examples=8, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.integers(1, 6))
def test_pages_have_every_card_once(session: Session, box: dict[str, int], limit: int) -> None:
    seen: list[int] = []
    page = find(session, Filters(), limit=limit)
    while True:
        seen += [hit.card_id for hit in page.hits]
        if page.next is None:
            break
        page = find(session, Filters(), before=page.next, limit=limit)
    assert seen == sorted(box.values(), reverse=True)


def test_counting_stops(session: Session, box: dict[str, int], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(search, "COUNTED", 3)
    assert count(session, Filters()) == 3


def test_a_page_is_few_queries_however_many_cards(engine: Engine) -> None:
    with Session(engine) as session:
        for n in range(1, 8):
            save(session, card(n))
        session.commit()
    statements: list[str] = []
    event.listen(engine, "before_cursor_execute", lambda *arguments: statements.append(arguments[2]))
    with Session(read_only(engine)) as session:
        assert len(find(session, Filters(values=(("surname", ("РАҲ*",)),))).hits) == 7
        assert "surname" in known_fields(session)
    assert sum(statement.lstrip().startswith(("SELECT", "WITH")) for statement in statements) <= 6
