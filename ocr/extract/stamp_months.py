"""Months in words and in Roman numerals on date stamps: what the network sees there becomes two digits, or doubt."""

from __future__ import annotations

import re
from functools import lru_cache
from itertools import pairwise, product

import numpy as np
from numpy.typing import NDArray

from ocr.extract.likelihood import IMPOSSIBLE, log_softmax, sure
from ocr.extract.network import Logits
from ocr.lexicon.alphabets import DIGITS, SEPARATORS, SYMBOLS
from ocr.lexicon.ctc import log_likelihoods, merged
from ocr.lexicon.posteriors import BLANK, COLUMN, CharPosteriors

_WORDS = ["ЯНВАР", "ФЕВРАЛ", "МАРТ", "АПРЕЛ", "МА", "ИЮН", "ИЮЛ", "АВГУСТ", "СЕНТЯБР", "ОКТЯБР", "НОЯБР", "ДЕКАБР"]
_ENDINGS = ("", "Я", "Ь", "А", "Й", "И")
_SHORT = "ЯНВ ФЕВ ФЕВР МАР АПР ИЮН ИЮЛ АВГ СЕН СЕНТ ОКТ НОЯ НОЯБ ДЕК"
_ROMAN = ["I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX", "X", "XI", "XII"]
_DRAWN_ALIKE = {"I": "I1", "V": "V", "X": "XХ"}

_NONE = 0.02
"""Likelihood that some other text stands for any of the months, against a text that is one's name."""

_PARTED = re.compile(r"\D*[0-9]{1,2}[-./ ]*(?P<month>[^-./ ]+?)[-./ ]*(?:(?:19|20)[0-9]{2}|[0-9]{2})\D*")
_AMBIGUOUS = "11"
"""November in digits, or February in Roman ones."""


def months_as_digits(logits: Logits) -> Logits:
    """The logits of a line with a month's name or Roman numeral exchanged for its number; unchanged without any.

    The number's digits have the probabilities of the months, each being that of all ways to write it (`log_likelihoods`
    over the steps between day and year). What is no month's name may be any month.

    Parameters
    ----------
    logits
        float32 (T, classes): what the network sees, in all characters.

    Returns
    -------
    ndarray
        float32 (T', classes).
    """
    text, steps = _path(logits)
    parted = _PARTED.fullmatch(text)
    if parted is None or not (re.search(r"[^0-9]", parted["month"]) or parted["month"] == _AMBIGUOUS):
        return logits
    first, last = parted.span("month")
    start, end = steps[first - 1][1] + 1, steps[last][0]
    number = _digits(logits[start:end])
    return np.vstack([logits[:start], number, logits[end:]]).astype(np.float32)


def _path(logits: Logits) -> tuple[str, list[tuple[int, int]]]:
    """The likeliest text, and the first and last step of each of its characters."""
    best = logits.argmax(axis=1)
    edges = [0, *(np.flatnonzero(np.diff(best)) + 1), len(best)]
    runs = [(int(a), int(b) - 1) for a, b in pairwise(edges) if best[a] != BLANK]
    return "".join(SYMBOLS[best[a] - 1] for a, _ in runs), runs


def _digits(logits: Logits) -> NDArray[np.float64]:
    """Steps (5, classes) that hold the number of the month seen, between spaces."""
    texts, months = _ways()
    seen = merged(CharPosteriors(log_softmax(logits).astype(np.float32)), SEPARATORS)
    ways = np.exp(log_likelihoods(seen, texts))
    share = np.bincount(months, ways, minlength=13).astype(np.float64)
    share[1:] += _NONE * np.exp(seen.logp.max(axis=1).sum()) / 12
    share = share / max(float(share.sum()), np.finfo(float).tiny)
    blank, space = sure(BLANK), sure(COLUMN[" "])
    rows = [np.full_like(blank, IMPOSSIBLE) for _ in range(2)]
    for row, place in zip(rows, (10, 1), strict=True):
        values = np.bincount(np.arange(1, 13) // place % 10, share[1:], minlength=10)
        row[[COLUMN[c] for c in DIGITS]] = np.log(np.maximum(values, np.exp(IMPOSSIBLE)))
    return np.stack([space, rows[0], blank, rows[1], space])


@lru_cache(maxsize=1)
def _ways() -> tuple[list[str], NDArray[np.intp]]:
    """All that a month is written as, and its number."""
    ways: dict[str, int] = {}
    for number, (word, roman) in enumerate(zip(_WORDS, _ROMAN, strict=True), start=1):
        short = [s for s in _SHORT.split() if s[:3] == word[:3]]
        numerals = ["".join(signs) for signs in product(*(_DRAWN_ALIKE[sign] for sign in roman))]
        numerals = [text for text in numerals if text != _AMBIGUOUS]
        written = [*(word + ending for ending in _ENDINGS if word + ending != "МА"), *short, *numerals]
        ways |= dict.fromkeys([*written, str(number), f"{number:02}", *(["Ш"] if roman == "III" else [])], number)
    return list(ways), np.array(list(ways.values()), np.intp)
