"""Cards of which nothing was read are counted where they were collected."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy.orm import Session

from ocr.forms.cover_sheet import CoverSheet
from ocr.reading import Refusal
from store.batches import batch_of
from store.lost_cards import lost_cards
from tests.store.cards import card
from tests.store.test_batches import read, refuse

MARCH = date(2016, 3, 1), date(2016, 3, 31)
SHEET = CoverSheet("26-ABCDEFG", "TJ-A1", "D", date(2016, 3, 30), date(2016, 4, 2), 10, "Мадина")


def test_what_a_batch_counts_and_nobody_has_seen_is_lost_on_its_days(session: Session) -> None:
    batch = batch_of(session, SHEET, "anna")
    for n in range(1, 7):
        read(session, batch, card(n))
    refuse(session, batch, 7)
    assert lost_cards(session, *MARCH, "D") == pytest.approx(4 * 2 / 4), "half of its days lie in March"
    assert lost_cards(session, date(2016, 1, 1), date(2016, 12, 31), None) == 4
    assert lost_cards(session, *MARCH, "A") == 0


def test_refused_sheets_of_no_batch_are_spread_like_the_others(session: Session) -> None:
    for n in range(1, 5):
        read(session, None, card(n, side="departure" if n % 2 else "return"))
    for n, reason in enumerate((Refusal.BLURRED, Refusal.TOO_DARK, Refusal.BLANK, Refusal.BACK_SIDE), start=5):
        refuse(session, None, n, reason)
    assert lost_cards(session, *MARCH, "D") == pytest.approx(2 / 2), "departures in March are half of the cards"
    assert lost_cards(session, *MARCH, "A") == 0


def test_where_nothing_was_read_nothing_is_said(session: Session) -> None:
    refuse(session, None, 1)
    assert lost_cards(session, *MARCH, None) == 0
