"""Decisions from a CSV file: previewed, then written, all or none."""

from __future__ import annotations

import io
from dataclasses import replace
from datetime import date, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from ocr.errors import BadInputError
from ocr.forms.serial import serial_number
from review.decisions.queue_sheet import import_decisions
from store.tables import Decision
from tests.store.cards import card, current_values, scan
from tests.store.test_cards import save

ONE, TWO = serial_number(1), serial_number(2)


def test_a_preview_writes_nothing(session: Session) -> None:
    card_id = save(session, card(1, review={"sex": ("not_sure",)}))
    report = import_decisions(
        session, ["serial,field,value,person", f"{ONE},sex,F,Z", f"{ONE},education,5,Z", f"{ONE},surname,САИДОВ,Z"]
    )
    assert [(line.line, line.field, line.before, line.after, line.outcome) for line in report.lines] == [
        (2, "sex", None, "F", "change"),
        (3, "education", "5", "5", "same"),
        (4, "surname", "РАҲИМЗОДА", "САИДОВ", "change"),
    ]
    assert [line.personal for line in report.lines] == [False, False, True]
    assert not report.applied and not report.errors
    assert current_values(session, card_id)["sex"] is None


def test_the_changes_are_written_as_imports(session: Session) -> None:
    card_id = save(session, card(1, review={"sex": ("not_sure",)}))
    text = f"\ufeffPerson;Scan;Field;Value;Reason\r\nZ;{scan(1)};sex;F;paper\r\nZ;{scan(1)};education;5;\r\n"
    report = import_decisions(session, io.StringIO(text, newline=""), apply=True)
    assert report.applied and len(report.changes) == 1
    (kept,) = session.scalars(select(Decision))
    assert (kept.card_id, kept.field, kept.value, kept.kind, kept.person, kept.reason) == (
        card_id,
        "sex",
        "F",
        "import",
        "Z",
        "paper",
    )
    again = import_decisions(session, io.StringIO(text, newline=""), apply=True)
    assert again.changes == () and len(session.scalars(select(Decision)).all()) == 1


def test_a_second_scan_of_a_card_can_be_named_though_it_is_no_record(session: Session) -> None:
    save(session, card(1))
    again = save(session, replace(card(1), scan=scan(7)))
    rows = ["scan,field,value,person", f"{scan(7)},card_no,{TWO},Z"]
    report = import_decisions(session, rows, apply=True)
    assert report.applied and current_values(session, again)["card_no"] == TWO


BAD = [
    "serial,direction,scan,field,value,person",
    f"{ONE},D,,sex,F,Z",
    f"{ONE},,,sex,M,Z",
    "999999999,,,sex,M,Z",
    ",,,sex,M,Z",
    f"{TWO},D,,sex,X,Z",
    f"{TWO},D,,shoes,42,Z",
    f"{TWO},D,,education,1,",
    f"{ONE},D,,sex,M,Z",
    ",,abc:1,sex,M,Z",
    f"{TWO},D",
]


def both_sides(session: Session) -> int:
    card_id = save(session, card(1))
    save(session, card(1, side="return"))
    save(session, card(2))
    return card_id


def test_every_wrong_line_is_named(session: Session) -> None:
    both_sides(session)
    report = import_decisions(session, BAD)
    assert [line.line for line in report.errors] == [3, 4, 5, 6, 7, 8, 9, 10, 11]
    messages = {line.line: str(line.fault) for line in report.errors}
    assert "Several" in messages[3] and "No card" in messages[4] and "No card" in messages[5]
    assert "'X'" in messages[6] and "shoes" in messages[7] and "person" in messages[8]
    assert "Line 2" in messages[9] and "no scan" in messages[10]


def test_a_date_to_come_is_wrong_in_a_file_that_nobody_can_be_asked_about(session: Session) -> None:
    save(session, card(1))
    header, days = "serial,field,value,person", (date.today() + timedelta(days=n) for n in (0, 1))
    lines = import_decisions(session, [header, *(f"{ONE},crossing_date,{day},Z" for day in days)]).lines
    assert [line.outcome for line in lines] == ["change", "error"]
    assert "future" in str(lines[1].fault)


def test_all_or_nothing_or_what_is_right(session: Session) -> None:
    card_id = both_sides(session)
    assert not import_decisions(session, BAD, apply=True).applied
    assert current_values(session, card_id)["sex"] == "M"
    assert import_decisions(session, BAD, apply=True, all_or_nothing=False).applied
    assert current_values(session, card_id)["sex"] == "F"
    assert len(session.scalars(select(Decision)).all()) == 1


@pytest.mark.parametrize("header", ["", "serial,field,value", "field,value,person"])
def test_a_file_without_its_columns_is_refused(session: Session, header: str) -> None:
    with pytest.raises(BadInputError, match="columns"):
        import_decisions(session, [header, "a,b,c,d"])


def test_line_numbers_are_those_of_the_file(session: Session) -> None:
    save(session, card(1))
    rows = ["serial,field,value,person,reason\n", f'{ONE},sex,F,Z,"two\n', 'lines"\n', "\n", f"{ONE},sex,X,Z,\n"]
    report = import_decisions(session, rows)
    assert [line.line for line in report.lines] == [3, 5]


def test_an_audit_is_written_even_where_it_confirms_and_is_blind(session: Session) -> None:
    save(session, card(1, review={"sex": ("audit",)}))
    rows = ["serial,field,value,person", f"{ONE},sex,M,Z"]
    (line,) = import_decisions(session, rows).lines
    assert (line.before, line.outcome) == (None, "change")
    import_decisions(session, rows, apply=True)
    assert session.scalars(select(Decision.kind)).all() == ["audit"]
    assert import_decisions(session, rows).changes == ()
