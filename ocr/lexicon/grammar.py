"""Dates, numbers and passport numbers: values that follow a grammar instead of a dictionary.

For readers that give a text. `ocr.lexicon.grammar_posteriors` cannot serve them: a text says nothing of what else a
character may be, so of 300 dates with one letter read for a digit it gets none right, and this module 238.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from math import exp

from ocr.lexicon.match import NOT_IN_LEXICON, SHARPNESS
from ocr.reading import Candidate

_DIGIT_SHAPES = {
    **dict.fromkeys("ОоOoQD", "0"),
    **dict.fromkeys("IІilі|!", "1"),
    **dict.fromkeys("Zz", "2"),
    **dict.fromkeys("ЗзЭэ", "3"),
    **dict.fromkeys("Чч", "4"),
    **dict.fromkeys("Ss", "5"),
    **dict.fromkeys("Ббb", "6"),
    **dict.fromkeys("Тт?", "7"),
    **dict.fromkeys("ВвB", "8"),
    **dict.fromkeys("дgq", "9"),
}
_DIGIT_NEIGHBOURS = {
    "0": "689",
    "1": "47",
    "2": "37",
    "3": "258",
    "4": "19",
    "5": "36",
    "6": "058",
    "7": "129",
    "8": "036",
    "9": "047",
}
_SHAPE_COST, _DIGIT_COST, _NO_VALUE_COST = 0.1, 0.6, 1.0
_LATIN = str.maketrans("АВЕКМНОРСТУХІ", "ABEKMHOPCTYXI")


def decode_digits(text: str) -> tuple[Candidate, ...]:
    """Read a whole number, letters taken for the digits they look like; leading zeros stay.

    Returns
    -------
    tuple of Candidate
        The digits and `NOT_IN_LEXICON`, likelier first, as raw shares; only the latter where a character cannot
        be a digit; empty for an empty text.
    """
    compact = re.sub(r"[\s.,\-]", "", text)
    if not compact:
        return ()
    digits, cost = _as_digits(compact)
    return _ranked({digits: exp(-SHARPNESS * cost)} if digits.isdecimal() else {}, text)


def decode_date(text: str, *, earliest: date, latest: date) -> tuple[Candidate, ...]:
    """Read a date written day, month, year, with or without separators, the year in two or four digits.

    Where the digits make no date between the bounds, dates one confusable digit away are offered.

    Returns
    -------
    tuple of Candidate
        ISO dates from `earliest` to `latest` and `NOT_IN_LEXICON`, likeliest first, as raw shares; empty for an
        empty text.
    """
    if not text.strip():
        return ()
    parts = [part for part in re.split(r"[\s.,/\-–—:]+", text.strip()) if part]
    read = [_as_digits(part) for part in parts]
    cost = sum(c for _, c in read)
    groups = [digits for digits, _ in read]
    scores = {value: exp(-SHARPNESS * cost) for value in dates_of(groups, earliest, latest)}
    if not scores:
        for changed in _one_digit_changed(groups):
            for value in dates_of(changed, earliest, latest):
                scores[value] = exp(-SHARPNESS * (cost + _DIGIT_COST))
    return _ranked(scores, text)


def decode_passport(text: str) -> tuple[Candidate, ...]:
    """Read a passport's series and number: at most two letters, then 6 to 9 digits, written together.

    Letters come out Latin, so that the Cyrillic А of the old series and a Latin A compare equal.

    Returns
    -------
    tuple of Candidate
        As from `decode_digits`.
    """
    compact = re.sub(r"[\s.\-№]", "", text).upper()
    if not compact:
        return ()
    scores: dict[str, float] = {}
    for split in range(3):
        series = compact[:split].translate(_LATIN)
        number, cost = _as_digits(compact[split:])
        if re.fullmatch(r"[A-Z]*", series) and re.fullmatch(r"[0-9]{6,9}", number):
            scores[series + number] = exp(-SHARPNESS * cost)
    return _ranked(scores, text)


def _as_digits(text: str) -> tuple[str, float]:
    """The text with letters taken for digits, and the cost of that; what is neither stays a letter."""
    digits = "".join(_DIGIT_SHAPES.get(c, c) for c in text)
    return digits, _SHAPE_COST * sum(a != b for a, b in zip(text, digits, strict=True))


def dates_of(groups: list[str], earliest: date, latest: date) -> Iterator[str]:
    """ISO dates between the bounds that groups of digits may mean, as day, month, year."""
    if len(groups) != 3 or not all(len(group) in (1, 2) for group in groups[:2]):
        joined = "".join(groups)
        groups = [joined[:2], joined[2:4], joined[4:]]
    day, month, year = groups
    if not (day + month + year).isdecimal() or len(year) not in (2, 4):
        return
    years = (int(year),) if len(year) == 4 else (1900 + int(year), 2000 + int(year))
    for full in years:
        try:
            value = date(full, int(month), int(day))
        except ValueError:
            continue
        if earliest <= value <= latest:
            yield value.isoformat()


def _one_digit_changed(groups: list[str]) -> Iterator[list[str]]:
    """All ways to exchange one digit for one that looks like it."""
    for g, group in enumerate(groups):
        for i, digit in enumerate(group):
            for other in _DIGIT_NEIGHBOURS.get(digit, ""):
                yield [*groups[:g], group[:i] + other + group[i + 1 :], *groups[g + 1 :]]


def _ranked(scores: dict[str, float], text: str) -> tuple[Candidate, ...]:
    """Shares of the scores, `NOT_IN_LEXICON` among them; at most five candidates."""
    everything = {**scores, NOT_IN_LEXICON: exp(-SHARPNESS * _NO_VALUE_COST)}
    total = sum(everything.values())
    ranked = [*sorted(scores, key=lambda value: (-scores[value], value))[:4], NOT_IN_LEXICON]
    ranked.sort(key=lambda value: -everything[value])
    return tuple(Candidate(v, text.strip(), everything[v] / total) for v in ranked)
