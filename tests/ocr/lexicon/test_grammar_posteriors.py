from __future__ import annotations

from datetime import date

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ocr.lexicon.alphabets import DIGITS, alphabet
from ocr.lexicon.grammar_posteriors import decode_date_posteriors, decode_digits_posteriors, decode_passport_posteriors
from ocr.lexicon.match import NOT_IN_LEXICON
from ocr.lexicon.plausible import crossings
from ocr.lexicon.posteriors import CharPosteriors
from ocr.reading import Candidate
from tests.ocr.lexicon.written import between, blank, comb, line, seen, steps_of

EARLIEST, LATEST = date(1900, 1, 1), date(2026, 11, 22)
USUAL = (date(1957, 1, 1), date(2006, 12, 31))


def dates(steps: CharPosteriors) -> tuple[Candidate, ...]:
    return decode_date_posteriors(steps, earliest=EARLIEST, latest=LATEST, weigh=crossings(*USUAL))


@settings(max_examples=25)
@given(st.dates(EARLIEST, LATEST), st.sampled_from(["%d.%m.%Y", "%d/%m/%Y", "%d-%m-%Y", "%d %m %Y"]))
def test_every_date_is_read_back(day: date, pattern: str) -> None:
    for steps in (comb(day.strftime("%d%m%Y"), 8), line(day.strftime(pattern))):
        found = dates(steps)
        assert found[0].value == day.isoformat()
        assert sum(c.probability for c in found) == pytest.approx(1)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("5.3.1985", "1985-03-05"),
        ("5.03.85", "1985-03-05"),
        ("5/03/1985", "1985-03-05"),
        ("14 - 03 - 1985", "1985-03-14"),
        ("14.03.05", "2005-03-14"),
        ("14.03.62", "1962-03-14"),
        ("#14.03.1985", "1985-03-14"),
        ("31.06.1985", NOT_IN_LEXICON),
        ("14.13.1985", NOT_IN_LEXICON),
        ("30.02.1990", NOT_IN_LEXICON),
        ("01.01.2031", NOT_IN_LEXICON),
        ("1985", NOT_IN_LEXICON),
    ],
)
def test_dates_as_people_write_them(text: str, value: str) -> None:
    first = dates(line(text))[0]
    assert first.value == value
    assert first.probability > 0.8


@pytest.mark.parametrize("text", ["3/-08-1989", "18 031975", "27.0350", "14/03-1985", "1403.1985"])
def test_a_date_in_no_usual_form_is_never_sure(text: str) -> None:
    first = dates(line(text))[0]
    assert first.value != NOT_IN_LEXICON
    assert first.probability < 0.1


def test_a_slash_beside_another_separator_is_a_slanting_one() -> None:
    assert dates(between("3/-08-1989", "31-08-1989", 0.1))[0].value == "1989-08-31"


@pytest.mark.parametrize(
    ("likelier", "possible", "value"),
    [
        ("34031985", "14031985", "1985-03-14"),
        ("14191985", "14101985", "1985-10-14"),
        ("14032985", "14031985", "1985-03-14"),
    ],
)
def test_the_calendar_decides_between_like_digits(likelier: str, possible: str, value: str) -> None:
    assert dates(between(likelier, possible, 0.2))[0].value == value


def test_usual_years_are_likelier() -> None:
    found = dates(between("14031935", "14031985", 0.4))
    assert [c.value for c in found[:2]] == ["1985-03-14", "1935-03-14"]
    assert dates(between("14031935", "14031985", 0.02))[0].value == "1935-03-14"


@settings(max_examples=20)
@given(st.dates(USUAL[0], USUAL[1]), st.integers(0, 10**6))
def test_noisy_dates_are_right_or_not_sure(day: date, seed: int) -> None:
    rng = np.random.default_rng(seed)
    found = dates(comb(day.strftime("%d%m%Y"), 8, 0.15, rng, DIGITS))
    assert found[0].value == day.isoformat() or found[0].probability < 0.95
    for candidate in found:
        assert candidate.value == NOT_IN_LEXICON or EARLIEST <= date.fromisoformat(candidate.value) <= LATEST


