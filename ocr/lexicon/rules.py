"""Rules between the fields of one card. A broken rule names its fields and sends them to people."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from ocr.lexicon.lexicon import load_lexicon
from ocr.lexicon.match import NOT_IN_LEXICON
from ocr.lexicon.names import sex_of_ending
from ocr.reading import parse_iso

OLDEST_AGE, WORKING_AGE, LONGEST_STAY_MONTHS = 110, 14, 240
FIRST_CROSSING = date(2000, 1, 1)
WORK, OTHER = "1", "OTHER"

ONLY_ON = {
    "D": ("dest_country", "dest_country_other", "dest_region", "purpose", "duration", "document_no"),
    "A": (
        "from_country",
        "from_country_other",
        "from_region",
        "stay_months",
        "return_reason",
        "intends_again",
    ),
}
"""Fields that exist on one side of the card only, by direction."""

_COUNTRY_OF = (
    ("dest_region", "dest_country", "dest_country_other"),
    ("from_region", "from_country", "from_country_other"),
)

RULES = (
    "district_in_region",
    "date_real",
    "birth_before_crossing",
    "crossing_in_time",
    "age_plausible",
    "surname_fits_sex",
    "patronymic_fits_sex",
    "region_in_country",
    "side_fits_direction",
    "age_fits_work",
    "stay_plausible",
    "other_specified",
)
"""Names of all rules."""


@dataclass(frozen=True)
class Broken:
    """A rule that a card breaks, and the fields that contradict each other."""

    rule: str
    fields: tuple[str, ...]


def check(values: Mapping[str, str], *, direction: str, on: date | None) -> tuple[Broken, ...]:
    """Hold the values of one card against all rules.

    Parameters
    ----------
    values
        Value by field name: a code, an ISO date, a number or a name; ``""`` for an empty field, ``"?"`` for a
        text that is in no dictionary. A field that is missing was not read, and rules that need it do not apply.
    direction
        ``D`` for a departure card, ``A`` for a return.
    on
        Day on which the card was at hand: no crossing is later. None where unknown.

    Returns
    -------
    tuple of Broken
        In the order of `RULES`.
    """
    broken = [rule for rules in _CHECKS for rule in rules(values, direction, on)]
    return tuple(sorted(broken, key=lambda b: RULES.index(b.rule)))


def _known(values: Mapping[str, str], field: str) -> str:
    """The field's value, or empty where there is none to compare."""
    value = values.get(field, "")
    return "" if value == NOT_IN_LEXICON else value


def _places(values: Mapping[str, str], direction: str, on: date | None) -> Iterator[Broken]:
    region, district = _known(values, "residence_region"), _known(values, "residence_district")
    entry = load_lexicon("districts").entries.get(district)
    if region and entry and entry.parent != region:
        yield Broken("district_in_region", ("residence_region", "residence_district"))
    for field, country_field, other_field in _COUNTRY_OF:
        if _known(values, country_field) == OTHER:
            country_field = other_field
        country, place = _known(values, country_field), _known(values, field)
        entry = load_lexicon("destinations").entries.get(place)
        if country and entry and entry.parent != country:
            yield Broken("region_in_country", (country_field, field))


def _dates(values: Mapping[str, str], direction: str, on: date | None) -> Iterator[Broken]:
    for field in ("birth_date", "crossing_date"):
        if _known(values, field) and parse_iso(values[field]) is None:
            yield Broken("date_real", (field,))
    birth, crossing = parse_iso(values.get("birth_date")), parse_iso(values.get("crossing_date"))
    if crossing and (crossing < FIRST_CROSSING or (on is not None and crossing > on)):
        yield Broken("crossing_in_time", ("crossing_date",))
    day, day_fields = (crossing, ("crossing_date",)) if crossing else (on, ())
    if not birth or not day:
        return
    years = _years(birth, day)
    if birth > day:
        yield Broken("birth_before_crossing", ("birth_date", *day_fields))
    elif years > OLDEST_AGE:
        yield Broken("age_plausible", ("birth_date", *day_fields))
    elif years < WORKING_AGE and _known(values, "purpose") == WORK:
        yield Broken("age_fits_work", ("birth_date", "purpose", *day_fields))


def _names(values: Mapping[str, str], direction: str, on: date | None) -> Iterator[Broken]:
    sex = _known(values, "sex")
    for field in ("surname", "patronymic"):
        ending = sex_of_ending(_known(values, field))
        if ending and sex in ("M", "F") and ending != sex:
            yield Broken(f"{field}_fits_sex", ("sex", field))


def _sides(values: Mapping[str, str], direction: str, on: date | None) -> Iterator[Broken]:
    foreign = tuple(f for side, fields in ONLY_ON.items() if side != direction for f in fields if values.get(f))
    if direction and foreign:
        yield Broken("side_fits_direction", foreign)
    months = _known(values, "stay_months")
    if months and not (months.isdecimal() and int(months) <= LONGEST_STAY_MONTHS):
        yield Broken("stay_plausible", ("stay_months",))
    for _, ticked, written in _COUNTRY_OF:
        if ticked in values and written in values and (values[ticked] == OTHER) != bool(values[written]):
            yield Broken("other_specified", (ticked, written))


_CHECKS: tuple[Callable[[Mapping[str, str], str, date | None], Iterator[Broken]], ...] = (
    _places,
    _dates,
    _names,
    _sides,
)


def _years(birth: date, day: date) -> int:
    """Completed years of age."""
    return day.year - birth.year - ((day.month, day.day) < (birth.month, birth.day))
