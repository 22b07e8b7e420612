"""Coarser levels: what a value belongs to, and how much of a reading lies there."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ocr.forms.codebook import Coarser
from ocr.forms.definition import FieldSpec
from ocr.lexicon.levels import at_levels, code_at, days_of
from ocr.lexicon.lexicon import load_lexicon
from ocr.lexicon.match import NOT_IN_LEXICON
from ocr.reading import Candidate
from tests.ocr.confidence.readings import field

DISTRICT, TRADE, PLACE = field("residence_district"), field("occupation"), field("dest_region")
CROSSING = field("crossing_date")


@pytest.mark.parametrize(
    ("name", "level", "value", "group"),
    [
        ("residence_district", Coarser.PARENT, "TJ-SU-01", "TJ-SU"),
        ("residence_district", Coarser.PARENT, "TJ-DU", "TJ-DU"),
        ("residence_district", Coarser.PARENT, "TJ-XX-99", ""),
        ("dest_region", Coarser.PARENT, "RU-MOW", "RU"),
        ("occupation", Coarser.TWO_DIGITS, "7112", "71"),
        ("occupation", Coarser.ONE_DIGIT, "7112", "7"),
        ("occupation", Coarser.ONE_DIGIT, "?", ""),
        ("crossing_date", Coarser.MONTH, "2014-05-03", "2014-05"),
        ("birth_date", Coarser.YEAR, "1990-05-17", "1990"),
        ("birth_date", Coarser.YEAR, "", ""),
    ],
)
def test_a_value_lies_in_one_group_of_each_level(name: str, level: Coarser, value: str, group: str) -> None:
    assert code_at(field(name), level, value) == group


def test_a_fields_levels_are_those_of_the_codebook() -> None:
    levels = {spec.name: [level.value for level in spec.about.coarser] for spec in (DISTRICT, TRADE, PLACE, CROSSING)}
    assert levels == {
        "residence_district": ["parent"],
        "occupation": ["two_digits", "one_digit"],
        "dest_region": ["parent"],
        "crossing_date": ["month", "year"],
    }
    assert not list(at_levels(field("sex"), [Candidate("M", "M", 1.0)], 1.0))


def test_what_is_spread_over_days_of_a_month_is_added_up() -> None:
    days = {"2014-05-03": 0.5, "2014-05-08": 0.3, "2016-05-03": 0.15, NOT_IN_LEXICON: 0.05}
    found = list(at_levels(CROSSING, [Candidate(day, day, p) for day, p in days.items()], 0.9))
    assert [(level.value, group) for level, group, _ in found] == [("month", "2014-05"), ("year", "2014")]
    assert [score for *_, score in found] == pytest.approx([0.72, 0.72])


def test_the_likeliest_group_need_not_hold_the_likeliest_value() -> None:
    codes = {"7112": 0.4, "9313": 0.3, "9312": 0.3}
    found = list(at_levels(TRADE, [Candidate(code, code, p) for code, p in codes.items()], 1.0))
    assert [group for _, group, _ in found] == ["93", "9"]


def test_what_may_be_nothing_in_the_dictionary_has_no_group() -> None:
    assert not list(at_levels(TRADE, [Candidate(NOT_IN_LEXICON, "X", 1.0)], 1.0))
    assert not list(at_levels(TRADE, [], 1.0))


@given(
    st.sampled_from([DISTRICT, TRADE, PLACE]),
    st.lists(st.tuples(st.integers(0, 10**6), st.floats(0, 1)), min_size=1, max_size=6),
    st.floats(0, 1),
)
def test_a_coarser_level_is_never_less_sure_than_a_finer_one_nor_than_the_value(
    spec: FieldSpec, drawn: list[tuple[int, float]], certainty: float
) -> None:
    codes = list(load_lexicon(spec.lexicon or "").entries)
    shares = {codes[n % len(codes)]: p for n, p in drawn}
    total = max(1.0, sum(shares.values()))
    candidates = [Candidate(code, code, p / total) for code, p in shares.items()]
    scores = [certainty * max(c.probability for c in candidates)]
    scores += [score for *_, score in at_levels(spec, candidates, certainty)]
    assert len(scores) == 1 + len(spec.about.coarser)
    assert scores == sorted(scores)
    assert scores[-1] <= certainty


@given(st.dates(date(1900, 1, 1), date(2030, 12, 31)))
def test_a_day_lies_within_its_month_and_its_year(day: date) -> None:
    month, year = (days_of(code_at(CROSSING, level, day.isoformat())) for level in (Coarser.MONTH, Coarser.YEAR))
    assert year[0] <= month[0] <= day <= month[1] <= year[1]
    assert (month[0].day, year[0].month, year[1].month) == (1, 1, 12)
    assert (month[1] - month[0]).days in range(27, 31)
