"""Weights of days: by age, and by when a form was in use."""

from __future__ import annotations

from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from ocr.lexicon.plausible import UNUSUAL, births, crossings

DAYS = st.dates(date(1990, 1, 1), date(2030, 12, 31))


@given(DAYS, st.integers(0, 100))
def test_a_birthday_changes_the_age_and_no_other_day_does(on: date, age: int) -> None:
    born = date(on.year - age, on.month, min(on.day, 28))
    assert births(on)(born) == births(date(on.year, 12, 31))(date(on.year - age, 1, 1))


@given(DAYS, st.integers(18, 99), st.integers(0, 40))
def test_the_older_the_less_expected_and_never_impossible(on: date, age: int, more: int) -> None:
    weigh = births(on)
    assert 1 >= weigh(date(on.year - age, 1, 1)) >= weigh(date(on.year - age - more, 1, 1)) > 0


def test_one_who_is_not_born_yet_weighs_as_a_child() -> None:
    assert births(date(2020, 1, 1))(date(2021, 1, 1)) == births(date(2020, 1, 1))(date(2019, 1, 1))


@given(DAYS, DAYS, DAYS)
def test_days_on_which_the_form_was_in_use(first: date, last: date, day: date) -> None:
    assert crossings(first, last)(day) == (1 if first <= day <= last else UNUSUAL)
