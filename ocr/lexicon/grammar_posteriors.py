"""Dates, numbers and passport numbers from probabilities of characters: only what the grammar admits is searched."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from datetime import date
from functools import lru_cache
from math import exp

import numpy as np

from ocr.lexicon.alphabets import LATIN_CAPITALS, SEPARATORS, STRUCK
from ocr.lexicon.beam import n_best
from ocr.lexicon.ctc import merged, thinned
from ocr.lexicon.grammar import dates_of
from ocr.lexicon.match import NOT_IN_LEXICON, SHARPNESS, Scores, shares
from ocr.lexicon.plausible import Weigh
from ocr.lexicon.posteriors import BLANK, CharPosteriors
from ocr.reading import Candidate

_IMPOSSIBLE = exp(-SHARPNESS)  # prior of one text that follows no grammar, relative to one that does
_UNUSUAL = 0.1
_LEAST = np.float32(1e-30)
_APART, _STRAY = 2.5, 0.8  # gaps, and the probability that what stands behind so wide a one is no figure

_DAY, _MONTH = "(?:0[1-9]|[12][0-9]|3[01])", "(?:0[1-9]|1[0-2])"
_YEAR = "(?:[0-9]{0,2}|(?:19|20)[0-9]{1,2})"
_BETWEEN = "[ /]"
_DATE_BEGINS = re.compile(
    rf"{_BETWEEN}*(?:[0-9]?|(?:{_DAY}{_BETWEEN}*|[1-9]{_BETWEEN}+)"
    rf"(?:[0-9]?|(?:{_MONTH}{_BETWEEN}*|[1-9]{_BETWEEN}+){_YEAR}{_BETWEEN}*))"
)
_DATE_USUAL = re.compile(
    rf"[0-9]{{6}}|[0-9]{{8}}|[0-9]{{1,2}} *(?P<between>{_BETWEEN}) *[0-9]{{1,2}} *(?P=between) *(?:[0-9]{{2}}){{1,2}}"
)
_ODD_FORM = 0.02  # prior of a date that lacks a separator or mixes slashes with others: a slanting 1 looks like a slash
_PASSPORT_BEGINS = re.compile(r"[A-Z]{0,2}[0-9]{0,9}")
_USUAL_PASSPORT = re.compile(r"A[0-9]{8}|[0-9]{9}")  # А and a number, later a number alone
_PASSPORT = re.compile(r"[A-Z]{0,2}[0-9]{6,9}")


def decode_date_posteriors(
    posteriors: CharPosteriors, *, earliest: date, latest: date, weigh: Weigh, limit: int = 5
) -> tuple[Candidate, ...]:
    """Read a date written day, month, year, with or without separators, the year in two or four digits.

    Parameters
    ----------
    earliest, latest
        No date outside is real.
    weigh
        How much each is to be expected.

    Returns
    -------
    tuple of Candidate
        ISO dates and `NOT_IN_LEXICON`, likeliest first, as shares; empty where the likeliest text is empty. Where the
        first was read in no usual form they sum to little.
    """

    def dates(text: str) -> Iterable[tuple[str, float]]:
        for value in dates_of(re.findall("[0-9]+", text), earliest, latest):
            yield value, weigh(date.fromisoformat(value))

    spaced = merged(merged(posteriors, STRUCK), "-. ", " ")
    return _decode(spaced, _begins_date, dates, limit, _form_of_date)


def decode_digits_posteriors(
    posteriors: CharPosteriors, *, quantity: bool = False, limit: int = 5
) -> tuple[Candidate, ...]:
    """Read digits; a quantity that people pad with zeros loses them.

    Returns
    -------
    tuple of Candidate
        As from `decode_date_posteriors`.
    """

    def numbers(text: str) -> Iterable[tuple[str, float]]:
        return [(str(int(text)) if quantity else text, 1.0)] if text.isdecimal() else []

    return _decode(_without_strays(merged(posteriors, SEPARATORS + STRUCK)), str.isdecimal, numbers, limit)


def decode_passport_posteriors(posteriors: CharPosteriors, *, limit: int = 5) -> tuple[Candidate, ...]:
    """Read a passport's series and number: at most two letters, then 6 to 9 digits; a Cyrillic А comes out Latin.

    Returns
    -------
    tuple of Candidate
        As from `decode_date_posteriors`; what has not the nine characters of Tajik passports is never sure.
    """

    def numbers(text: str) -> Iterable[tuple[str, float]]:
        return [(text, 1.0)] if _PASSPORT.fullmatch(text) else []

    joined = merged(merged(posteriors, SEPARATORS + STRUCK), "А", LATIN_CAPITALS[0])
    return _decode(joined, _begins_passport, numbers, limit, _form_of_passport)


def _without_strays(posteriors: CharPosteriors) -> CharPosteriors:
    """Steps in which a figure far from all others, at either end, is most likely none: a frame's edge, a blot.

    Far is more than `_APART` times the widest gap between the others, or of two gaps the narrower one.
    """
    p = np.exp(posteriors.logp)
    at = np.flatnonzero(p.argmax(axis=1) != BLANK)
    starts = at[np.append(True, np.diff(at) > 1)] if len(at) else at
    gaps = np.diff(starts)
    if len(gaps) < 2:
        return posteriors
    usual = gaps[1:-1].max() if len(gaps) > 2 else gaps.min()
    ends = [at >= starts[-1]] if gaps[-1] > _APART * usual else []
    ends += [at < starts[1]] if gaps[0] > _APART * usual else []
    for end in ends:
        p[at[end]] *= 1 - _STRAY
        p[at[end], BLANK] += _STRAY
    return CharPosteriors(np.log(np.maximum(p, _LEAST))) if ends else posteriors


@lru_cache(maxsize=1 << 15)
def _begins_date(text: str) -> bool:
    return _DATE_BEGINS.fullmatch(text) is not None


def _form_of_date(text: str) -> float:
    return 1.0 if _DATE_USUAL.fullmatch(text.strip(" /")) else _ODD_FORM


def _begins_passport(text: str) -> bool:
    return _PASSPORT_BEGINS.fullmatch(text) is not None


def _form_of_passport(text: str) -> float:
    return 1.0 if _USUAL_PASSPORT.fullmatch(text) else _UNUSUAL


def _decode(
    posteriors: CharPosteriors,
    admits: Callable[[str], bool],
    values: Callable[[str], Iterable[tuple[str, float]]],
    limit: int,
    form: Callable[[str], float] = lambda text: 1.0,
) -> tuple[Candidate, ...]:
    """Values of the likeliest texts that follow a grammar; the likeliest that does not is `NOT_IN_LEXICON`.

    Parameters
    ----------
    admits
        Whether a text may be the beginning of one that follows the grammar.
    values
        What a text may mean, with priors.
    form
        How usual the form of a text is, at most 1: a prior, and what is left of all shares where the likeliest value
        was read in it.
    """
    posteriors = thinned(posteriors)
    refused: list[str] = []

    def asked(text: str) -> bool:
        if admits(text):
            return True
        refused.append(text)
        return False

    follows = n_best(posteriors, asked)
    anything = n_best(posteriors) if refused else follows
    if not anything or not anything[0][0]:
        return ()
    scores: Scores = {}
    for text, logp in follows:
        for value, prior in values(text):
            before, first = scores.get(value, (0.0, text))
            scores[value] = before + exp(logp) * prior * form(text), first
    odd = next(((text, logp) for text, logp in anything if text and not list(values(text))), None)
    scores[NOT_IN_LEXICON] = (exp(odd[1]) * _IMPOSSIBLE, odd[0]) if odd else (0.0, anything[0][0])
    total = sum(score for score, _ in scores.values())
    likeliest = max(scores, key=lambda value: scores[value][0])
    return shares(scores, total / (1.0 if likeliest == NOT_IN_LEXICON else form(scores[likeliest][1])), limit)
