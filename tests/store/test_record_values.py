"""How a card's values become its statistical record."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ocr.forms.codebook import codebook
from store.record_values import NOTHING, age_at, record_values
from store.tables import Record
from tests.store.cards import DEPARTURE, RETURN, form


def record(side: str, **values: str | None) -> dict[str, Any]:
    base = DEPARTURE if side == "departure" else RETURN
    empty: dict[str, str | None] = dict.fromkeys(form(f"revised-{side}").by_name, "")
    return record_values(form(f"revised-{side}"), empty | base | values)


def test_a_departure() -> None:
    assert record("departure") == {
        "crossing_date": date(2016, 3, 4),
        "checkpoint": "TJ-A1",
        "sex": "M",
        "age": 25,
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
    assert record("departure", dest_country=ticked, dest_country_other=written)["country"] == country
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


@pytest.mark.parametrize("value", [None, "", "?", "2016-02-30"])
def test_what_is_no_date_is_no_date(value: str | None) -> None:
    assert record("departure", crossing_date=value)["crossing_date"] is None
    assert record("departure", birth_date=value)["age"] is None


@given(st.dates(date(1900, 1, 1), date(2030, 12, 31)), st.dates(date(1900, 1, 1), date(2030, 12, 31)))
def test_age_counts_birthdays(birth: date, day: date) -> None:
    years = range(birth.year + 1, 2031)
    birthdays = sum((year, birth.month, birth.day) <= (day.year, day.month, day.day) for year in years)
    age = age_at(birth, day)
    assert age == (birthdays if birth <= day and birthdays <= 110 else None)


def test_every_column_of_the_table_has_its_source() -> None:
    others = {"card_id", "batch_id", "form", "direction", "serial", "pending", "age"}
    assert set(NOTHING) == {column.name for column in Record.__table__.columns} - others
    names = {name for side in ("departure", "return") for name in form(f"revised-{side}").by_name}
    assert {name for name, variable in codebook().variable.items() if variable.column} <= names
