from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ocr.forms.codebook import codebook
from ocr.forms.definition import load_forms
from ocr.lexicon.rules import Broken, check

SPECS = {spec.name: spec for form in load_forms() for spec in form.fields}
TODAY = date(2026, 11, 22)
GOOD = {
    "surname": "Рахимов",
    "given_name": "Далер",
    "patronymic": "Рустамович",
    "birth_date": "1990-05-01",
    "sex": "M",
    "residence_region": "TJ-KT",
    "residence_district": "TJ-KT-02",
    "dest_country": "RU",
    "dest_country_other": "",
    "dest_region": "RU-MOW",
    "purpose": "1",
    "crossing_date": "2020-03-04",
}


def broken(**changed: str) -> list[tuple[str, tuple[str, ...]]]:
    return [(b.rule, b.fields) for b in check(SPECS, {**GOOD, **changed}, direction="D", on=TODAY)]


def test_a_good_card_breaks_nothing() -> None:
    assert broken() == []


@pytest.mark.parametrize(
    ("changed", "rule", "fields"),
    [
        (
            {"residence_district": "TJ-SU-01"},
            "district_in_region",
            ("residence_region", "residence_district"),
        ),
        ({"birth_date": "1990-02-31"}, "date_real", ("birth_date",)),
        ({"birth_date": "2021-05-01"}, "birth_before_crossing", ("birth_date", "crossing_date")),
        ({"crossing_date": "2027-01-01"}, "crossing_in_time", ("crossing_date",)),
        ({"crossing_date": "1999-12-31", "purpose": "2"}, "crossing_in_time", ("crossing_date",)),
        ({"birth_date": "1909-03-03"}, "age_plausible", ("birth_date", "crossing_date")),
        ({"birth_date": "2006-03-05"}, "age_fits_work", ("birth_date", "purpose", "crossing_date")),
        ({"surname": "Рахимова"}, "surname_fits_sex", ("sex", "surname")),
        ({"sex": "F", "surname": "Раҳимзода"}, "patronymic_fits_sex", ("sex", "patronymic")),
        ({"dest_region": "KZ-75"}, "region_in_country", ("dest_country", "dest_region")),
        ({"return_reason": "2"}, "side_fits_direction", ("return_reason",)),
        ({"dest_country_other": "UZ"}, "other_specified", ("dest_country", "dest_country_other")),
        (
            {"dest_country": "OTHER", "dest_region": ""},
            "other_specified",
            ("dest_country", "dest_country_other"),
        ),
        (
            {"dest_country": "OTHER", "dest_country_other": "UZ"},
            "region_in_country",
            ("dest_country_other", "dest_region"),
        ),
    ],
)
def test_each_rule_names_its_fields(changed: dict[str, str], rule: str, fields: tuple[str, ...]) -> None:
    assert broken(**changed) == [(rule, fields)]


def test_stay_is_between_0_and_240_months() -> None:
    def on_return(months: str) -> tuple[Broken, ...]:
        return check(SPECS, {"stay_months": months}, direction="A", on=TODAY)

    assert on_return("241") == (Broken("stay_plausible", ("stay_months",)),)
    assert on_return("0") == on_return("240") == on_return("") == ()


@pytest.mark.parametrize("age_day", ["2006-03-04", "1909-03-05"])
def test_bounds_of_age_are_allowed(age_day: str) -> None:
    assert broken(birth_date=age_day) == []


@pytest.mark.parametrize("name", ["Раҳимзода", "Раҳимӣ", "Рустампур", "Амин", "Мадина", ""])
@pytest.mark.parametrize("sex", ["M", "F"])
def test_neutral_names_fit_both_sexes(name: str, sex: str) -> None:
    assert broken(surname=name, patronymic=name, sex=sex) == []


@given(st.sets(st.sampled_from(sorted(GOOD))))
def test_rules_do_not_apply_to_fields_that_were_not_read(missing: set[str]) -> None:
    values = {field: value for field, value in GOOD.items() if field not in missing}
    assert check(SPECS, values, direction="D", on=None) == ()


@given(st.sets(st.sampled_from(sorted(GOOD))))
def test_unknown_values_contradict_nothing(unknown: set[str]) -> None:
    unknown -= {"birth_date", "crossing_date", "dest_country_other"}
    values = {**GOOD, **dict.fromkeys(unknown, "?")}
    assert check(SPECS, values, direction="D", on=TODAY) == ()


def test_fields_of_one_side_are_those_of_the_forms() -> None:
    for form in load_forms():
        assert {spec.about.direction for spec in form.fields} <= {None, form.direction}
        others = {form.direction for form in load_forms() if form.fields} - {form.direction}
        for other in others:
            foreign = {name for name, variable in codebook().variable.items() if variable.direction == other}
            assert len(foreign) >= 6 and not foreign & set(form.by_name)
