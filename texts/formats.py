"""Numbers and dates as people write them. CLDR (by Babel) says how, but for the look that the tables always had."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from functools import cache

from babel.dates import format_date, format_datetime, get_month_names
from babel.numbers import NumberPattern, parse_pattern

from texts.languages import locale

MINUS = "\u2212"
"""The sign of print; CLDR has the hyphen of the keyboard."""


def write_number(value: int | float | Decimal, language: str, decimals: int = 0) -> str:
    """Write a number as the language does: 12 345,6 in Russian and Tajik, 12,345.6 in English; halves to even."""
    exact = Decimal(value)  # not by way of its shortest decimals, which may round to the other side
    text: str = _pattern(decimals).apply(abs(exact), locale(language))
    return (MINUS if exact < 0 and text.strip("0.,") else "") + text


def write_percent(share: float, language: str, decimals: int = 0) -> str:
    """Write a share, 0..1, in per cent: 12,3 %, in all languages with the space of ISO 31 before the sign."""
    return f"{write_number(100 * share, language, decimals)} %"


def month_name(month: int, language: str) -> str:
    """Name of a month, 1 to 12, as it stands alone."""
    return _months(language)[month - 1]


def months_of_dates(language: str) -> tuple[str, ...]:
    """Names of the months as they stand after a day: 17 мая, 17 майи, 17 May."""
    if language == "tg":
        return tuple(f"{name}и" for name in _months(language))  # the izofat, which CLDR leaves out
    return tuple(get_month_names("wide", "format", locale(language)).values())


def date_in_words(day: date, language: str) -> str:
    """A date with the month in words: 17 мая 1990."""
    return f"{day.day} {months_of_dates(language)[day.month - 1]} {day.year}"


def write_date(day: date, language: str) -> str:
    """Write a date as publications do: 31.12.2026, in English 31 December 2026."""
    return date_in_words(day, language) if language == "en" else short_date(day)


def short_date(day: date) -> str:
    """A date as it stands on the cards and is typed into the pages, in every language: 31.12.2026."""
    return format_date(day, "dd.MM.yyyy", locale("ru"))


def short_moment(at: datetime) -> str:
    """A moment (aware) by the clock of this machine, in every language: 31.12.2026 23:59."""
    return format_datetime(at.astimezone().replace(tzinfo=None), "dd.MM.yyyy HH:mm", locale=locale("ru"))


@cache
def _months(language: str) -> tuple[str, ...]:
    names = get_month_names("wide", "stand-alone", locale(language)).values()
    # CLDR gives Tajik months a capital; Tajik orthography writes them small, as Russian does.
    return tuple(name.lower() if language == "tg" else name for name in names)


@cache
def _pattern(decimals: int) -> NumberPattern:
    return parse_pattern("#,##0" + (f".{'0' * decimals}" if decimals else ""))


def write_duration(seconds: float) -> str:
    """Hours, minutes and seconds, in every language: 1:05:09, 5:09; of an hour and more to the minute: 2:35:00."""
    whole = round(seconds) if seconds < 3600 else 60 * round(seconds / 60)
    hours, rest = divmod(whole, 3600)
    return f"{hours}:{rest // 60:02}:{rest % 60:02}" if hours else f"{rest // 60}:{rest % 60:02}"
