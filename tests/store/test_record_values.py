"""How a card's values become its statistical record."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from types import MappingProxyType
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ocr.forms.codebook import Role, codebook
from ocr.lexicon.lexicon import load_lexicon
from store.record_values import NOTHING, age_at, age_group, is_plausible, record_values
from store.tables import Record
from tests.store.cards import DEPARTURE, RETURN, form


def record(side: str, groups: Mapping[str, str] = MappingProxyType({}), **values: str | None) -> dict[str, Any]:
    base = DEPARTURE if side == "departure" else RETURN
    empty: dict[str, str | None] = dict.fromkeys(form(f"revised-{side}").by_name, "")
    return record_values(form(f"revised-{side}"), empty | base | values | dict.fromkeys(groups), groups)


def test_a_departure() -> None:
    assert record("departure") == {
        "crossing_date": date(2016, 3, 4),
        "crossing_first": date(2016, 3, 4),
        "crossing_last": date(2016, 3, 4),
        "checkpoint": "TJ-A1",
        "sex": "M",
        "age": 25,
        "age_group": "25-29",
        "region": "TJ-SU",
        "district": "TJ-SU-01",
        "education": "5",
        "marital_status": "2",
        "occupation": "7112",
        "country": "RU",
        "destination": "RU-MOW",
        "purpose": "1",
        "sector": "F",
        "duration": "4",
        "stay_months": None,
        "return_reason": "",
        "intends_again": "",
    }


def test_a_return_takes_its_country_from_where_the_person_came() -> None:
    back = record("return", from_region="RU-SPE")
    assert (back["country"], back["destination"], back["stay_months"]) == ("RU", "RU-SPE", 9)
    assert (back["purpose"], back["return_reason"], back["intends_again"]) == ("", "2", "Y")


@pytest.mark.parametrize(
    ("ticked", "written", "country"),
    [
        ("KZ", "", "KZ"),
        ("OTHER", "TR", "TR"),
        ("OTHER", "", "?"),
        ("OTHER", "?", "?"),
        ("OTHER", None, None),
        ("", "TR", "TR"),
        ("", "", ""),
        (None, "TR", None),
    ],
)
def test_another_country_is_the_one_that_is_written(ticked: str | None, written: str | None, country: str) -> None:
    said = {"dest_region": "", "dest_country": ticked, "dest_country_other": written}
    assert record("departure", **said)["country"] == country
    assert record("return", from_country=ticked, from_country_other=written)["country"] == country


@pytest.mark.parametrize(
    ("region", "district", "settled"),
    [
        ("TJ-KT", "TJ-SU-01", "TJ-KT"),
        (None, "TJ-SU-01", "TJ-SU"),
        ("", "TJ-SU-01", "TJ-SU"),
        ("?", "TJ-SU-01", "TJ-SU"),
        (None, None, None),
        (None, "?", None),
        ("", "", ""),
        ("?", "", "?"),
    ],
)
def test_a_settled_district_knows_its_region(region: str | None, district: str | None, settled: str | None) -> None:
    assert record("departure", residence_region=region, residence_district=district)["region"] == settled


@pytest.mark.parametrize(
    ("country", "place", "settled"),
    [
        (None, "RU-MOS", "RU"),
        ("", "RU-MOS", "RU"),
        ("", "TR-C01", "TR"),
        ("", "?", ""),
        ("", None, ""),
        ("?", "RU-MOS", "?"),  # the box for other countries than Russia
        ("KZ", "RU-MOS", "KZ"),
        (None, "?", None),
    ],
)
def test_a_settled_place_abroad_knows_the_country_that_nobody_wrote(
    country: str | None, place: str | None, settled: str | None
) -> None:
    assert record("return", from_country=country, from_region=place)["country"] == settled


def test_a_contradiction_that_was_decided_stands_on_both_sides() -> None:
    said = {"residence_region": "TJ-KT", "residence_district": "TJ-SU-01", "dest_country": "RU", "dest_region": "KZ-75"}
    found = record("departure", **said)
    assert (found["region"], found["district"]) == ("TJ-KT", "TJ-SU-01")
    assert (found["country"], found["destination"]) == ("RU", "KZ-75")


def test_codes_of_places_begin_with_what_they_lie_in() -> None:
    for role, length in ((Role.HOME_DISTRICT, 5), (Role.PLACE_ABROAD, 2)):
        variable = next(one for one in codebook().variable.values() if one.role is role)
        for code, entry in load_lexicon(variable.dictionary or "").entries.items():
            assert code[:length] == entry.parent


def test_of_a_doubtful_value_the_record_has_the_group_so_marked_that_it_is_no_value() -> None:
    groups = {"residence_district": "TJ-DU", "occupation": "71", "dest_region": "RU"}
    found = record("departure", groups, residence_region=None, dest_country=None)
    assert (found["district"], found["occupation"], found["destination"]) == ("TJ-DU*", "71*", "RU*")
    assert (found["region"], found["country"]) == ("TJ-DU", "RU")


def test_a_group_that_contradicts_a_settled_answer_does_not_stand() -> None:
    found = record("departure", {"residence_district": "TJ-KT", "dest_region": "KZ"})
    assert (found["region"], found["district"]) == ("TJ-SU", None)
    assert (found["country"], found["destination"]) == ("RU", None)


@pytest.mark.parametrize(
    ("group", "first", "last"),
    [("2016-02", date(2016, 2, 1), date(2016, 2, 29)), ("2016", date(2016, 1, 1), date(2016, 12, 31))],
)
def test_a_month_or_a_year_of_crossing_is_no_day(group: str, first: date, last: date) -> None:
    found = record("departure", {"crossing_date": group})
    assert (found["crossing_date"], found["crossing_first"], found["crossing_last"]) == (None, first, last)


@pytest.mark.parametrize(
    ("birth", "crossing", "age", "group"),
    [
        ("1990-05", "2016-03-04", 25, "25-29"),  # the birthday is in another month
        ("1990-03", "2016-03-04", None, "25-29"),
        ("1990", "2016-03-04", None, "25-29"),
        ("1991", "2016-03-04", None, None),  # 24 or 25
        ("1990", "2017", None, "25-29"),  # 26 or 27
        ("2016", "2016-03-04", None, None),
        ("1890", "2016-03-04", None, ">110"),
        ("1905", "2016-03-04", None, None),  # 110 or 111
    ],
)
def test_the_age_group_is_settled_where_every_day_that_may_be_gives_it(
    birth: str, crossing: str, age: int | None, group: str | None
) -> None:
    days = {"birth_date": birth, "crossing_date": crossing}
    groups = {name: value for name, value in days.items() if len(value) < len("2016-03-04")}
    found = record("departure", groups, **{name: value for name, value in days.items() if name not in groups})
    assert (found["age"], found["age_group"]) == (age, group)


@given(st.dates(date(1930, 1, 1), date(2030, 12, 31)), st.dates(date(2000, 1, 1), date(2030, 12, 31)), st.data())
def test_what_is_settled_of_an_age_is_true_whatever_the_days_are(
    birth: date, crossed: date, data: st.DataObject
) -> None:
    signs = st.sampled_from([len("2016"), len("2016-03"), len("2016-03-04")])
    said = {
        name: day.isoformat()[: data.draw(signs)] for name, day in (("birth_date", birth), ("crossing_date", crossed))
    }
    groups = {name: value for name, value in said.items() if len(value) < len("2016-03-04")}
    found = record("departure", groups, **{name: value for name, value in said.items() if name not in groups})
    true = age_at(birth, crossed)
    assert found["age"] in ((None, true) if is_plausible(true) else (None,))
    assert found["age_group"] in (None, age_group(true))
    assert found["crossing_first"] <= crossed <= found["crossing_last"]


@pytest.mark.parametrize("value", [None, "", "?", "2016-02-30"])
def test_what_is_no_date_is_no_date(value: str | None) -> None:
    assert record("departure", crossing_date=value)["crossing_date"] is None
    assert record("departure", birth_date=value)["age"] is None


@pytest.mark.parametrize(
    ("birth", "crossing", "group"),
    [
        ("", "2016-03-04", ""),
        ("", None, ""),
        (None, "2016-03-04", None),
        ("1990-05-17", None, None),
        ("?", "2016-03-04", "?"),
        ("2016-02-30", "2016-03-04", "?"),
        ("1990-05-17", "", "?"),
        ("2016-03-05", "2016-03-04", "<0"),
        ("2016-03-04", "2016-03-04", "0-14"),
        ("1905-03-05", "2016-03-04", "65-120"),
        ("1905-03-04", "2016-03-04", ">110"),
    ],
)
def test_a_record_says_why_nobody_has_an_age(birth: str | None, crossing: str | None, group: str | None) -> None:
    found = record("departure", birth_date=birth, crossing_date=crossing)
    assert found["age_group"] == group
    assert (found["age"] is None) == (group not in ("0-14", "65-120"))


@given(st.dates(date(1900, 1, 1), date(2030, 12, 31)), st.dates(date(1900, 1, 1), date(2030, 12, 31)))
def test_age_counts_birthdays(birth: date, day: date) -> None:
    years = range(birth.year + 1, 2031)
    birthdays = sum((year, birth.month, birth.day) <= (day.year, day.month, day.day) for year in years)
    age = age_at(birth, day)
    assert (age is not None and age < 0) == (birth > day)
    assert birth > day or age == birthdays
    assert is_plausible(age) == (birth <= day and birthdays <= 110)


def test_every_column_of_the_table_has_its_source() -> None:
    others = {"card_id", "batch_id", "form", "direction", "serial", "pending"}
    others |= {"age", "age_group", "crossing_first", "crossing_last"}
    assert set(NOTHING) == {column.name for column in Record.__table__.columns} - others
    names = {name for side in ("departure", "return") for name in form(f"revised-{side}").by_name}
    assert {name for name, variable in codebook().variable.items() if variable.column} <= names
