"""Rules between the fields of one card. A broken rule names its fields and sends them to people."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from ocr.errors import BadInputError
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

_MESSAGES: dict[str, dict[str, str]] = {
    "district_in_region": {
        "ru": "Город или район не относится к указанной области.",
        "tg": "Шаҳр ё ноҳия ба вилояти нишондодашуда тааллуқ надорад.",
        "en": "The city or district does not belong to the region given.",
    },
    "date_real": {
        "ru": "Такой даты не бывает.",
        "tg": "Чунин сана вуҷуд надорад.",
        "en": "There is no such date.",
    },
    "birth_before_crossing": {
        "ru": "Дата рождения позже даты пересечения границы.",
        "tg": "Санаи таваллуд баъд аз санаи убури сарҳад аст.",
        "en": "The date of birth is later than the date of crossing.",
    },
    "crossing_in_time": {
        "ru": "Дата пересечения границы раньше 2000 года или ещё не наступила.",
        "tg": "Санаи убури сарҳад пеш аз соли 2000 аст ё ҳанӯз нарасидааст.",
        "en": "The date of crossing lies before 2000 or in the future.",
    },
    "age_plausible": {
        "ru": "Возраст больше 110 лет.",
        "tg": "Синну сол аз 110 зиёд аст.",
        "en": "The age is above 110.",
    },
    "surname_fits_sex": {
        "ru": "Окончание фамилии не соответствует полу.",
        "tg": "Пасванди насаб ба ҷинс мувофиқ нест.",
        "en": "The ending of the surname does not agree with the sex.",
    },
    "patronymic_fits_sex": {
        "ru": "Окончание отчества не соответствует полу.",
        "tg": "Пасванди номи падар ба ҷинс мувофиқ нест.",
        "en": "The ending of the patronymic does not agree with the sex.",
    },
    "region_in_country": {
        "ru": "Регион не относится к указанной стране.",
        "tg": "Минтақа ба кишвари нишондодашуда тааллуқ надорад.",
        "en": "The region does not belong to the country given.",
    },
    "side_fits_direction": {
        "ru": "Заполнено поле, которого нет на этой стороне карточки.",
        "tg": "Майдоне пур шудааст, ки дар ин тарафи варақа нест.",
        "en": "A field is filled that this side of the card does not have.",
    },
    "age_fits_work": {
        "ru": "Цель поездки — работа, а возраст меньше 14 лет.",
        "tg": "Мақсади сафар кор аст, вале синну сол аз 14 кам аст.",
        "en": "The purpose is work but the age is below 14.",
    },
    "stay_plausible": {
        "ru": "Срок пребывания не лежит между 0 и 240 месяцами.",
        "tg": "Муҳлати будубош дар байни 0 ва 240 моҳ нест.",
        "en": "The length of stay is not between 0 and 240 months.",
    },
    "other_specified": {
        "ru": "Отмечено «другая страна», но страна не написана, или страна написана без этой отметки.",
        "tg": "«Кишвари дигар» қайд шудааст, вале ном навишта нашудааст, ё ном бе ин қайд навишта шудааст.",
        "en": "'Other country' is ticked but none is written, or one is written without that tick.",
    },
}

RULES = tuple(_MESSAGES)
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


def rule_message(rule: str, language: str) -> str:
    """What a broken rule means, as a sentence.

    Parameters
    ----------
    rule
        One of `RULES`.
    language
        ``ru``, ``tg`` or ``en``.

    Raises
    ------
    BadInputError
        There is no such rule or language.
    """
    try:
        return _MESSAGES[rule][language]
    except KeyError:
        raise BadInputError(f"There is no message for rule {rule!r} in {language!r}.") from None


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
    if foreign:
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
