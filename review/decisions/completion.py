"""Completion of coded answers while a person types: by code, or by words in Russian, Tajik or English.

Names get no suggestions, nor do dates and numbers: they are typed from the crop, and a list would only suggest a wrong
one that is common. Places are called what they were called on the day of the card.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from math import log2

from rapidfuzz import process
from rapidfuzz.distance import OSA

from ocr.forms.definition import FieldKind, FieldSpec
from ocr.lexicon.lexicon import Lexicon, WrittenForm, load_lexicon
from ocr.lexicon.normalise import fold
from ocr.lexicon.priors import EQUAL
from texts import Language, say

# How well an entry fits what was typed, best first: the whole of it, its beginning, the beginning of a word within.
_WHOLE, _BEGINNING, _WITHIN = range(3)

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
        Its name in the other language, its present one where it was called otherwise on the day, and the written form
        that was found if it is none of these; may be empty.
    """

    code: str
    label: str
    also: str


@dataclass(frozen=True, order=True)
class _Hit:
    """How a form of an entry fits, the better the smaller; `place` is the entry's in the dictionary.

    `untimely` is a form that did not mean the entry on the day of the card: the day may be wrong, so it comes last.
    `rare` counts how often the entry's frequency would have to double to be the usual one. Between entries about as
    frequent as one another it is the fit that decides, so that a few records more change no order.
    """

    mistakes: int
    untimely: bool
    partial: bool
    rare: int
    fit: int
    unlikely: float
    length: int
    place: int
    form: str
    code: str


@dataclass(frozen=True)
class WordStart:
    """The rest of a written form from the beginning of one of its words, folded."""

    key: str
    form: WrittenForm
    within: bool


@dataclass(frozen=True)
class _Asked:
    """What was typed about a dictionary, how frequent its entries are, and the day of the card."""

    lexicon: Lexicon
    typed: str
    expected: Mapping[str, float]
    on: date | None

    def rare(self, code: str) -> int:
        """As in `_Hit`."""
        return -round(log2(self.expected.get(code, 1.0)))


def complete(
    spec: FieldSpec,
    typed: str,
    language: Language,
    limit: int = 8,
    *,
    expected: Mapping[str, float] = EQUAL,
    on: date | None = None,
) -> list[Choice]:
    """What a person may mean who has typed so far, likeliest first.

    What was typed in full comes first, then what is frequent.

    Russian letters may stand for the Tajik ones that are like them (`ocr.lexicon.normalise.fold`). From four letters
    on a mistyped, missing, doubled or exchanged letter is forgiven (the four mistakes of typing, Damerau 1964).

    Parameters
    ----------
    typed
        A code or part of it, or the beginning of a name or of any word of it.
    language
        Of the labels.
    expected
        Factor by code: how much more frequent it is than with equal chances (`review.decisions.frequency`).
    on
        Day of the card, where it is known.

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
    asked = _Asked(lexicon, typed, expected, on)
    for find in (_by_code, _by_words, _nearly):
        if len(best) < limit:
            for hit in find(asked):
                best[hit.code] = min(hit, best.get(hit.code, hit))
    return [_choice(asked, hit, language) for hit in sorted(best.values())[:limit]]


def _by_code(asked: _Asked) -> Iterator[_Hit]:
    """Entries whose code, with or without its country, begins so."""
    wanted = asked.typed.strip().upper()
    for place, code in enumerate(asked.lexicon.entries):
        without_country = code.partition("-")[2]
        if code.startswith(wanted) or without_country.startswith(wanted):
            partial = wanted not in (code, without_country)
            fit = _BEGINNING if partial else _WHOLE
            yield _Hit(0, False, partial, asked.rare(code), fit, 0, len(code), place, "", code)


def _by_words(asked: _Asked) -> Iterator[_Hit]:
    """Entries of which a form has a word that begins so."""
    wanted = _wanted(asked.typed)
    starts = word_starts(asked.lexicon)
    return (_hit(asked, start, 0, whole=start.key in wanted) for start in starts if start.key.startswith(wanted))


def _nearly(asked: _Asked) -> Iterator[_Hit]:
    """Entries of which a form has a word that begins nearly so."""
    near = nearly(asked.lexicon, fold(asked.typed), _NEAREST)
    return (_hit(asked, start, mistakes, whole=False) for start, mistakes in near)


def nearly(lexicon: Lexicon, key: str, limit: int | None) -> Iterator[tuple[WordStart, int]]:
    """Words that begin with a few mistakes as what was typed does, and how many; the same one may come several times.

    Parameters
    ----------
    key
        What was typed, folded.
    limit
        Most words of each length.
    """
    starts = word_starts(lexicon)
    most = min(len(key) // _FORGIVEN_FROM, 2)
    for length in (len(key) - 1, len(key), len(key) + 1) if most else ():  # a missing letter shifts the rest
        near = process.extract(key, _cut(lexicon, length), scorer=OSA.distance, score_cutoff=most, limit=limit)
        yield from ((starts[i], int(mistakes)) for _, mistakes, i in near)


def _wanted(typed: str) -> tuple[str, ...]:
    """Folded beginnings that are looked for: while дж, folded to ч, is half typed it may be either."""
    key = fold(typed)
    keys = (key, typed.strip().casefold())  # Latin letters that are drawn like Cyrillic ones may be Latin
    return (*keys, f"{key[:-1]}ч") if key.endswith("д") else keys


@lru_cache(maxsize=16)
def word_starts(lexicon: Lexicon) -> tuple[WordStart, ...]:
    """Beginnings of all words of all forms."""
    starts = []
    for form in lexicon.forms:
        words = form.key.split()
        starts += [WordStart(" ".join(words[i:]), form, i > 0) for i in range(len(words))]
    return tuple(starts)


@lru_cache(maxsize=16)
def _places(lexicon: Lexicon) -> dict[str, int]:
    return {code: place for place, code in enumerate(lexicon.entries)}


@lru_cache(maxsize=64)
def _cut(lexicon: Lexicon, length: int) -> list[str]:
    return [start.key[:length] for start in word_starts(lexicon)]


def _hit(asked: _Asked, start: WordStart, mistakes: int, *, whole: bool) -> _Hit:
    form, places = start.form, _places(asked.lexicon)
    exact = whole and not start.within
    fit = _WITHIN if start.within else _WHOLE if exact else _BEGINNING
    rare, length = asked.rare(form.code), len(form.text)  # of the key parts are left out, as of "обл."
    untimely = not form.valid(asked.on)
    return _Hit(mistakes, untimely, not exact, rare, fit, -form.weight, length, places[form.code], form.text, form.code)


def _choice(asked: _Asked, hit: _Hit, language: Language) -> Choice:
    then, now = asked.lexicon.entry(hit.code, asked.on), asked.lexicon.entries[hit.code]
    name, present = then.name(language), now.name(language)
    other = then.tg if language == "ru" else then.ru
    shown: dict[str, str] = {}
    for text in (name, other, "" if present == name else present, hit.form):
        shown.setdefault(fold(text), text)
    also = [say("completion.now", language, name=text) if text == present else text for text in shown.values()]
    return Choice(hit.code, name, " · ".join(text for text in also[1:] if text))
