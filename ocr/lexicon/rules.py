"""Rules between the fields of one card. A broken rule names its fields and sends them to people."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from ocr.forms.codebook import Role
from ocr.forms.definition import FieldSpec
from ocr.lexicon.lexicon import load_lexicon
from ocr.lexicon.match import NOT_IN_LEXICON
from ocr.lexicon.names import sex_of_ending
from ocr.reading import parse_iso

OLDEST_AGE, WORKING_AGE, LONGEST_STAY_MONTHS = 110, 14, 240
FIRST_CROSSING = date(2000, 1, 1)
WORK, OTHER = "1", "OTHER"

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


def check(
    specs: Mapping[str, FieldSpec], values: Mapping[str, str], *, direction: str, on: date | None
) -> tuple[Broken, ...]:
    """Hold the values of one card against all rules.

    Parameters
    ----------
    specs
        The fields of the card's form by name; which rules concern them their roles say.
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
    card = _Card(specs, values, direction, on)
    broken = [rule for rules in _CHECKS for rule in rules(card)]
    return tuple(sorted(broken, key=lambda b: RULES.index(b.rule)))


@dataclass(frozen=True)
class _Card:
    """The arguments of `check`."""

    specs: Mapping[str, FieldSpec]
    values: Mapping[str, str]
    direction: str
    on: date | None

    def named(self, role: Role) -> Iterator[FieldSpec]:
        """The fields that were read and have a role."""
        return (spec for spec in self.specs.values() if spec.role is role and spec.name in self.values)

    def known(self, role: Role) -> tuple[str, str]:
        """The field that has a role, and its value; empty where there is none to compare."""
        for spec in self.named(role):
            return spec.name, self.value(spec.name)
        return "", ""

    def value(self, name: str) -> str:
        """The value of a field, or empty where there is none to compare."""
        value = self.values.get(name, "")
        return "" if value == NOT_IN_LEXICON else value


def _places(card: _Card) -> Iterator[Broken]:
    """Places lie in what narrows them: a district in its region, a place abroad in its country."""
    for rule, role in (("district_in_region", Role.HOME_DISTRICT), ("region_in_country", Role.PLACE_ABROAD)):
        for spec in card.named(role):
            outer = spec.within or ""
            if card.value(outer) == OTHER:
                outer = card.specs[outer].specify or ""
            around, place = card.value(outer), card.value(spec.name)
            entry = load_lexicon(spec.lexicon).entries.get(place) if spec.lexicon else None
            if around and entry and entry.parent != around:
                yield Broken(rule, (outer, spec.name))


def _dates(card: _Card) -> Iterator[Broken]:
    (born, birth_text), (crossed, crossing_text) = card.known(Role.BIRTH_DATE), card.known(Role.CROSSING_DATE)
    birth, crossing = parse_iso(birth_text), parse_iso(crossing_text)
    for field, text, day in ((born, birth_text, birth), (crossed, crossing_text, crossing)):
        if text and day is None:
            yield Broken("date_real", (field,))
    if crossing and (crossing < FIRST_CROSSING or (card.on is not None and crossing > card.on)):
        yield Broken("crossing_in_time", (crossed,))
    day, day_fields = (crossing, (crossed,)) if crossing else (card.on, ())
    if not birth or not day:
        return
    years, (purpose, why) = _years(birth, day), card.known(Role.PURPOSE)
    if birth > day:
        yield Broken("birth_before_crossing", (born, *day_fields))
    elif years > OLDEST_AGE:
        yield Broken("age_plausible", (born, *day_fields))
    elif years < WORKING_AGE and why == WORK:
        yield Broken("age_fits_work", (born, purpose, *day_fields))


def _names(card: _Card) -> Iterator[Broken]:
    ticked, sex = card.known(Role.SEX)
    for role in (Role.SURNAME, Role.PATRONYMIC):
        field, name = card.known(role)
        ending = sex_of_ending(name)
        if ending and sex in ("M", "F") and ending != sex:
            yield Broken(f"{role}_fits_sex", (ticked, field))


def _sides(card: _Card) -> Iterator[Broken]:
    foreign = tuple(
        spec.name
        for spec in card.specs.values()
        if spec.about.direction not in (None, card.direction) and card.values.get(spec.name)
    )
    if card.direction and foreign:
        yield Broken("side_fits_direction", foreign)
    field, months = card.known(Role.STAY_MONTHS)
    if months and not (months.isdecimal() and int(months) <= LONGEST_STAY_MONTHS):
        yield Broken("stay_plausible", (field,))
    for ticked, written in ((spec.name, spec.specify) for spec in card.specs.values() if spec.specify):
        if {ticked, written} <= card.values.keys() and (card.values[ticked] == OTHER) != bool(card.values[written]):
            yield Broken("other_specified", (ticked, written))


_CHECKS: tuple[Callable[[_Card], Iterator[Broken]], ...] = (_places, _dates, _names, _sides)


def _years(birth: date, day: date) -> int:
    """Completed years of age."""
    return day.year - birth.year - ((day.month, day.day) < (birth.month, birth.day))
