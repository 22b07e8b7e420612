"""What is written on lines: dictionary words, names, dates and numbers, and words of no language.

Half of the words are made up, so that the network learns to see letters rather than to guess words; knowing words is
the decoder's work.
"""

from __future__ import annotations

import re
from datetime import date, timedelta
from functools import lru_cache

from numpy.random import Generator

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
    chance = rng.random()
    return text.upper() if chance < 0.5 else text.title() if chance < 0.88 else text.lower()


def text(rng: Generator) -> tuple[str, int]:
    """A text and the index of its alphabet in `training.letters.MASK_NAMES`."""
    chance = rng.random()
    if chance < 0.38:
        words = dictionary()
        return _cased(words[int(rng.integers(len(words)))], rng), 0
    if chance < 0.72:
        made = _made_up(rng)
        if rng.random() < 0.2:
            made += (" ", "-", ". ")[int(rng.integers(3))] + _made_up(rng)
        return _cased(made[:24], rng), 0
    if chance < 0.9:
        day = date(1930, 1, 1) + timedelta(int(rng.integers(36_500)))
        return day.strftime(_DATES[int(rng.integers(len(_DATES)))]), 1
    digits = "".join(DIGITS[int(i)] for i in rng.integers(10, size=int(rng.integers(1, 10))))
    if chance < 0.95:
        return digits, 1
    series = "".join(LATIN_CAPITALS[int(i)] for i in rng.integers(26, size=int(rng.integers(0, 4))))
    return series + (" " if rng.random() < 0.2 and series else "") + digits, 2


def target(written: str) -> str:
    """What the network is to answer: capitals, spaces joined."""
    return " ".join(written.upper().split())
