"""How a card's settled values become its statistical record. The codebook says what goes where; pure functions.

Where a value is not settled but the group in which it lies is, the record holds the group, so marked that nobody takes
it for a value.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date
from typing import Any, TypeAlias

from sqlalchemy import Date, Integer, String

from ocr.forms.codebook import Role, VariableKind, codebook
from ocr.forms.definition import FieldSpec, Form
from ocr.lexicon.levels import days_of
from ocr.lexicon.rules import OLDEST_AGE
from ocr.reading import parse_iso
from store.card_state import UNKNOWN
from store.tables import Record

LEFT_EMPTY = ""
OTHER = "OTHER"

AGE, AGE_GROUP = "age", "age_group"
"""Columns that follow from two dates."""

NOTHING: Mapping[str, str | None] = {
    column: LEFT_EMPTY if isinstance(Record.__table__.c[column].type, String) else None
    for column in (variable.column for variable in codebook().variable.values())
    if column
}
"""Columns of the record that fields of cards fill, each as it is where a form lacks such a field."""

_CROSSING = codebook().column_of(Role.CROSSING_DATE)

GROUP = "*"
"""Behind the code of a group, where no more of a value is settled."""

AGE_BANDS = ((0, 14), (15, 17), (18, 19), *((a, a + 4) for a in range(20, 65, 5)), (65, 120))
"""First and last age of the age groups."""

BORN_LATER, TOO_OLD = "<0", f">{OLDEST_AGE}"
"""What stands for an age group where both dates are settled and cannot be true together: born after the crossing, or
older than people get."""

_LIES_IN = {
    Role.HOME_DISTRICT: (Role.HOME_REGION, len("TJ-SU"), (None, LEFT_EMPTY, UNKNOWN)),
    Role.PLACE_ABROAD: (Role.COUNTRY_ABROAD, len("RU"), (None, LEFT_EMPTY)),
}
"""What a place lies in; how many signs of its code say so: TJ-SU-01 lies in TJ-SU; and instead of which answers that is
taken. A country in no dictionary is an answer of its own: who ticks the box for other countries says that it is none
of those printed."""

LIES_IN = {codebook().column_of(inner): codebook().column_of(outer) for inner, (outer, *_) in _LIES_IN.items()}
"""Columns of places, with those of what they lie in. Both stand as people settled them, even against each other."""

Groups: TypeAlias = Mapping[str, str]
"""Fields whose value is not settled, with the group in which it lies (`store.card_state.CardState`)."""

_Days: TypeAlias = tuple[date, date] | str | None
"""First and last day that a date may be; `LEFT_EMPTY` or `UNKNOWN` where that is settled; None where nothing is."""


def record_values(form: Form, values: Mapping[str, str | None], groups: Groups) -> dict[str, Any]:
    """The columns of the statistical record that follow from a card's values.

    Parameters
    ----------
    values
        Settled value of every field of the form, None where it waits for a person.

    Returns
    -------
    dict
        Columns as in `store.tables.Record`.
    """
    record: dict[str, Any] = dict(NOTHING)
    for spec in form.fields:
        if spec.about.column:
            record[spec.about.column] = _as_column(spec, values, groups)
    for inner, (outer, length, gaps) in _LIES_IN.items():
        record |= _placed(record, codebook().column_of(inner), codebook().column_of(outer), length, gaps)
    crossed = next((spec for spec in form.fields if spec.about.column == _CROSSING), None)
    birth, crossing = (_days(spec, values, groups) for spec in (form.by_role.get(Role.BIRTH_DATE), crossed))
    first, last = crossing if isinstance(crossing, tuple) else (None, None)
    return record | {"crossing_first": first, "crossing_last": last} | _ages(birth, crossing)


def own_values(form: Form, values: Mapping[str, str | None], groups: Groups) -> dict[str, str | None]:
    """Values of the statistical variables that have no column: those that an office added. Never a personal one.

    What is written beside a box ``OTHER`` belongs to the field with that box.
    """
    return {spec.name: _coded(spec, values, groups) for spec in own_specs(form)}


def own_specs(form: Form) -> list[FieldSpec]:
    """The fields whose values are kept beside the record under their own names."""
    beside = {spec.specify for spec in form.fields}
    return [
        spec
        for spec in form.fields
        if spec.about.kind is VariableKind.STATISTICAL
        and not (spec.personal or spec.about.column or spec.name in beside)
    ]


def age_at(birth: date | None, day: date | None) -> int | None:
    """Completed years on a day, negative before the birth; None when a date is missing."""
    if birth is None or day is None:
        return None
    return day.year - birth.year - ((day.month, day.day) < (birth.month, birth.day))


def is_plausible(age: int | None) -> bool:
    """Whether an age is a person's."""
    return age is not None and 0 <= age <= OLDEST_AGE


