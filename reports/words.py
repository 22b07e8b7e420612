"""Words and numbers in the three languages of the tables."""

from __future__ import annotations

import tomllib
from datetime import date
from functools import cache
from pathlib import Path
from typing import Literal, NamedTuple

from ocr.errors import BadInputError
from ocr.forms.codebook import Name
from ocr.lexicon import lexicon

LANGUAGES: tuple[Literal["ru", "tg", "en"], ...] = ("ru", "tg", "en")
NBSP = "\u00a0"
MINUS = "\u2212"


class Label(NamedTuple):
    """One text in the three languages."""

    ru: str
    tg: str
    en: str

    def of(self, language: str) -> str:
        """The text in one language; raises BadInputError for a language that the tables do not have."""
        if language not in LANGUAGES:
            raise BadInputError(f"{language!r} is not a language of the tables ({', '.join(LANGUAGES)}).")
        return self[LANGUAGES.index(language)]


def named(name: Name) -> Label:
    """What the codebook calls something."""
    return Label(*(_printable(name.of(lang)) for lang in LANGUAGES))


def same(text: str) -> Label:
    """A text that reads alike in all languages, with what cannot be printed replaced by ``?``."""
    return Label(*[_printable(text)] * 3)


def _printable(text: str) -> str:
    """The text without control characters, which could steer a terminal or break a file."""
    return "".join(c if c.isprintable() else "?" for c in text)


@cache
def _words() -> dict[str, dict[str, str]]:
    with (Path(__file__).parent / "data" / "words.toml").open("rb") as file:
        return tomllib.load(file)


def word(name: str, **values: int | date) -> Label:
    """Look up a text of words.toml by name and fill in numbers and dates as each language writes them."""
    texts = _words()[name]
    return Label(*(texts[lang].format(**{k: _written(v, lang) for k, v in values.items()}) for lang in LANGUAGES))


def _written(value: int | date, language: str) -> str:
    return write_date(value, language) if isinstance(value, date) else write_number(value, language)


def month_name(month: int) -> Label:
    """Name of a month, 1 to 12."""
    names = _words()["months"]
    return Label(*(names[lang].split()[month - 1] for lang in LANGUAGES))


@cache
def code_label(name: str, code: str) -> Label:
    """Name of a code in a dictionary of `ocr.lexicon`; the code itself where the dictionary lacks it."""
    return Label(*(_printable(lexicon.label(name, code, lang)) for lang in LANGUAGES))


def write_number(value: int | float, language: str, decimals: int = 0) -> str:
    """Write a number as the language does: 12 345,6 in Russian and Tajik, 12,345.6 in English."""
    text = f"{abs(value):,.{decimals}f}"
    if language != "en":
        text = text.replace(",", NBSP).replace(".", ",")
    return (MINUS if value < 0 and text.strip("0.,") else "") + text


def write_date(value: date, language: str) -> str:
    """Write a date as 31.12.2026, in English as 31 December 2026."""
    if language == "en":
        return f"{value.day} {month_name(value.month).en} {value.year}"
    return f"{value:%d.%m.%Y}"
