"""Saving what was read: once, in any order, from several programs."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import Engine, func, select, text
from sqlalchemy.orm import Session

from ocr.forms.cover_sheet import CoverSheet
from ocr.forms.serial import serial_number
from ocr.reading import CardReading, Refusal, Refused
from ocr.scan import ScanId
from review.decisions.decision_log import decide, undo
from store.batches import batch_of
from store.cards import finish_run, save_card, start_run
from store.records import rebuild_records
from store.scans import ReadCard, forget, known_scans, rescan_list, save_refused, unavailable_before
from store.tables import Base, Card, LoggedRefusal, PersonalReading, Reading, Record, Run, Scan, Waiting
from tests.store.cards import DEPARTURE, card, current_values, form, scan
from tests.store.side_by_side import side_by_side


def save(session: Session, reading: CardReading, run_id: int | None = None) -> int:
    return save_card(session, read(reading), run_id=run_id)


def read(reading: CardReading) -> ReadCard:
    return ReadCard(reading, form(reading.form), f"box/{reading.scan}.png", 300.0, (1748, 2480))


def refuse(session: Session, n: int) -> bool:
    return save_refused(session, Refused(scan(n), Refusal.BLURRED, "hold still"), run_id=None, path=f"{n}.png")


def content(engine: Engine) -> dict[str, list[Any]]:
    """All rows of all tables."""
    with engine.connect() as connection:
        return {
            name: connection.execute(select(table).order_by(*table.primary_key)).all()
            for name, table in Base.metadata.tables.items()
        }


def test_a_card_comes_back_as_it_was_read(session: Session) -> None:
    run = start_run(session, "box 7", "from the north")
    card_id = save(session, card(), run)
    values = current_values(session, card_id)
    assert {name: values[name] for name in DEPARTURE} == DEPARTURE
    record = session.get_one(Record, card_id)
    assert (record.direction, record.serial, record.pending) == ("D", values["card_no"], 0)
    kept = session.get_one(Card, card_id)
    assert (kept.form, kept.version, kept.residual_mm, kept.software) == (
        "revised-departure",
        form("revised-departure").version,
        0.1,
        "made-up 1",
    )


def test_personal_content_lies_in_the_personal_tables_only(engine: Engine) -> None:
    with Session(engine) as session, session.begin():
        save(session, card(review={"birth_date": ("not_sure",)}))
    for name, rows in content(engine).items():
        shown = repr(rows)
        secrets = [secret for secret in ("РАҲИМЗОДА", "АЛӢ", "1990-05-17") if secret in shown]
        assert len(secrets) == (3 if name in ("personal_readings", "personal_spellings") else 0), name


def test_saving_twice_changes_nothing(engine: Engine) -> None:
    for _ in range(2):
        with Session(engine) as session, session.begin():
            save(session, card(1))
            refuse(session, 2)
        if _ == 0:
            before = content(engine)
    assert content(engine) == before


def test_a_run_that_is_killed_leaves_whole_cards_only(engine: Engine) -> None:
    with Session(engine) as session, session.begin():
        save(session, card(1))
    with Session(engine) as session:
        save(session, card(2))  # killed before the commit
    with Session(engine) as session:
        assert set(known_scans(session, {scan(1).sha256, scan(2).sha256})) == {scan(1)}
        save(session, card(2))
        session.commit()
        assert session.scalar(select(func.count()).select_from(Record)) == 2


def test_known_scans_copes_with_more_hashes_than_a_query_holds(session: Session) -> None:
    refuse(session, 5)
    save(session, card(9_000))
    shas = {scan(n).sha256 for n in range(10_000)}
    assert set(known_scans(session, shas)) == {scan(5), scan(9_000)}
    assert set(known_scans(session, ())) == set()


def test_pages_of_a_file_are_scans_of_their_own(session: Session) -> None:
    sha256 = scan(1).sha256
    for page in (0, 1):
        save_refused(session, Refused(ScanId(sha256, page), Refusal.BLANK, ""), run_id=None, path="a.tif")
    assert set(known_scans(session, [sha256])) == {ScanId(sha256, 0), ScanId(sha256, 1)}


def test_two_programs_that_save_the_same_cards_save_each_once(engine: Engine) -> None:
    def run() -> None:
        for n in range(1, 11):
            with Session(engine) as session, session.begin():
                save(session, card(n))

    assert side_by_side(run, run) == []
    with Session(engine) as session:
        for table, number in ((Card, 10), (Scan, 10), (Record, 10), (Reading, 10 * len(card().fields))):
            assert session.scalar(select(func.count()).select_from(table)) == number


def test_newer_software_appends_an_edition_which_then_holds(session: Session) -> None:
    first = save(session, card(1, version="1", review={"sex": ("not_sure",)}))
    assert save(session, card(1, version="2", values={"education": "1"})) == first
    values = current_values(session, first)
    assert (values["sex"], values["education"]) == ("M", "1")
    save(session, card(1, version="1"))
    assert current_values(session, first)["education"] == "1", "what was appended once is not appended again"
    fields = len(card().fields)
    assert session.scalar(select(func.count()).select_from(Reading)) == 2 * fields
    assert session.scalar(select(func.count()).select_from(PersonalReading)) == 2 * 5
    assert session.get_one(Card, first).software == "made-up 2"


def test_a_sheet_that_was_refused_can_be_read_later_but_not_the_other_way(session: Session) -> None:
    assert refuse(session, 1)
    assert refuse(session, 1)
    assert [item.scan for item in rescan_list(session)] == [scan(1)]
    save(session, card(1))
    assert rescan_list(session) == []
    assert not refuse(session, 1)
    assert rescan_list(session) == []
    kept = session.scalars(select(Scan)).one()
    assert (kept.outcome, kept.reason, kept.width) == ("read", None, 1748)


def test_the_rescan_list_says_why(session: Session) -> None:
    batch = batch_of(session, CoverSheet("26-ABCDEFG"), "anna")
    refused = Refused(scan(1), Refusal.CUT_OFF, "the right edge is missing")
    save_refused(session, refused, run_id=None, batch_id=batch, path="7/1.png", dpi=200.0, size=(10, 20))
    refuse(session, 2)
    (item,) = rescan_list(session, batch_id=batch)
    assert (item.scan, item.path, item.reason, item.detail) == (
        scan(1),
        "7/1.png",
        Refusal.CUT_OFF,
        "the right edge is missing",
    )
    assert len(rescan_list(session)) == 2


def test_readings_of_another_form_are_refused(session: Session) -> None:
    with pytest.raises(ValueError, match="not those of form"):
        save_card(session, ReadCard(card(1), form("card-2008"), "1.png", 300.0, (10, 10)), run_id=None)


def test_a_changed_definition_is_another_form_and_the_old_card_keeps_the_old_one(session: Session) -> None:
    save(session, card(1))
    changed = form("revised-departure").model_copy(update={"title_en": "Changed"})
    save_card(session, ReadCard(card(2), changed, "2.png", 300.0, (10, 10)), run_id=None)
    save(session, card(3))
    titles = session.scalars(text("SELECT title FROM cards JOIN forms ON forms.id = form_id ORDER BY cards.id"))
    assert [title == "Changed" for title in titles] == [False, True, False]


def test_a_card_that_was_scanned_twice_counts_once_until_a_person_corrects_its_number(session: Session) -> None:
    first = save(session, card(1))
    again = save(session, replace(card(1, review={"sex": ("not_sure",)}), scan=scan(77)))
    assert (records(session), waits(session)) == ([first], {(again, "card_no"): "duplicate"})
    rebuild_records(session)
    assert (records(session), waits(session)) == ([first], {(again, "card_no"): "duplicate"})
    same = decide(session, again, "card_no", serial_number(1), person="p", kind="key")
    assert (records(session), waits(session)) == ([first], {}), "a repeat, and nobody keys its fields"
    undo(session, same.id, "p")
    decide(session, again, "card_no", serial_number(2), person="p", kind="key")
    assert (records(session), waits(session)) == ([first, again], {(again, "sex"): "not_sure"})


def test_the_two_sides_and_the_same_scan_read_anew_are_no_repeats(session: Session) -> None:
    ids = [save(session, card(1)), save(session, card(1, side="return")), save(session, card(2))]
    save(session, card(1, version="2"))
    save(session, replace(card(3), serial=None))
    save(session, replace(card(3), serial=None, scan=scan(78)))
    assert len(records(session)) == len(ids) + 2
    assert waits(session) == {}


def test_a_number_that_a_person_keyed_is_known_too(session: Session) -> None:
    first = save(session, replace(card(1, review={"card_no": ("not_sure",)}), serial=None))
    decide(session, first, "card_no", serial_number(5), person="p", kind="key")
    again = save(session, card(5))
    assert (records(session), waits(session)) == ([first], {(again, "card_no"): "duplicate"})


def records(session: Session) -> list[int]:
    return list(session.scalars(select(Record.card_id).order_by(Record.card_id)))


def waits(session: Session) -> dict[tuple[int, str], str]:
    return {(wait.card_id, wait.field): wait.why for wait in session.scalars(select(Waiting))}


def test_runs_begin_and_end(session: Session) -> None:
    run = start_run(session, "box 7", "note")
    assert session.get_one(Run, run).finished is None
    finish_run(session, run)
    session.expire_all()
    kept = session.get_one(Run, run)
    assert kept.finished is not None and kept.finished >= kept.started
    assert kept.started.utcoffset() is not None


def test_what_is_derived_can_be_rebuilt(engine: Engine) -> None:
    with Session(engine) as session, session.begin():
        for n in range(1, 4):
            save(session, card(n, review={"sex": ("not_sure",), "surname": ("rule:x", "corrected")}, broken=("x",)))
        save(session, card(2, side="return"))
    before = content(engine)
    assert before["waiting"] and before["issues"]
    with engine.begin() as connection:
        for table in ("waiting", "issues"):
            connection.execute(text(f"DELETE FROM {table}"))
        connection.execute(text("UPDATE records SET sex = 'F', pending = 9"))
    with Session(engine) as session, session.begin():
        assert rebuild_records(session) == 4
    assert content(engine) == before


def test_a_refusal_that_passes_is_tried_again_and_the_log_keeps_it(session: Session) -> None:
    gone = Refused(scan(1), Refusal.UNAVAILABLE, "1.png: Input/output error")
    first, second = start_run(session, "box 1"), start_run(session, "box 1")
    save_refused(session, gone, run_id=first, path="/box/1.png")
    assert set(known_scans(session, [scan(1).sha256])) == set()
    save(session, card(1), second)
    assert set(known_scans(session, [scan(1).sha256])) == {scan(1)}
    kept = session.scalars(select(Scan)).one()
    assert (kept.outcome, kept.run_id, kept.path) == ("read", second, f"box/{scan(1)}.png")
    logged = session.scalars(select(LoggedRefusal)).one()
    assert (logged.reason, logged.run_id, logged.path) == ("unavailable", first, "/box/1.png")


def test_a_sheet_of_an_unknown_form_is_tried_again_when_other_forms_are_known(session: Session) -> None:
    unknown = Refused(scan(1), Refusal.UNKNOWN_FORM, "ink 3% of the sheet")
    save_refused(session, unknown, run_id=start_run(session, "a"), path="1.png", forms="old")
    refuse(session, 2)
    shas = [scan(1).sha256, scan(2).sha256]
    assert set(known_scans(session, shas, forms="old")) == {scan(1), scan(2)}
    assert set(known_scans(session, shas, forms="new")) == {scan(2)}
    save_refused(session, unknown, run_id=start_run(session, "b"), path="1.png", forms="new")
    assert set(known_scans(session, shas, forms="new")) == {scan(1), scan(2)}


def test_all_refused_sheets_are_read_again_if_one_says_so(session: Session) -> None:
    refuse(session, 1)
    save(session, card(2))
    assert set(known_scans(session, [scan(1).sha256, scan(2).sha256], again=True)) == {scan(2)}


def test_a_file_that_lies_there_again_leaves_the_rescan_list(session: Session) -> None:
    for n, reason in ((1, Refusal.UNAVAILABLE), (2, Refusal.UNAVAILABLE), (3, Refusal.BLANK)):
        save_refused(session, Refused(scan(n), reason, ""), run_id=None, path=f"/box/{n}.png")
    content = scan(9).sha256
    forget(session, unavailable_before(session, {"/box/1.png": content, "/box/3.png": content}))
    assert [item.scan for item in rescan_list(session)] == [scan(2), scan(3)]
    assert session.scalar(select(func.count()).select_from(LoggedRefusal)) == 3


def test_cards_of_a_form_that_is_neither_departure_nor_return_are_kept(session: Session) -> None:
    plain = form("revised-departure").model_copy(update={"id": "plain", "side": None})
    reading = replace(card(1), form="plain", direction=plain.direction)
    card_id = save_card(session, ReadCard(reading, plain, "a.png", 300.0, (10, 10)), run_id=None)
    assert session.scalars(select(Record.direction).where(Record.card_id == card_id)).one() == ""
    assert session.scalars(select(Card.direction)).one() == ""
