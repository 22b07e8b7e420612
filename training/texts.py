"""What is written on lines: dictionary words, names, dates and numbers, and words of no language.

Half of the words are made up, so that the network learns to see letters rather than to guess words; knowing words is
the decoder's work.
"""

from __future__ import annotations

import re
from datetime import date, timedelta
from functools import lru_cache

from numpy.random import Generator

from learning.sample import CYRILLIC, DATE, PASSPORT, TEXT
from ocr.lexicon.alphabets import DIGITS, LATIN_CAPITALS, RUSSIAN, TAJIK_ONLY
from ocr.lexicon.lexicon import lexicon_names, load_lexicon

_CYRILLIC = re.compile(r"[А-яЁёҒғӢӣҚқӮӯҲҳҶҷ .\-]{2,26}")
_DATES = ("%d.%m.%Y", "%d.%m.%Y", "%d.%m.%y", "%d-%m-%Y", "%d/%m/%Y", "%d %m %Y", "%d%m%Y")
_LETTERS = RUSSIAN + TAJIK_ONLY


@lru_cache(maxsize=1)
def dictionary() -> tuple[str, ...]:
    """Every form of every dictionary that is written in Cyrillic."""
    forms = {form.text for name in lexicon_names() for form in load_lexicon(name).forms}
    return tuple(sorted(form for form in forms if _CYRILLIC.fullmatch(form)))


@lru_cache(maxsize=1)
def _pairs() -> dict[str, str]:
    """The letters that follow each letter in the dictionaries, as often as they do."""
    follow: dict[str, list[str]] = {}
    for form in dictionary():
        for a, b in zip(form.upper(), form.upper()[1:], strict=False):
            if a in _LETTERS and b in _LETTERS:
                follow.setdefault(a, []).append(b)
    return {a: "".join(b) for a, b in follow.items()}


def _made_up(rng: Generator) -> str:
    """A word of no language: now and then all letters alike often, else as one letter follows another."""
    length = int(rng.integers(2, 13))
    if rng.random() < 0.4:
        return "".join(_LETTERS[int(i)] for i in rng.integers(len(_LETTERS), size=length))
    word = _LETTERS[int(rng.integers(len(_LETTERS)))]
    while len(word) < length:
        after = _pairs().get(word[-1], _LETTERS)
        word += after[int(rng.integers(len(after)))]
    return word


def _cased(text: str, rng: Generator) -> str:
    """All capitals, a capital and small letters, small letters alone, or small letters among capitals."""
    chance = rng.random()
    if chance > 0.92:
        share = rng.uniform(0.15, 0.7)
        return "".join(c.lower() if rng.random() < share else c.upper() for c in text)
    return text.upper() if chance < 0.35 else text.title() if chance < 0.75 else text.lower()


def _number(rng: Generator) -> str:
    """Some digits, now and then in groups."""
    digits = "".join(DIGITS[int(i)] for i in rng.integers(10, size=int(rng.integers(1, 12))))
    if len(digits) > 3 and rng.random() < 0.2:
        at = int(rng.integers(1, len(digits)))
        return digits[:at] + " -./"[int(rng.integers(4))] + digits[at:]
    return digits


def _day(rng: Generator) -> str:
    day = date(1930, 1, 1) + timedelta(int(rng.integers(36_500)))
    written = day.strftime(_DATES[int(rng.integers(len(_DATES)))])
    return written.replace("0", "", 1) if written[0] == "0" and rng.random() < 0.15 else written


def _words(rng: Generator) -> str:
    """Words of the dictionaries or made up."""
    if rng.random() < 0.5:
        words = dictionary()
        return words[int(rng.integers(len(words)))]
    made = _made_up(rng)
    if rng.random() < 0.2:
        made += (" ", "-", ". ")[int(rng.integers(3))] + _made_up(rng)
    return made[:24]


def _code(letters: str, rng: Generator) -> str:
    """A letter or some, and digits: numbers of passports, houses, groups."""
    series = "".join(letters[int(i)] for i in rng.integers(len(letters), size=int(rng.integers(0, 4))))
    return series + ("", "", " ", "-", "/")[int(rng.integers(5))] * bool(series) + _number(rng)[:9]


def text(rng: Generator) -> tuple[str, int]:
    """A text and the index of its alphabet in `training.letters.MASK_NAMES`."""
    chance = rng.random()
    if chance < 0.55:
        return _cased(_words(rng), rng), CYRILLIC
    if chance < 0.71:
        return _day(rng), DATE
    if chance < 0.82:
        return _number(rng), DATE
    if chance < 0.92:
        return _code(LATIN_CAPITALS, rng), PASSPORT
    if chance < 0.97:
        code = _code(_LETTERS, rng)
        return (code if rng.random() < 0.7 else code[::-1]), TEXT
    return f"{_cased(_words(rng), rng)[:16]} {_number(rng)[:4]}", TEXT


def target(written: str) -> str:
    """What the network is to answer: capitals, spaces joined."""
    return " ".join(written.upper().split())