@given(st.integers(0, 999), st.sampled_from(["{}", "{:03d}", "#{}", "{} "]))
def test_quantities_lose_their_leading_zeros(number: int, pattern: str) -> None:
    found = decode_digits_posteriors(comb(pattern.format(number), 5), quantity=True)
    assert found[0].value == str(number)
    assert found[0].probability > 0.9


def test_letters_are_no_number() -> None:
    assert decode_digits_posteriors(line("МЕСЯЦ"))[0].value == NOT_IN_LEXICON
    assert decode_digits_posteriors(between("О6", "06", 0.3))[0].value == "06"


@given(st.from_regex(r"[0-9]{1,8}", fullmatch=True), st.booleans())
def test_other_digits_keep_their_leading_zeros(number: str, on_line: bool) -> None:
    found = decode_digits_posteriors(line(number) if on_line else comb(number, 9))
    assert (found[0].value, found[0].text) == (number, number)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("400123456", "400123456"),
        ("А12345678", "A12345678"),
        ("A1234567", "A1234567"),
        ("AA 123456", "AA123456"),
        ("40-0123456", "400123456"),
        ("12345", NOT_IN_LEXICON),
        ("123A456", NOT_IN_LEXICON),
    ],
)
def test_passport(text: str, value: str) -> None:
    for steps in (line(text), comb(text, 10)):
        assert decode_passport_posteriors(steps)[0].value == value


def test_a_passport_without_nine_characters_is_never_sure() -> None:
    assert decode_passport_posteriors(line("A01234567"))[0].probability > 0.9
    for text in ("A0123456", "01234567", "AB012345"):
        first = decode_passport_posteriors(line(text))[0]
        assert (first.value, first.probability < 0.2) == (text, True)


def test_usual_series_are_likelier() -> None:
    assert decode_passport_posteriors(between("U01234567", "401234567", 0.3))[0].value == "401234567"
    assert decode_passport_posteriors(between("U01234567", "401234567", 0.01))[0].value == "U01234567"


@settings(max_examples=15)
@given(st.from_regex(r"\A(40[0-9]{7}|[A-Z]{1,2}[0-9]{7})\Z"), st.integers(0, 10**6))
def test_noisy_passports_are_right_or_not_sure(text: str, seed: int) -> None:
    steps = comb(text, 10, 0.1, np.random.default_rng(seed), alphabet("passport").letters)
    first = decode_passport_posteriors(steps)[0]
    assert first.value == text or first.probability < 0.95


@pytest.mark.parametrize("steps", [steps_of([]), steps_of([blank()] * 4), comb("", 8), comb("# .", 8)])
def test_nothing_written_gives_nothing(steps: CharPosteriors) -> None:
    assert dates(steps) == decode_digits_posteriors(steps) == decode_passport_posteriors(steps) == ()


def spread(text: str, gaps: list[int]) -> CharPosteriors:
    """A line of figures, each one step wide, with so many blank steps before each."""
    rows = []
    for character, gap in zip(text, gaps, strict=True):
        rows += [blank()] * gap + [seen(character, 0, np.random.default_rng(0))]
    return steps_of([*rows, blank()])


@pytest.mark.parametrize(
    ("text", "gaps", "value"),
    [
        ("12341", [2, 3, 3, 4, 14], "1234"),  # a frame's right edge
        ("71234", [2, 14, 3, 3, 4], "1234"),  # its left edge
        ("712341", [2, 14, 3, 3, 4, 14], "1234"),
        ("123451", [2, 3, 3, 6, 3, 6], "123451"),  # set in groups
        ("51", [2, 20], "51"),  # of two figures nobody knows which is alone
    ],
)
def test_a_figure_far_from_the_others_is_none_and_never_sure(text: str, gaps: list[int], value: str) -> None:
    found = decode_digits_posteriors(spread(text, gaps))
    assert found[0].value == value
    if value != text:
        assert found[0].probability < 0.9


@given(st.text(DIGITS, min_size=1, max_size=9), st.integers(0, 5))
def test_leading_zeros_are_kept_however_many(text: str, zeros: int) -> None:
    full = "0" * zeros + text
    for steps in (comb(full, 18), spread(full, [3] * len(full))):
        assert decode_digits_posteriors(steps)[0].value == full
