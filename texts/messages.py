"""Asking for a text."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from string import Formatter
from typing import Any

from texts.catalogue import catalogue
from texts.formats import write_date, write_number
from texts.languages import LANGUAGES, Label, Language, locale


def say(key: str, language: Language, **values: Any) -> str:
    """Text ``section.key`` in a language with its places filled in.

    A place ``{cards:n}`` takes a number, written as the language writes it; in ``{card}`` numbers stay as they are, for
    numbers of cards and pages are names. Dates are always written as the language writes them. Where a text has forms,
    ``count`` chooses one (`texts.catalogue.Forms`).

    Raises
    ------
    KeyError
        There is no such text, or a value is missing.
    """
    section, _, name = key.partition(".")
    text = catalogue()[section][name][language]
    if not isinstance(text, str):
        text = text[locale(language).plural_form(values["count"])]
    return _Writer(language).vformat(text, (), values)


def say_all(key: str, **values: Any) -> Label:
    """Text ``section.key`` in all languages with its places filled in, as `say` does."""
    return Label(*(say(key, language, **values) for language in LANGUAGES))


def section(name: str, language: Language) -> dict[str, str]:
    """All texts of a section, unfilled: what a script needs. None of them may have forms."""
    return {key: str(texts[language]) for key, texts in catalogue()[name].items()}


def refusal_message(reason: str, detail: str, language: Language) -> str:
    """Why a sheet was refused (`ocr.reading.Refused`) and what to do."""
    key, *numbers = detail.split(" ")
    if key in catalogue()["detail"]:
        places = dict(zip(("first", "second"), (_as_written(number, language) for number in numbers), strict=False))
        detail = say(f"detail.{key}", language, **places)
    return say(f"refusal.{reason}", language, detail=detail)


def rule_message(rule: str, language: Language) -> str:
    """What a broken rule between fields means (`ocr.lexicon.rules.RULES`), as a sentence."""
    return say(f"rule.{rule}", language)


def why_message(why: str, language: Language) -> str:
    """Why a field waits for a person (`ocr.reading.Why`, or ``rule:NAME``)."""
    kind, _, rule = why.partition("rule:")
    return rule_message(rule, language) if not kind and rule else say(f"why.{why}", language)


def _as_written(number: str, language: Language) -> str:
    """A number with as many decimals as it has."""
    return write_number(Decimal(number), language, len(number.partition(".")[2]))


class _Writer(Formatter):
    """Fills places in the way of one language."""

    def __init__(self, language: str) -> None:
        self.language = language

    def format_field(self, value: Any, format_spec: str) -> str:
        """Write one value."""
        if isinstance(value, date):
            return write_date(value, self.language)
        if format_spec == "n" and isinstance(value, int | float | Decimal):
            return write_number(value, self.language)
        return str(super().format_field(value, format_spec))
