"""What a supervisor means who looks for cards: codes by their names, days half known, names however they are spelt."""

from __future__ import annotations

import re
from collections.abc import Collection
from typing import TypeAlias

from rapidfuzz import process
from rapidfuzz.distance import OSA
from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from ocr.forms.codebook import Role
from ocr.forms.definition import FieldKind, FieldSpec
from ocr.lexicon.normalise import fold
from review.cards.codes import codes_meant
from review.cards.days import HalfKnownDay, half_known_day
from review.decisions.validation import lexicon_codes
from store.card_state import UNKNOWN
from store.spellings import key_of
from store.tables import PersonalSpelling

Sought: TypeAlias = tuple[str, ...] | HalfKnownDay
"""Any of these values, or a day."""

ANY_END = "*"
"""At the end of a searched value: whatever begins so."""

MOST_SPELLINGS = 400
"""Ways of spelling that one question looks for, the nearest first."""

_LOOKED_THROUGH = 20_000
"""Spellings that are compared with what was typed, of those that begin or end like it."""

_FORGIVEN = ((9, 2), (4, 1), (0, 0))
"""Letters from which on so many mistakes are forgiven."""

_NUMBER = re.compile(r"[0-9]{1,4}")
_BETWEEN = re.compile(r"[\s.\-№]")
_PART_OF_SERIAL = 3
_HIGHEST = "\U0010ffff"


def meaning(spec: FieldSpec, typed: str) -> Sought | None:
    """What is looked for in a field; None where what was typed means nothing there."""
    if spec.kind is FieldKind.DATE:
        return half_known_day(typed)
    if spec.role is Role.CARD_NUMBER:
        return (number,) if (number := part_of_serial(typed)) else None
    if spec.quantity:
        return (typed,) if is_number(typed) else None
    dictionary = dictionary_of(spec)
    if typed == UNKNOWN or (dictionary is None and not spec.kind.is_marks):
        return (typed,)
    words = typed.removesuffix(ANY_END)
    if dictionary is None:
        return _options(spec, words) or None
    return codes_meant(dictionary, words, begins=words != typed) or None


def is_number(typed: str) -> bool:
    """Whether it is a number as records have them."""
    return _NUMBER.fullmatch(typed) is not None


def part_of_serial(typed: str) -> str:
    """Signs of a card's number without what people write between them; empty where there are too few to look for."""
    kept = _BETWEEN.sub("", typed)
    return kept if len(kept) >= _PART_OF_SERIAL else ""


def dictionary_of(spec: FieldSpec) -> str | None:
    """The dictionary that has names for the field's codes; None where its answers are no codes."""
    name = spec.lexicon or spec.about.dictionary
    return name if name and lexicon_codes(name) is not None else None


def spelt_so(session: Session, field: str, typed: str) -> Collection[str]:
    """The ways in which a name is written that may be the one that is looked for, those most like it first.

    Tajik letters and the Russian ones that many write for them are the same. A mistyped, missing, doubled or exchanged
    letter is forgiven from four letters on, two from nine; two mistakes of which one lies in the first third and one in
    the last are not found.
    """
    key = key_of(typed)
    known = (
        select(PersonalSpelling.value, PersonalSpelling.key)
        .where(PersonalSpelling.field == field)
        .limit(_LOOKED_THROUGH)
    )
    most = next(mistakes for letters, mistakes in _FORGIVEN if len(key) >= letters)
    if not most:
        return list(session.scalars(known.where(PersonalSpelling.key == key)))
    part = len(key) // (most + 1) - (most == 1 and len(key) % 2 == 0)  # so that exchanged letters leave one end whole
    ends = ((PersonalSpelling.key, key[:part]), (PersonalSpelling.tail, key[::-1][:part]))
    keys = {
        row.value: row.key for column, end in ends for row in session.execute(known.where(begins_with(column, end)))
    }
    near = process.extract(key, keys, scorer=OSA.distance, score_cutoff=most, limit=MOST_SPELLINGS)
    return [value for _, _, value in near]


def begins_with(column: InstrumentedAttribute[str], beginning: str) -> ColumnElement[bool]:
    """That a column of `store.tables.Verbatim` begins so: a range, which both databases look up in an index."""
    return (column >= beginning) & (column < beginning + _HIGHEST)


def _options(spec: FieldSpec, typed: str) -> tuple[str, ...]:
    """Codes of the options of a field without a dictionary, by code or by a word of what is printed beside the box."""
    wanted = fold(typed)
    exact = tuple(option.code for option in spec.options if option.code == typed.strip().upper())
    return exact or tuple(
        option.code for option in spec.options if any(word.startswith(wanted) for word in fold(option.label).split())
    )
