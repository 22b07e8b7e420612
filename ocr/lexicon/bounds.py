"""Between which bounds one answer is plausible by itself, whatever else the card says.

The limits are those of `ocr.lexicon.rules`: what lies outside breaks a rule as soon as the whole card is looked at.
Whoever types can be asked at once whether the card really says so.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from ocr.forms.codebook import Role
from ocr.forms.definition import FieldKind, FieldSpec
from ocr.lexicon.rules import FIRST_CROSSING, LONGEST_STAY_MONTHS, OLDEST_AGE


@dataclass(frozen=True)
class Bounds:
    """The least and the greatest value, both included: ISO dates, or numbers. An empty one is no bound."""

    least: str
    most: str


def bounds(spec: FieldSpec, on: date) -> Bounds | None:
    """The bounds of a field's values, or None where it has none.

    Parameters
    ----------
    on
        Today: no card can say truly what is still to come.
    """
    if spec.role is Role.STAY_MONTHS:
        return Bounds("0", str(LONGEST_STAY_MONTHS))
    if spec.kind is not FieldKind.DATE:
        return None
    first = ""
    if spec.role is Role.BIRTH_DATE:
        first = _first_birth(on).isoformat()
    elif spec.role is Role.CROSSING_DATE:
        first = FIRST_CROSSING.isoformat()
    return Bounds(first, on.isoformat())


def _first_birth(on: date) -> date:
    """The first birthday of those who are at most `OLDEST_AGE` years old."""
    after, year = on + timedelta(days=1), on.year - OLDEST_AGE - 1
    try:
        return after.replace(year=year + after.year - on.year)
    except ValueError:  # the day after 28 February of a leap year
        return date(year, 3, 1)
