"""How a card's settled values become its statistical record. The mapping is data; the rest is pure functions."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from ocr.forms.definition import Form
from ocr.lexicon.rules import OLDEST_AGE
from ocr.reading import parse_iso
from store.card_state import UNKNOWN

LEFT_EMPTY = ""
OTHER = "OTHER"

SOURCES: Mapping[str, tuple[str, ...]] = {
    "checkpoint": ("checkpoint",),
    "sex": ("sex",),
    "region": ("residence_region",),
    "district": ("residence_district",),
    "education": ("education",),
    "marital_status": ("marital_status",),
    "occupation": ("occupation",),
    "country": ("dest_country", "from_country"),
    "destination": ("dest_region", "from_region"),
    "purpose": ("purpose",),
    "sector": ("sector",),
    "duration": ("duration",),
    "return_reason": ("return_reason",),
    "intends_again": ("intends_again",),
}
"""Coded columns of the record, each with the fields it may come from; a form has at most one of them."""

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
    coded = {column: _coded(form, values, fields) for column, fields in SOURCES.items()}
    coded["region"] = _region(coded["region"], coded["district"])
    crossed = parse_iso(values.get("crossing_date"))
    return coded | {
        "crossing_date": crossed,
        "age": age_at(parse_iso(values.get("birth_date")), crossed),
        "stay_months": _number(values.get("stay_months")),
    }


def age_at(birth: date | None, day: date | None) -> int | None:
    """Completed years on a day; None when a date is missing or the age is not a person's."""
    if birth is None or day is None:
        return None
    years = day.year - birth.year - ((day.month, day.day) < (birth.month, birth.day))
    return years if 0 <= years <= OLDEST_AGE else None


def _coded(form: Form, values: Mapping[str, str | None], fields: tuple[str, ...]) -> str | None:
    name = next((field for field in fields if field in form.by_name), None)
    if name is None:
        return LEFT_EMPTY
    value, specify = values[name], form.by_name[name].specify
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
