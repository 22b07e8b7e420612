"""How a card's settled values become its statistical record. The codebook says what goes where; pure functions."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from sqlalchemy import Date, Integer, String

from ocr.forms.codebook import Role, VariableKind, codebook
from ocr.forms.definition import FieldSpec, Form
from ocr.lexicon.rules import OLDEST_AGE
from ocr.reading import parse_iso
from store.card_state import UNKNOWN
from store.tables import Record

LEFT_EMPTY = ""
OTHER = "OTHER"

AGE = "age"
"""Column that follows from two dates."""

NOTHING: Mapping[str, str | None] = {
    column: LEFT_EMPTY if isinstance(Record.__table__.c[column].type, String) else None
    for column in (variable.column for variable in codebook().variable.values())
    if column
}
"""Columns of the record that fields of cards fill, each as it is where a form lacks such a field."""

REGION_LENGTH = len("TJ-SU")
"""A district's code begins with its region's: TJ-SU-01 lies in TJ-SU."""


def record_values(form: Form, values: Mapping[str, str | None]) -> dict[str, Any]:
    """The columns of the statistical record that follow from a card's values.

    Parameters
    ----------
    values
        Settled value of every field of the form, None where it waits for a person.

    Returns
    -------
    dict
        Coded columns (None, ``''``, ``'?'`` or a code), `crossing_date`, `age` and `stay_months`.
    """
    record: dict[str, Any] = dict(NOTHING)
    for spec in form.fields:
        if spec.about.column:
            record[spec.about.column] = _as_column(spec, values)
    record["region"] = _region(record["region"], record["district"])
    birth, crossed = (_day(form, role, values) for role in (Role.BIRTH_DATE, Role.CROSSING_DATE))
    return record | {AGE: age_at(birth, crossed)}


def own_values(form: Form, values: Mapping[str, str | None]) -> dict[str, str | None]:
    """Values of the statistical variables that have no column: those that an office added. Never a personal one.

    What is written beside a box ``OTHER`` belongs to the field with that box.
    """
    beside = {spec.specify for spec in form.fields}
    return {
        spec.name: _coded(spec, values)
        for spec in form.fields
        if spec.about.kind is VariableKind.STATISTICAL
        and not (spec.personal or spec.about.column or spec.name in beside)
    }


def age_at(birth: date | None, day: date | None) -> int | None:
    """Completed years on a day; None when a date is missing or the age is not a person's."""
    if birth is None or day is None:
        return None
    years = day.year - birth.year - ((day.month, day.day) < (birth.month, birth.day))
    return years if 0 <= years <= OLDEST_AGE else None


def _as_column(spec: FieldSpec, values: Mapping[str, str | None]) -> str | int | date | None:
    """The value of a field as its column holds it."""
    kind = Record.__table__.c[spec.about.column or ""].type
    if isinstance(kind, Date):
        return parse_iso(values.get(spec.name))
    return _number(values.get(spec.name)) if isinstance(kind, Integer) else _coded(spec, values)


def _day(form: Form, role: Role, values: Mapping[str, str | None]) -> date | None:
    spec = form.by_role.get(role)
    return parse_iso(values.get(spec.name)) if spec else None


def _coded(spec: FieldSpec, values: Mapping[str, str | None]) -> str | None:
    value, specify = values[spec.name], spec.specify
    if specify is None or value not in (LEFT_EMPTY, OTHER):
        return value
    written = values[specify]
    if value == OTHER and written == LEFT_EMPTY:
        return UNKNOWN
    return written


def _region(region: str | None, district: str | None) -> str | None:
    """A settled district knows its region."""
    return district[:REGION_LENGTH] if not _is_code(region) and district and _is_code(district) else region


def _is_code(value: str | None) -> bool:
    return value not in (None, LEFT_EMPTY, UNKNOWN)


def _number(value: str | None) -> int | None:
    return int(value) if value and value.isdecimal() else None
