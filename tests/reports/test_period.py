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


@pytest.mark.parametrize("text", ["0001", "0001-02", "1899-Q4", "2200-01-01", "9999"])
def test_a_year_of_which_there_can_be_no_cards_is_a_slip_of_the_pen(text: str) -> None:
    with pytest.raises(BadInputError, match=f"no cards of the year {text[:4]}: write a period of the years 1900 to"):
        parse_period(text)


def test_the_first_year_of_all_has_no_year_before() -> None:
    assert Period(date(1, 1, 1), date(1, 12, 31)).previous is None


@pytest.mark.parametrize(
    ("first", "last", "wanted"),
    [
        ("2025-02-28", "2025-02-28", ("2024-02-28", "2024-02-28")),  # a day is compared with a day
        ("2024-02-28", "2024-02-28", ("2023-02-28", "2023-02-28")),
        ("2024-02-29", "2024-02-29", ("2023-02-28", "2023-02-28")),
        ("2025-02", "2025-02", ("2024-02-01", "2024-02-29")),  # a month with the whole month
        ("2024-02", "2024-02", ("2023-02-01", "2023-02-28")),
        ("2025-01", "2025-02", ("2024-01-01", "2024-02-29")),
        ("2025-02-10", "2025-02-28", ("2024-02-10", "2024-02-28")),  # dates with the same dates
        ("2024-02-10", "2024-02-29", ("2023-02-10", "2023-02-28")),
        ("2024-02-29", "2024-03-31", ("2023-02-28", "2023-03-31")),
        ("2026-H1", "2026-H1", ("2025-01-01", "2025-06-30")),
    ],
)
def test_same_period_of_the_year_before(first: str, last: str, wanted: tuple[str, str]) -> None:
    assert parse_range(first, last).previous == Period(*map(date.fromisoformat, wanted))


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
        ("2026-06-02", "2026-06-02", "02.06.2026", "2 June 2026"),
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


DAYS = st.dates(date(1990, 1, 1), date(2100, 1, 1)) | st.sampled_from(
    [date(year, month, day) for year in (2023, 2024, 2025) for month, day in ((1, 1), (2, 1), (2, 28), (3, 1))]
    + [date(2024, 2, 29), date(2028, 2, 29)]
)


@given(DAYS, st.integers(0, 363) | st.integers(363, 367) | st.integers(367, 3000))
def test_the_period_before_never_overlaps_and_is_as_long_give_or_take_leap_days(start: date, days: int) -> None:
    period = Period(start, date.fromordinal(start.toordinal() + days))
    before = period.previous
    if before is None:
        assert days >= 365, "a year at most can be compared"
        return
    lengths = [(p.end - p.start).days for p in (period, before)]
    assert abs(lengths[0] - lengths[1]) <= 1
    assert before.end < period.start, "no day is in both"
    assert before.start.year == start.year - 1 and before.end.year == period.end.year - 1


@given(DAYS)
def test_a_day_is_compared_with_one_day_and_a_month_with_the_whole_month(day: date) -> None:
    one = Period(day, day).previous
    month = parse_period(f"{day:%Y-%m}").previous
    assert one is not None and month is not None and one.start == one.end
    assert month == parse_period(f"{day.year - 1}-{day:%m}")
