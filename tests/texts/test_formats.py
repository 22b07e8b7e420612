"""Numbers and dates look as the tables always had them."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from texts import LANGUAGES
from texts.formats import (
    date_in_words,
    month_name,
    months_of_dates,
    short_date,
    short_moment,
    write_date,
    write_number,
    write_percent,
)


@pytest.mark.parametrize(
    ("value", "decimals", "russian", "english"),
    [
        (0, 0, "0", "0"),
        (999, 0, "999", "999"),
        (1234, 0, "1\u00a0234", "1,234"),
        (-1234567, 0, "\u22121\u00a0234\u00a0567", "\u22121,234,567"),
        (1234.5, 1, "1\u00a0234,5", "1,234.5"),
        (0.25, 1, "0,2", "0.2"),
        (2.675, 2, "2,67", "2.67"),  # the float lies below its shortest decimals
        (-0.04, 1, "0,0", "0.0"),
        (7, 2, "7,00", "7.00"),
    ],
)
def test_numbers(value: float, decimals: int, russian: str, english: str) -> None:
    assert [write_number(value, x, decimals) for x in LANGUAGES] == [russian, russian, english]


def test_shares_in_per_cent() -> None:
    assert [write_percent(0.1234, x, 1) for x in LANGUAGES] == ["12,3 %", "12,3 %", "12.3 %"]
    assert write_percent(1, "ru") == "100 %"


def test_dates_in_words() -> None:
    day = date(1990, 5, 17)
    assert [date_in_words(day, x) for x in LANGUAGES] == ["17 мая 1990", "17 майи 1990", "17 May 1990"]


def test_months() -> None:
    tajik = ["январ", "феврал", "март", "апрел", "май", "июн", "июл", "август", "сентябр", "октябр", "ноябр", "декабр"]
    assert [month_name(month, "tg") for month in range(1, 13)] == tajik
    assert months_of_dates("tg") == tuple(f"{name}и" for name in tajik)
    assert [month_name(6, x) for x in LANGUAGES] == ["июнь", "июн", "June"]
    assert months_of_dates("ru")[5] == "июня"


def test_dates_of_publications_and_of_forms() -> None:
    day = date(2026, 12, 3)
    assert [write_date(day, x) for x in LANGUAGES] == ["03.12.2026", "03.12.2026", "3 December 2026"]
    assert short_date(day) == "03.12.2026"


def test_a_moment_is_told_by_the_local_clock() -> None:
    at = datetime(2026, 7, 1, 9, 5, tzinfo=UTC)
    assert short_moment(at) == f"{at.astimezone():%d.%m.%Y %H:%M}"
