"""Fields and their values as people say them."""

from __future__ import annotations

from ocr.forms.codebook import Coarser, codebook
from ocr.forms.definition import FieldKind, FieldSpec, Form
from ocr.lexicon.levels import days_of
from ocr.lexicon.lexicon import label
from ocr.reading import LevelReading, parse_iso
from review.cards.days import HalfKnownDay
from review.cards.meanings import Sought, dictionary_of
from review.decisions.validation import lexicon_codes
from store.card_state import UNKNOWN
from store.record_values import LEFT_EMPTY
from texts import Language, say
from texts.formats import date_in_words, month_name, short_date

NAMED = 8
"""Codes that are named of those that a word stands for."""


def value_label(spec: FieldSpec, value: str, language: Language) -> str:
    """A value of a field as people say it: options and codes by their names, dates in words."""
    if value in (LEFT_EMPTY, UNKNOWN):
        return say("value.empty" if value == LEFT_EMPTY else "value.unknown", language)
    if spec.kind.is_marks:
        labels = {option.code: option.label for option in spec.options}
        return "; ".join(labels.get(code, code) for code in value.split("|"))
    if spec.kind is FieldKind.DATE:
        day = parse_iso(value)
        return value if day is None else date_in_words(day, language)
    if spec.kind is FieldKind.SIGNATURE:
        return say("value.signed", language)
    if spec.lexicon and lexicon_codes(spec.lexicon) is not None:
        return f"{label(spec.lexicon, value, language)} ({value})"
    return value


def sought_label(spec: FieldSpec, sought: Sought, language: Language) -> tuple[str, int]:
    """What is looked for in a field as people say it, and how much more there is that is not said."""
    if isinstance(sought, HalfKnownDay):
        if not sought.is_span or sought.first is None or sought.last is None:
            return ".".join(reversed(sought.pattern.replace("_", "?").split("-"))), 0
        return " – ".join(dict.fromkeys((short_date(sought.first), short_date(sought.last)))), 0
    name = dictionary_of(spec)
    named = ((label(name, code, language) if name else value_label(spec, code, language), code) for code in sought)
    return "; ".join(f"{words} ({code})" for words, code in list(named)[:NAMED]), max(0, len(sought) - NAMED)


def group_label(form: Form, spec: FieldSpec, group: LevelReading, language: Language) -> str:
    """The group of a value that is not settled, as people say it: a region, a major group, a month."""
    level, code = Coarser(group.level), group.code
    if level is Coarser.YEAR:
        return code
    if level is Coarser.MONTH:
        month = days_of(code)[0]
        return f"{month_name(month.month, language)} {month.year}"
    if level is Coarser.PARENT:
        outer = form.by_name.get(spec.within or "")
        dictionary = outer.about.dictionary if outer else None
    else:
        dimensions = codebook().dimension.items()
        dictionary = next(
            (d.dictionary for n, d in dimensions if d.digits and spec.about.column in (n, d.column)), None
        )
    return f"{label(dictionary, code, language)} ({code})" if dictionary else code
