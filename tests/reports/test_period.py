from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ocr.errors import BadInputError
from reports.period import Period, parse_period, parse_range


@pytest.mark.parametrize(
    ("text", "start", "end"),
    [
        ("2026", date(2026, 1, 1), date(2026, 12, 31)),
        ("2026-Q1", date(2026, 1, 1), date(2026, 3, 31)),
        ("2026-q4", date(2026, 10, 1), date(2026, 12, 31)),
        ("2026-H1", date(2026, 1, 1), date(2026, 6, 30)),
        ("2026-H2", date(2026, 7, 1), date(2026, 12, 31)),
        (" 2024-02 ", date(2024, 2, 1), date(2024, 2, 29)),
        ("2026-06-15", date(2026, 6, 15), date(2026, 6, 15)),
    ],
)
def test_written_periods(text: str, start: date, end: date) -> None:
    assert parse_period(text) == Period(start, end)


@pytest.mark.parametrize(
    "text",
    ["-", "26", "2026-13", "2026-00", "2026-02-30", "2026-Q5", "2026-H3", "2026-1", "0000", "2026-Q1-01", "٢٠٢٦"],
)
def test_what_is_no_period_says_how_to_write_one(text: str) -> None:
    with pytest.raises(BadInputError, match="2026-Q1"):
        parse_period(text)


def test_a_range_takes_the_first_day_of_one_and_the_last_of_the_other() -> None:
    assert parse_range("2025-11", "2026-Q1") == Period(date(2025, 11, 1), date(2026, 3, 31))


def test_a_range_in_the_wrong_order_is_refused() -> None:
    with pytest.raises(BadInputError, match="before it starts"):
        parse_range("2026-06", "2026-05")


@pytest.mark.parametrize(
    ("period", "previous"),
    [
        ("2024-02", "2023-02"),
        ("2025-02", "2024-02"),
        ("2025-02-28", "2024-02-28"),
        ("2024-02-29", "2023-02-28"),
        ("2026-H1", "2025-H1"),
    ],
)
def test_same_period_of_the_year_before(period: str, previous: str) -> None:
    found, wanted = parse_period(period).previous, parse_period(previous)
    assert found is not None
    assert found.start == wanted.start
    assert found.end == (date(2024, 2, 29) if period == "2025-02-28" else wanted.end)


def test_months_cross_the_turn_of_the_year() -> None:
    assert parse_range("2025-11", "2026-02").months() == ((2025, 11), (2025, 12), (2026, 1), (2026, 2))


@pytest.mark.parametrize(
    ("first", "last", "ru", "en"),
    [
        ("2026", "2026", "2026", "2026"),
        ("2026-06", "2026-06", "июнь 2026", "June 2026"),
        ("2026-01", "2026-06", "январь – июнь 2026", "January – June 2026"),
        ("2025-07", "2026-06", "июль 2025 – июнь 2026", "July 2025 – June 2026"),
        ("2026-06-02", "2026-06-30", "02.06.2026 – 30.06.2026", "2 June 2026 – 30 June 2026"),
    ],
)
def test_periods_in_words(first: str, last: str, ru: str, en: str) -> None:
    label = parse_range(first, last).label
    assert (label.ru, label.en) == (ru, en)


@pytest.mark.parametrize(
    ("first", "last", "compared"),
    [
        ("2026", "2026", True),
        ("2025-07", "2026-06", True),
        ("2024-03", "2025-02", True),
        ("2025-07", "2026-07", False),
        ("2025-01-01", "2026-01-01", False),
        ("2012", "2026", False),
    ],
)
def test_a_period_over_a_year_has_no_same_period_of_the_year_before(first: str, last: str, compared: bool) -> None:
    assert (parse_range(first, last).previous is not None) == compared


@given(st.dates(date(1990, 1, 1), date(2100, 1, 1)), st.integers(0, 363))
def test_the_previous_period_is_as_long_give_or_take_leap_days(start: date, days: int) -> None:
    period = Period(start, date.fromordinal(start.toordinal() + days))
    before = period.previous
    assert before is not None
    lengths = [(p.end - p.start).days for p in (period, before)]
    assert abs(lengths[0] - lengths[1]) <= 1
    assert before.start.year == start.year - 1
