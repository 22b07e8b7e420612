"""Every sheet of a batch is accounted for, and a batch closes only when it adds up or somebody signs."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from ocr.errors import BadInputError
from ocr.forms.cover_sheet import CoverSheet
from ocr.forms.serial import serial_number
from ocr.reading import CardReading, Refusal, Refused
from ocr.scan import ScanId
from store.batch_account import Account
from store.batches import attach, batch_now, batch_of, batches_now, close_batch, cover_of, open_batch, reopen_batch
from store.cards import save_card
from store.rescans import close_rescans
from store.scans import ReadCard, rescan_list, save_refused
from store.tables import BatchClosing, Record, Scan
from tests.store.cards import card, form, scan

NUMBER = "26-ABCDEFG"
SHEET = CoverSheet(NUMBER, "TJ-A1", "D", date(2026, 1, 2), date(2026, 1, 3), 4, "Мадина", ((1, 4),))


@pytest.fixture
def batch(session: Session) -> int:
    """A batch of four cards with the numbers 1 to 4."""
    return batch_of(session, SHEET, "anna")


def read(session: Session, batch: int | None, reading: CardReading, path: str = "") -> int:
    """Keep a card; each with its path."""
    kept = ReadCard(reading, form(reading.form), path or f"{reading.scan}.png", 300.0, (10, 10), batch)
    return save_card(session, kept, run_id=None)


def refuse(session: Session, batch: int | None, n: int, reason: Refusal = Refusal.BLURRED, **about: str) -> None:
    refused = Refused(scan(n), reason, "", serial=about.get("serial"))
    save_refused(session, refused, run_id=None, path=about.get("path", f"{n}.png"), batch_id=batch)


def account(session: Session) -> Account:
    return batch_now(session, NUMBER).account


def test_a_batch_of_which_every_card_was_read_adds_up_and_closes(session: Session, batch: int) -> None:
    for n in range(1, 5):
        read(session, batch, card(n))
    found = account(session)
    assert (found.read, found.found, found.difference, found.adds_up) == (4, 4, 0, True)
    closed = close_batch(session, NUMBER, "anna")
    assert closed.state == "closed" and closed.closing is not None
    assert (closed.closing.kind, closed.closing.person, closed.closing.account["read"]) == ("close", "anna", 4)
    with pytest.raises(BadInputError, match="closed already"):
        close_batch(session, NUMBER, "anna")


def test_missing_double_unexpected_and_unread_sheets_are_named(session: Session, batch: int) -> None:
    for n in (1, 2, 9):
        read(session, batch, card(n))
    again = card(2)
    read(session, batch, CardReading(**{**vars(again), "scan": scan(1002)}))
    refuse(session, batch, 50)
    refuse(session, batch, 51, Refusal.BLANK)
    refuse(session, batch, 52, Refusal.BACK_SIDE)
    found = account(session)
    assert (found.read, found.duplicates, found.refused, found.blank, found.backs) == (3, 1, 1, 1, 1)
    assert found.missing == (serial_number(3), serial_number(4))
    assert found.double == (serial_number(2),)
    assert found.unexpected == (serial_number(9),)
    assert (found.found, found.difference, found.to_rescan, found.adds_up) == (7, 3, 3, False)


def test_a_card_of_the_other_direction_is_foreign_and_one_without_number_is_counted(
    session: Session, batch: int
) -> None:
    read(session, batch, card(1, side="return"))
    nameless = card(2, values={"card_no": ""})
    read(session, batch, CardReading(**{**vars(nameless), "serial": None}))
    found = account(session)
    assert (found.unexpected, found.unnumbered) == ((serial_number(1),), 1)


def test_equal_counts_do_not_hide_a_card_that_took_the_place_of_another(session: Session, batch: int) -> None:
    for n in (1, 2, 3, 9):
        read(session, batch, card(n))
    found = account(session)
    assert found.difference == 0 and not found.adds_up


def test_a_difference_closes_only_with_a_reason_and_may_be_reopened(session: Session, batch: int) -> None:
    read(session, batch, card(1))
    for reason in ("", "  "):
        with pytest.raises(BadInputError, match="does not add up"):
            close_batch(session, NUMBER, "boris", reason=reason)
    assert close_batch(session, NUMBER, "boris", reason="3 were lost").state == "signed"
    with pytest.raises(BadInputError, match="Say why"):
        reopen_batch(session, NUMBER, "boris", reason=" ")
    assert reopen_batch(session, NUMBER, "boris", reason="they were found").state == "open"
    with pytest.raises(BadInputError, match="is open"):
        reopen_batch(session, NUMBER, "boris", reason="again")
    log = session.scalars(select(BatchClosing).order_by(BatchClosing.id)).all()
    assert [(row.kind, row.reason) for row in log] == [("sign", "3 were lost"), ("reopen", "they were found")]


def test_a_card_that_comes_after_the_closing_shows(session: Session, batch: int) -> None:
    read(session, batch, card(1))
    close_batch(session, NUMBER, "boris", reason="3 were lost")
    read(session, batch, card(2))
    assert batch_now(session, NUMBER).state == "changed"
    assert close_batch(session, NUMBER, "boris", reason="2 were lost").state == "signed"


def test_nobody_counted_never_adds_up_by_itself(session: Session) -> None:
    open_batch(session, CoverSheet(NUMBER), "anna")
    assert not account(session).adds_up
    with pytest.raises(BadInputError, match="already"):
        open_batch(session, CoverSheet(NUMBER), "anna")


def test_the_first_cover_sheet_of_a_number_holds(session: Session, batch: int) -> None:
    assert batch_of(session, CoverSheet(NUMBER, expected=9), "boris") == batch
    assert cover_of(session, batch) == SHEET
    assert [one.sheet for one in batches_now(session)] == [SHEET]


def test_known_pages_come_into_the_batch_unless_they_lie_in_another(session: Session, batch: int) -> None:
    other = batch_of(session, CoverSheet("26-HHHHHHH"), "anna")
    read(session, None, card(1)), read(session, other, card(2))
    attach(session, {scan(n): f"{n}.png" for n in (1, 2, 3)}, batch, None)
    assert session.scalars(select(Scan.batch_id).order_by(Scan.id)).all() == [batch, other]
    assert session.scalars(select(Record.batch_id).order_by(Record.card_id)).all() == [batch, other]


def test_pages_of_the_batch_before_are_put_right_if_they_were_read_from_these_files(
    session: Session, batch: int
) -> None:
    """Their cover sheet could not be read when they were."""
    before, other = (batch_of(session, CoverSheet(number), "anna") for number in ("26-HHHHHHH", "26-JJJJJJJ"))
    for n, lay_in in ((1, before), (2, before), (3, other)):
        read(session, lay_in, card(n), path=f"{n}.png")
    attach(session, {scan(1): "1.png", scan(2): "a copy.png", scan(3): "3.png"}, batch, before)
    assert session.scalars(select(Scan.batch_id).order_by(Scan.id)).all() == [batch, before, other]
    assert session.scalars(select(Record.batch_id).order_by(Record.card_id)).all() == [batch, before, other]


def test_a_cover_sheet_that_was_refused_before_is_so_no_longer_and_stays_one(session: Session, batch: int) -> None:
    refuse(session, None, 77, Refusal.TIMED_OUT)
    refuse(session, batch, 77, Refusal.COVER_SHEET)
    assert rescan_list(session) == []
    refuse(session, None, 77, Refusal.TIMED_OUT)
    kept = session.scalars(select(Scan)).one()
    assert (kept.outcome, kept.reason, kept.batch_id) == ("cover", None, batch)


def test_a_cover_sheet_is_neither_refused_nor_counted(session: Session, batch: int) -> None:
    refuse(session, batch, 77, Refusal.COVER_SHEET)
    assert (account(session).found, rescan_list(session)) == (0, [])
    assert session.scalars(select(Scan.outcome)).all() == ["cover"]


def test_there_is_no_batch_of_that_number(session: Session) -> None:
    with pytest.raises(BadInputError, match="batch list"):
        batch_now(session, "26-ZZZZZZZ")


def listed(session: Session) -> list[ScanId]:
    return [item.scan for item in rescan_list(session)]


def test_a_sheet_scanned_again_closes_its_line_by_its_number(session: Session, batch: int) -> None:
    for n in (50, 51):
        refuse(session, batch, n, serial=serial_number(n - 48))
    assert close_rescans(session, [read(session, None, card(3))], rescan=False) == 1
    assert listed(session) == [scan(50)]
    assert (account(session).refused, account(session).rescanned) == (1, 1)


def test_a_file_scanned_over_closes_its_line_in_its_batch_alone(session: Session, batch: int) -> None:
    refuse(session, batch, 50, path="box/1.jpg")
    refuse(session, None, 51, path="box/1.jpg")
    assert close_rescans(session, [read(session, None, card(1), "box/1.jpg")], rescan=False) == 0
    assert close_rescans(session, [read(session, batch, card(2), "box/1.jpg")], rescan=False) == 1
    assert listed(session) == [scan(51)]


def test_sheets_that_alone_were_scanned_again_close_the_lines_of_their_batch_in_order(
    session: Session, batch: int
) -> None:
    other = batch_of(session, CoverSheet("26-HHHHHHH"), "anna")
    for n, of in ((50, batch), (51, other), (52, batch), (53, batch)):
        refuse(session, of, n)
    saved = [read(session, batch, card(n)) for n in (1, 2)]
    assert close_rescans(session, saved, rescan=True) == 2
    assert listed(session) == [scan(51), scan(53)]


def test_a_duplicate_closes_no_line_by_its_order(session: Session, batch: int) -> None:
    refuse(session, batch, 50)
    read(session, batch, card(1))
    again = card(1)
    twice = read(session, batch, CardReading(**{**vars(again), "scan": scan(1001)}))
    assert close_rescans(session, [twice], rescan=True) == 0


def test_the_account_after_all_sheets_were_scanned_again_adds_up(session: Session, batch: int) -> None:
    for n in (1, 2, 3):
        read(session, batch, card(n))
    refuse(session, batch, 50)
    assert not account(session).adds_up
    close_rescans(session, [read(session, batch, card(4))], rescan=True)
    found = account(session)
    assert (found.adds_up, found.found, found.rescanned) == (True, 4, 1)


def test_the_two_sides_of_a_card_share_their_number_and_are_not_double(session: Session) -> None:
    batch = batch_of(session, CoverSheet(NUMBER, expected=2), "anna")
    read(session, batch, card(1)), read(session, batch, card(1, side="return"))
    assert (account(session).double, account(session).adds_up) == ((), True)
