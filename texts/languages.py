"""The three languages."""

from __future__ import annotations

from functools import cache
from typing import Literal, NamedTuple, get_args

from babel import Locale

Language = Literal["ru", "tg", "en"]
LANGUAGES: tuple[Language, ...] = get_args(Language)


class Label(NamedTuple):
    """One text in the three languages."""

    ru: str
    tg: str
    en: str

    def of(self, language: str) -> str:
        """The text in one language; raises ValueError for another than the three (`tuple.index`)."""
        return self[self._fields.index(language)]


@cache
def locale(language: str) -> Locale:
    """What Unicode's CLDR knows of a language; raises `babel.UnknownLocaleError`."""
    return Locale.parse(language)


def language_name(language: str, into: str) -> str:
    """What a language is called in another, or in itself, with a capital: it stands on a button."""
    name: str = locale(into).languages[language]
    return name[:1].upper() + name[1:]


def best_language(accepted: str) -> Language:
    """The first of our languages in an Accept-Language header, else Russian."""
    for part in accepted.lower().split(","):
        code = part.split(";")[0].strip()[:2]
        for language in LANGUAGES:
            if code == language:
                return language
    return "ru"