def age_group(age: int | None) -> str | None:
    """Code of the age group, such as ``15-17``, or what stands for one where the age is not a person's."""
    if age is None:
        return None
    if age < 0:
        return BORN_LATER
    return next(f"{a}-{b}" for a, b in AGE_BANDS if a <= age <= b) if age <= OLDEST_AGE else TOO_OLD


def is_group(value: object) -> bool:
    """Whether a column says only in which group the value lies."""
    return isinstance(value, str) and value.endswith(GROUP)


def _as_column(spec: FieldSpec, values: Mapping[str, str | None], groups: Groups) -> str | int | date | None:
    """The value of a field as its column holds it."""
    kind = Record.__table__.c[spec.about.column or ""].type
    if isinstance(kind, Date):
        return parse_iso(values.get(spec.name))
    return _number(values.get(spec.name)) if isinstance(kind, Integer) else _coded(spec, values, groups)


def _days(spec: FieldSpec | None, values: Mapping[str, str | None], groups: Groups) -> _Days:
    """First and last day that a date may be, as far as it is settled; what a form does not ask is left empty."""
    value = values.get(spec.name) if spec else LEFT_EMPTY
    day = parse_iso(value)
    if day is not None:
        return day, day
    if value is None:
        return days_of(groups[spec.name]) if spec and spec.name in groups else None
    return LEFT_EMPTY if value == LEFT_EMPTY else UNKNOWN


def _ages(birth: _Days, crossing: _Days) -> dict[str, Any]:
    """The age and its group, each where it is the same for all days that birth and crossing may be.

    Without a birth date the group says why there is none; on no day of crossing anybody has an age.
    """
    if not isinstance(birth, tuple):
        return {AGE: None, AGE_GROUP: birth}
    if not isinstance(crossing, tuple):
        return {AGE: None, AGE_GROUP: None if crossing is None else UNKNOWN}
    youngest, oldest = age_at(birth[1], crossing[0]), age_at(birth[0], crossing[1])
    age = youngest if youngest == oldest and is_plausible(youngest) else None
    return {AGE: age, AGE_GROUP: age_group(youngest) if age_group(youngest) == age_group(oldest) else None}


def _coded(spec: FieldSpec, values: Mapping[str, str | None], groups: Groups) -> str | None:
    value, specify = values[spec.name], spec.specify
    if value is None and spec.name in groups:
        return groups[spec.name] + GROUP
    if specify is None or value not in (LEFT_EMPTY, OTHER):
        return value
    written = values[specify]
    if value == OTHER and written == LEFT_EMPTY:
        return UNKNOWN
    return written


def _placed(
    record: Mapping[str, Any], inner: str, outer: str, length: int, gaps: Collection[str | None]
) -> dict[str, str | None]:
    """A settled place knows what it lies in, and one of which only that is settled must not contradict it."""
    place, around = record[inner], record[outer]
    if not _is_code(place):
        return {}
    if around in gaps:
        return {outer: place.removesuffix(GROUP)[:length]}
    return {inner: None} if is_group(place) and place != f"{around}{GROUP}" else {}


def _is_code(value: str | None) -> bool:
    return value not in (None, LEFT_EMPTY, UNKNOWN)


def _number(value: str | None) -> int | None:
    return int(value) if value and value.isdecimal() else None
