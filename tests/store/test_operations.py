"""How the work stands, counted on both databases."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import update
from sqlalchemy.orm import Session

from ocr.forms.cover_sheet import CoverSheet
from ocr.forms.serial import serial_number
from ocr.reading import CardReading, Refusal, Refused
from store.batch_cards import double_cards, unexpected_cards, unnumbered_cards
from store.batches import batch_now, batch_of, batches_now, close_batch, count_unclosed, reopen_batch
from store.cards import finish_run, save_card, start_run
from store.engine import schema_of
from store.operations import (
    count_cards,
    last_saved,
    latest_runs,
    refusals_since,
    rescans_by_reason,
    sheets_ever,
    sheets_since,
    waiting_by_reason,
)
from store.scans import ReadCard, save_refused, waits_for_another_try
from store.tables import Run
from tests.store.cards import card, form, scan

NUMBER, OTHER = "26-ABCDEFG", "26-HJKLMNP"


def read(session: Session, reading: CardReading, run: int | None = None, batch: int | None = None) -> int:
    return save_card(session, ReadCard(reading, form(reading.form), "a/1.png", 300.0, (10, 10), batch), run_id=run)


def refuse(session: Session, n: int, reason: Refusal, run: int, folder: str = "a") -> None:
    save_refused(session, Refused(scan(n), reason, ""), run_id=run, path=f"{folder}/{n}.png")


def without_number(n: int) -> CardReading:
    reading = card(n, values={"card_no": None}, review={"card_no": ("not_sure",)})
    return CardReading(**{**reading.__dict__, "serial": None})


def test_a_run_is_as_fast_as_its_sheets_and_its_time_say(session: Session) -> None:
    empty = start_run(session, "box 6")
    run = start_run(session, "box 7")
    for n in (1, 2):
        read(session, card(n), run)
    refuse(session, 3, Refusal.BLURRED, run)
    finish_run(session, run)
    start = datetime(2026, 5, 4, 9, tzinfo=UTC)
    session.execute(update(Run).where(Run.id == run).values(started=start, finished=start + timedelta(minutes=2)))
    newest, oldest = latest_runs(session)
    assert (newest.id, newest.read, newest.refused, newest.seconds, newest.per_hour) == (run, 2, 1, 120.0, 90.0)
    assert (oldest.id, oldest.sheets, oldest.per_hour, oldest.finished) == (empty, 0, None, None)
    assert latest_runs(session, 1) == [newest]


def test_what_runs_left_is_counted_by_reason(session: Session) -> None:
    before = datetime.now(UTC) - timedelta(seconds=1)
    assert last_saved(session) is None
    run = start_run(session, "")
    read(session, card(1, review={"sex": ("not_sure", "audit"), "purpose": ("not_sure",)}), run)
    for n, folder in ((3, "a"), (4, "b"), (5, "b")):
        refuse(session, n, Refusal.TOO_DARK if n == 5 else Refusal.BLURRED, run, folder)
    finish_run(session, run)
    assert dict(sheets_since(session, before)) == {"read": 1, "refused": 3}
    assert not sheets_since(session, datetime.now(UTC) + timedelta(days=1))
    assert rescans_by_reason(session) == {"blurred": 2, "too_dark": 1}
    assert waiting_by_reason(session) == {"not_sure": 2, "audit": 1}
    folders = [(one.folder, one.total, dict(one.reasons)) for one in refusals_since(session, before)]
    assert folders == [("b", 2, {"blurred": 1, "too_dark": 1}), ("a", 1, {"blurred": 1})]
    assert sheets_ever(session) == {("read", ""): 1, ("refused", "blurred"): 2, ("refused", "too_dark"): 1}
    assert count_cards(session) == 1 and schema_of(session) and (last_saved(session) or before) > before


def test_a_count_of_refusals_never_goes_down(session: Session) -> None:
    run = start_run(session, "")
    refuse(session, 1, Refusal.BLURRED, run)
    read(session, card(1), start_run(session, ""))
    assert sheets_ever(session) == {("read", ""): 1, ("refused", "blurred"): 1}
    assert rescans_by_reason(session) == {}


def test_files_that_the_machine_could_not_get_at_are_tried_again(session: Session) -> None:
    run = start_run(session, "")
    refuse(session, 1, Refusal.TIMED_OUT, run)
    refuse(session, 2, Refusal.BLURRED, run)
    found = [waits_for_another_try(session, f"a/{n}.png") for n in (1, 2, 3)]
    assert found == [True, False, False]


def test_batches_are_listed_by_what_is_done_with_them(session: Session) -> None:
    for number in (NUMBER, OTHER):
        batch_of(session, CoverSheet(number), "anna")
    close_batch(session, NUMBER, "boss", reason="empty")
    assert [now.sheet.number for now in batches_now(session, unclosed=True)] == [OTHER]
    assert count_unclosed(session) == 1
    reopen_batch(session, NUMBER, "boss", reason="not empty")
    assert count_unclosed(session) == len(batches_now(session, unclosed=True)) == 2
    assert batches_now(session, since=datetime.now(UTC) + timedelta(hours=1)) == []


@pytest.mark.parametrize("direction", ["D", ""])
def test_the_cards_that_make_the_difference_of_a_batch(session: Session, direction: str) -> None:
    cover = CoverSheet(NUMBER, direction="D" if direction else "", expected=3, serials=((1, 3),))
    batch, other = batch_of(session, cover, "anna"), batch_of(session, CoverSheet(OTHER), "anna")
    first = read(session, card(1), batch=batch)
    twin = read(session, CardReading(**{**card(70).__dict__, "serial": serial_number(1)}), batch=other)
    read(session, card(1, side="return"), batch=other)
    again = read(session, CardReading(**{**card(71).__dict__, "serial": serial_number(1)}), batch=batch)
    foreign = read(session, card(99), batch=batch)
    returned = read(session, card(2, side="return"), batch=batch)
    unknown = read(session, without_number(50), batch=batch)
    now = batch_now(session, NUMBER)
    assert [(one.id, one.counts, one.batch) for one in double_cards(session, now)] == [
        (first, True, NUMBER), (twin, False, OTHER), (again, False, NUMBER)
    ]  # fmt: skip
    astray = [one.id for one in unexpected_cards(session, now)]
    assert astray == ([returned, foreign] if direction else [foreign])
    assert [one.id for one in unnumbered_cards(session, now)] == [unknown]
