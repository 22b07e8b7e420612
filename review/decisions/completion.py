"""Completion of coded answers while a person types: by code, or by words in Russian, Tajik or English.

Names get no suggestions, nor do dates and numbers: they are typed from the crop, and a list would only suggest a wrong
one that is common.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache

from rapidfuzz import process
from rapidfuzz.distance import OSA

from ocr.forms.definition import FieldKind, FieldSpec
from ocr.lexicon.lexicon import Lexicon, WrittenForm, label, load_lexicon
from ocr.lexicon.normalise import fold
from texts import Language

# How well an entry fits what was typed, best first.
_CODE, _PART_OF_CODE, _NAME, _FORM, _WORD = range(5)

_FORGIVEN_FROM = 4
"""Letters from which one mistake is forgiven; two from twice as many."""

_NEAREST = 40


@dataclass(frozen=True)
class Choice:
    """One answer that the field can have.

    Attributes
    ----------
    label
        Its name in the person's language.
    also
        Its name in the other language, and the written form that was found if it is neither; may be empty.
    """

    code: str
    label: str
    also: str


@dataclass(frozen=True, order=True)
class _Hit:
    """How a form of an entry fits, the better the smaller; `place` is the entry's in the dictionary."""

    mistakes: int
    fit: int
    unlikely: float
    length: int
    place: int
    form: str
    code: str


@dataclass(frozen=True)
class _Start:
    """The rest of a written form from the beginning of one of its words, folded."""

    key: str
    form: WrittenForm
    fit: int


def complete(spec: FieldSpec, typed: str, language: Language, limit: int = 8) -> list[Choice]:
    """What a person may mean who has typed so far, likeliest first.

    Russian letters may stand for the Tajik ones that are like them (`ocr.lexicon.normalise.fold`). From four letters
    on a mistyped, missing, doubled or exchanged letter is forgiven (the four mistakes of typing, Damerau 1964).

    Parameters
    ----------
    typed
        A code or part of it, or the beginning of a name or of any word of it.
    language
        Of the labels.

    Returns
    -------
    list of Choice
        All options of a tick field in the form's order; nothing for a field that no closed dictionary answers.
    """
    if spec.kind.is_marks:
        return [Choice(option.code, option.label, "") for option in spec.options]
    if spec.lexicon is None or spec.kind is FieldKind.DATE or not typed.strip():
        return []
    lexicon = load_lexicon(spec.lexicon)
    if lexicon.is_open:
        return []
    best: dict[str, _Hit] = {}
    for find in (_by_code, _by_words, _nearly):
        if len(best) < limit:
            for hit in find(lexicon, typed):
                best[hit.code] = min(hit, best.get(hit.code, hit))
    return [_choice(lexicon, hit, language) for hit in sorted(best.values())[:limit]]


def _by_code(lexicon: Lexicon, typed: str) -> Iterator[_Hit]:
    """Entries whose code, with or without its country, begins so."""
    wanted = typed.strip().upper()
    for place, code in enumerate(lexicon.entries):
        if code.startswith(wanted) or code.partition("-")[2].startswith(wanted):
            yield _Hit(0, _CODE if code == wanted else _PART_OF_CODE, 0, len(code), place, "", code)


def _by_words(lexicon: Lexicon, typed: str) -> Iterator[_Hit]:
    """Entries of which a form has a word that begins so."""
    starts, places = _starts(lexicon)
    wanted = _wanted(typed)
    return (_hit(start, 0, places) for start in starts if start.key.startswith(wanted))


def _nearly(lexicon: Lexicon, typed: str) -> Iterator[_Hit]:
    """Entries of which a form has a word that begins nearly so."""
    starts, places = _starts(lexicon)
    key = fold(typed)
    most = len(key) // _FORGIVEN_FROM
    for length in (len(key) - 1, len(key), len(key) + 1) if most else ():  # a missing letter shifts the rest
        cut = _cut(lexicon, length)
        near = process.extract(key, cut, scorer=OSA.distance, score_cutoff=min(most, 2), limit=_NEAREST)
        yield from (_hit(starts[i], int(mistakes), places) for _, mistakes, i in near)


def _wanted(typed: str) -> tuple[str, ...]:
    """Folded beginnings that are looked for: while дж, folded to ч, is half typed it may be either."""
    key = fold(typed)
    keys = (key, typed.strip().casefold())  # Latin letters that are drawn like Cyrillic ones may be Latin
    return (*keys, f"{key[:-1]}ч") if key.endswith("д") else keys


@lru_cache(maxsize=16)
def _starts(lexicon: Lexicon) -> tuple[tuple[_Start, ...], dict[str, int]]:
    """Beginnings of all words of all forms, and the places of the codes."""
    starts = []
    for form in lexicon.forms:
        entry = lexicon.entries[form.code]
        words = form.key.split()
        fits = [_NAME if form.text in (entry.ru, entry.tg, entry.en) else _FORM] + [_WORD] * (len(words) - 1)
        starts += [_Start(" ".join(words[i:]), form, fit) for i, fit in enumerate(fits)]
    return tuple(starts), {code: place for place, code in enumerate(lexicon.entries)}


@lru_cache(maxsize=64)
def _cut(lexicon: Lexicon, length: int) -> list[str]:
    return [start.key[:length] for start in _starts(lexicon)[0]]


def _hit(start: _Start, mistakes: int, places: Mapping[str, int]) -> _Hit:
    form = start.form
    return _Hit(mistakes, start.fit, -form.weight, len(start.key), places[form.code], form.text, form.code)


def _choice(lexicon: Lexicon, hit: _Hit, language: Language) -> Choice:
    name, entry = label(lexicon.name, hit.code, language), lexicon.entries[hit.code]
    other = entry.tg if language == "ru" else entry.ru
    shown: dict[str, str] = {}
    for text in (name, other, hit.form):
        shown.setdefault(fold(text), text)
    return Choice(hit.code, name, " · ".join(text for text in list(shown.values())[1:] if text))
