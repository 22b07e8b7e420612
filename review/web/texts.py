"""Words of the pages, in Russian, Tajik and English, from one catalogue (`texts.toml`)."""

from __future__ import annotations

import tomllib
from functools import cache
from pathlib import Path
from typing import Any

from ocr.forms.definition import FieldKind, FieldSpec
from ocr.lexicon.lexicon import label
from ocr.reading import parse_iso
from review.decisions.validation import lexicon_codes
from store.card_state import UNKNOWN
from store.record import LEFT_EMPTY
from texts.messages import LANGUAGES, Language

CATALOGUE = Path(__file__).parent / "texts.toml"


@cache
def catalogue() -> dict[str, dict[str, dict[str, str]]]:
    """All texts: section, key, language."""
    return tomllib.loads(CATALOGUE.read_text("utf-8"))


def text(key: str, language: Language, **values: Any) -> str:
    """Text ``section.key`` in a language with its places filled in.

    Raises
    ------
    KeyError
        There is no such text.
    """
    section, _, name = key.partition(".")
    return catalogue()[section][name][language].format(**values)


def section(name: str, language: Language) -> dict[str, str]:
    """All texts of a section, unfilled: what a script needs."""
    return {key: texts[language] for key, texts in catalogue()[name].items()}


def value_label(spec: FieldSpec, value: str, language: Language) -> str:
    """A value of a field as people say it: options and codes by their names, dates in words."""
    if value in (LEFT_EMPTY, UNKNOWN):
        return text("value.empty" if value == LEFT_EMPTY else "value.unknown", language)
    if spec.kind.is_marks:
        labels = {option.code: option.label for option in spec.options}
        return "; ".join(labels.get(code, code) for code in value.split("|"))
    if spec.kind is FieldKind.DATE:
        return date_words(value, language)
    if spec.kind is FieldKind.SIGNATURE:
        return text("value.signed", language)
    if spec.lexicon and lexicon_codes(spec.lexicon) is not None:
        return f"{label(spec.lexicon, value, language)} ({value})"
    return value


def date_words(value: str, language: Language) -> str:
    """An ISO date with the month in words."""
    day = parse_iso(value)
    if day is None:
        return value
    months = text("value.months", language).split()
    return f"{day.day} {months[day.month - 1]} {day.year}"


def best_language(accepted: str) -> Language:
    """The first of our languages in an Accept-Language header, else Russian."""
    for part in accepted.lower().split(","):
        code = part.split(";")[0].strip()[:2]
        for language in LANGUAGES:
            if code == language:
                return language
    return "ru"
