"""What a cover sheet says survives the code, and nothing else is taken for one."""

from __future__ import annotations

from datetime import date

import cv2
import numpy as np
import pypdfium2 as pdfium
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ocr.errors import BadInputError
from ocr.extract.barcode import codes_of
from ocr.forms.cover_print import MAX_BYTES, cover_pdf
from ocr.forms.cover_sheet import (
    NUMBER,
    CoverSheet,
    new_number,
    numbers_of,
    parse_payload,
    parse_serials,
    payload,
    ranges_of,
    write_serials,
)
from ocr.forms.serial import serial_number

numbers = st.integers(1, 99_999_999)
days = st.none() | st.dates(date(2000, 1, 1), date(2100, 1, 1))
ranges = st.lists(st.tuples(numbers, numbers).map(lambda ends: (min(ends), max(ends))), max_size=4).map(tuple)
sheets = st.builds(
    CoverSheet,
    number=st.from_regex(NUMBER, fullmatch=True),
    checkpoint=st.sampled_from(["", "TJ-A1", "TJ-R3"]),
    direction=st.sampled_from(["D", "A", ""]),
    first_day=days,
    last_day=days,
    expected=st.none() | st.integers(1, 5000),
    clerk=st.text(st.characters(blacklist_characters="|", blacklist_categories=["Cs", "Cc"]), max_size=30),
    serials=ranges,
)


@given(sheets)
def test_what_a_sheet_says_comes_back_from_its_code(sheet: CoverSheet) -> None:
    assert parse_payload(payload(sheet)) == sheet


@given(sheets, st.integers(0, 200), st.characters(blacklist_categories=["Cs"]))
def test_no_single_wrong_character_passes(sheet: CoverSheet, place: int, character: str) -> None:
    text = payload(sheet)
    place %= len(text)
    wrong = text[:place] + character + text[place + 1 :]
    assert wrong == text or parse_payload(wrong) is None


@pytest.mark.parametrize("text", ["", "MB1", "MC1:D2:1:000000018", "MB1||||||||||00000000", "|" * 9])
def test_other_codes_are_no_cover_sheets(text: str) -> None:
    assert parse_payload(text) is None


@given(ranges)
def test_ranges_are_read_as_they_are_written(some: tuple[tuple[int, int], ...]) -> None:
    assert parse_serials(write_serials(some)) == some


def test_people_may_write_ranges_as_they_like() -> None:
    assert parse_serials("000001016 – 000001115; 000002006\n000002014") == ((101, 111), (200, 200), (201, 201))


@pytest.mark.parametrize("text", ["000001017", "12", "000002006-000001016", "a-b"])
def test_what_is_no_number_of_a_card_is_said(text: str) -> None:
    with pytest.raises(BadInputError, match=text):
        parse_serials(text)


@given(st.sets(st.integers(1, 60)))
def test_numbers_are_the_same_as_the_fewest_ranges(wanted: set[int]) -> None:
    serials = {serial_number(n) for n in wanted}
    found = ranges_of(serials)
    assert numbers_of(found) == serials
    assert len(found) == len({n for n in wanted if n - 1 not in wanted})


def test_new_numbers_are_numbers_and_differ() -> None:
    drawn = {new_number(date(2026, 11, 29)) for _ in range(200)}
    assert len(drawn) == 200 and all(NUMBER.fullmatch(number) and number.startswith("26-") for number in drawn)


@pytest.mark.parametrize(("dpi", "turned"), [(300, False), (150, True), (100, False)])
def test_the_printed_sheet_is_found_in_the_scan(dpi: int, turned: bool) -> None:
    sheet = CoverSheet("26-ABCDEFG", "TJ-A1", "D", date(2026, 1, 2), date(2026, 1, 3), 500, "Мадина", ((1, 480),))
    page = pdfium.PdfDocument(cover_pdf(sheet, "Душанбе", "tg"))[0].render(scale=dpi / 72).to_numpy()[..., 0]
    noise = np.random.default_rng(1).normal(0, 12, page.shape)
    scan = np.clip(cv2.GaussianBlur(page, (0, 0), dpi / 300).astype(float) + noise, 0, 255).astype(np.uint8)
    texts = codes_of(np.ascontiguousarray(np.rot90(scan)) if turned else scan)
    assert [parse_payload(text) for text in texts] == [sheet, sheet]


def test_half_a_sheet_is_enough() -> None:
    sheet = CoverSheet("26-ABCDEFG", expected=12)
    page = pdfium.PdfDocument(cover_pdf(sheet, "", "ru"))[0].render(scale=2).to_numpy()[..., 0].copy()
    page[: len(page) // 2] = 0
    assert [parse_payload(text) for text in codes_of(page)] == [sheet]


def test_more_ranges_than_a_code_holds_are_said_before_anything_is_printed() -> None:
    sheet = CoverSheet("26-ABCDEFG", serials=tuple((n, n) for n in range(1, MAX_BYTES // 4, 2)))
    with pytest.raises(BadInputError, match="migcards batch open"):
        cover_pdf(sheet, "", "en")
