"""What lies outside a field's bounds breaks a rule, and what lies within breaks none."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from ocr.forms.codebook import Role
from ocr.forms.definition import FieldSpec, load_forms
from ocr.lexicon.bounds import Bounds, bounds
from ocr.lexicon.rules import check

TODAY = date(2026, 11, 29)
BY_ROLE = {spec.role: spec for form in load_forms() for spec in form.fields if spec.role is not None}


def breaks(spec: FieldSpec, value: str, on: date) -> bool:
    return bool(check({spec.name: spec}, {spec.name: value}, direction="", on=on))


@pytest.mark.parametrize(
    ("role", "expected"),
    [
        (Role.BIRTH_DATE, Bounds("1915-11-30", "2026-11-29")),
        (Role.CROSSING_DATE, Bounds("2000-01-01", "2026-11-29")),
        (Role.STAY_MONTHS, Bounds("0", "240")),
        (Role.CHECKPOINT, None),
        (Role.SURNAME, None),
    ],
)
def test_bounds_of_fields(role: Role, expected: Bounds | None) -> None:
    assert bounds(BY_ROLE[role], TODAY) == expected


@given(
    role=st.sampled_from([Role.BIRTH_DATE, Role.CROSSING_DATE]),
    on=st.dates(date(2000, 1, 1), date(2100, 1, 1)),
    days=st.integers(-3, 3),
    at_least=st.booleans(),
)
@example(Role.BIRTH_DATE, date(2028, 2, 28), 0, True)
@example(Role.BIRTH_DATE, date(2028, 2, 28), -1, True)
@example(Role.BIRTH_DATE, date(2028, 2, 29), -1, True)
@example(Role.BIRTH_DATE, date(2026, 12, 31), -1, True)
def test_dates_at_the_bounds_break_a_rule_as_soon_as_they_lie_outside(
    role: Role, on: date, days: int, at_least: bool
) -> None:
    known = bounds(BY_ROLE[role], on)
    assert known is not None
    day = date.fromisoformat(known.least if at_least else known.most) + timedelta(days=days)
    outside = not known.least <= day.isoformat() <= known.most
    assert breaks(BY_ROLE[role], day.isoformat(), on) == outside


@given(st.integers(0, 999))
def test_numbers_outside_break_a_rule(months: int) -> None:
    spec = BY_ROLE[Role.STAY_MONTHS]
    known = bounds(spec, TODAY)
    assert known is not None
    assert breaks(spec, str(months), TODAY) == (not int(known.least) <= months <= int(known.most))


def test_a_date_of_an_office_of_its_own_is_only_not_to_come() -> None:
    field = {"name": "issued", "kind": "date", "box": [0, 0, 50, 8], "label_ru": ""}
    assert bounds(FieldSpec.model_validate(field), TODAY) == Bounds("", "2026-11-29")
