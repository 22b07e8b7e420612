from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ocr.lexicon.grammar import decode_date, decode_digits, decode_passport
from ocr.lexicon.match import NOT_IN_LEXICON

EARLIEST, LATEST = date(1915, 1, 1), date(2026, 12, 31)


@given(st.dates(EARLIEST, LATEST), st.sampled_from(["%d%m%Y", "%d.%m.%Y", "%d/%m/%Y", "%d - %m - %Y"]))
def test_every_date_is_read_back(day: date, pattern: str) -> None:
    found = decode_date(day.strftime(pattern), earliest=EARLIEST, latest=LATEST)
    assert found[0].value == day.isoformat()
    assert sum(c.probability for c in found) == pytest.approx(1)


@given(st.dates(date(1927, 1, 1), LATEST))
def test_short_years_are_read_within_the_bounds(day: date) -> None:
    values = {c.value for c in decode_date(f"{day.day}.{day.month}.{day:%y}", earliest=EARLIEST, latest=LATEST)}
    assert day.isoformat() in values


@given(st.text(max_size=12))
def test_any_text_gives_dates_within_the_bounds(text: str) -> None:
    for candidate in decode_date(text, earliest=EARLIEST, latest=LATEST):
        assert candidate.value == NOT_IN_LEXICON or EARLIEST <= date.fromisoformat(candidate.value) <= LATEST


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("О1.ОЗ.2О15", "2015-03-01"),
        ("14 13 1985", "1985-12-14"),
        ("14.03.2062", "2002-03-14"),
        ("1403198", NOT_IN_LEXICON),
        ("вчера", NOT_IN_LEXICON),
    ],
)
def test_lookalikes_and_impossible_dates(text: str, value: str) -> None:
    assert decode_date(text, earliest=EARLIEST, latest=LATEST)[0].value == value


def test_doubtful_date_is_less_sure_than_a_clear_one() -> None:
    shares = [
        decode_date(t, earliest=EARLIEST, latest=LATEST)[0].probability
        for t in ("14.03.1985", "14.О3.1985", "14.13.1985")
    ]
    assert shares == sorted(shares, reverse=True) and len(set(shares)) == 3


@pytest.mark.parametrize(("text", "value"), [("06", "06"), ("О6", "06"), ("1 З", "13"), ("x4", NOT_IN_LEXICON)])
def test_digits(text: str, value: str) -> None:
    assert decode_digits(text)[0].value == value


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("400123456", "400123456"),
        ("А 1234567", "A1234567"),
        ("A1234567", "A1234567"),
        ("P40О12345", "P40012345"),
        ("12345", NOT_IN_LEXICON),
        ("ДЖ1234567", NOT_IN_LEXICON),
    ],
)
def test_passport(text: str, value: str) -> None:
    assert decode_passport(text)[0].value == value


def test_nothing_written_gives_nothing() -> None:
    assert decode_digits(" ") == decode_passport("-") == ()
    assert decode_date("  ", earliest=EARLIEST, latest=LATEST) == ()
