"""Days half known, as people type them."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from review.cards.days import half_known_day, whole_day


@pytest.mark.parametrize(
    ("typed", "pattern", "first", "last"),
    [
        ("2014", "2014-__-__", date(2014, 1, 1), date(2014, 12, 31)),
        (" 2014* ", "2014-__-__", date(2014, 1, 1), date(2014, 12, 31)),
        ("2016-02", "2016-02-__", date(2016, 2, 1), date(2016, 2, 29)),
        ("03.2014", "2014-03-__", date(2014, 3, 1), date(2014, 3, 31)),
        ("??.03.2014", "2014-03-__", date(2014, 3, 1), date(2014, 3, 31)),
        ("15.??.2014", "2014-__-15", date(2014, 1, 15), date(2014, 12, 15)),
        ("15.03.????", "____-03-15", None, None),
        ("15.3", "____-03-15", None, None),
        ("29.02.????", "____-02-29", None, None),
        ("17/5/1990", "1990-05-17", date(1990, 5, 17), date(1990, 5, 17)),
    ],
)
def test_what_is_known_of_a_day(typed: str, pattern: str, first: date | None, last: date | None) -> None:
    known = half_known_day(typed)
    assert known is not None
    assert (known.pattern, known.first, known.last) == (pattern, first, last)
    assert known.is_span == (first is not None and "-__-15" not in pattern)


@pytest.mark.parametrize(
    "typed", ["", "?", "????", "*", "май", "13.2014", "31.02.2014", "30.02.????", "199?", "0000", "1.2.3.4"]
)
def test_what_is_no_day(typed: str) -> None:
    assert half_known_day(typed) is None


@given(st.dates(date(1, 1, 1)))
def test_a_whole_day_is_itself_however_it_is_typed(day: date) -> None:
    assert whole_day(day.isoformat()) == whole_day(f"{day.day}.{day.month}.{day.year:04}") == day
