"""From probabilities of characters to what was meant: a dictionary's forms compete with all that may be written."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from functools import lru_cache

import numpy as np

from ocr.lexicon.alphabets import LATIN_CAPITALS, SEPARATORS, STRUCK
from ocr.lexicon.beam import n_best
from ocr.lexicon.ctc import log_likelihoods, merged, thinned
from ocr.lexicon.decode import match
from ocr.lexicon.lexicon import Lexicon, WrittenForm
from ocr.lexicon.match import ANYWHERE, Scores, belonging, known, shares
from ocr.lexicon.names import decode_name_posteriors
from ocr.lexicon.normalise import fold, letters, place_kinds, plain
from ocr.lexicon.posteriors import CharPosteriors, Spelt, likeliest, spelt
from ocr.lexicon.priors import EQUAL
from ocr.reading import Candidate

_TEXTS, _SHARE = 3, 0.05  # at most so many texts are matched as texts, with at least that share of the likeliest
_SHARPNESS = 7.0  # what readers mistake is in the probabilities; writers' own mistakes are rarer
_FORMS = 60  # likeliest forms whose probability is worked out
_FAR = 25.0  # a form so much less likely than the likeliest text, as a logarithm, changes no share by more than 1e-9


def decode_posteriors(
    posteriors: CharPosteriors,
    lexicon: Lexicon,
    *,
    within: Mapping[str, float] = ANYWHERE,
    on: date | None = None,
    expected: Mapping[str, float] = EQUAL,
    limit: int = 5,
) -> tuple[Candidate, ...]:
    """Match probabilities of characters to a dictionary.

    The score of an entry is the sum, over texts that may stand there, of the text's probability times the likelihood
    that a writer who means the entry writes that text. The texts are the entry's own forms, with and without the Tajik
    letters, whose probability is exact, and the likeliest texts whatever they are, matched as `decode` matches a text:
    misspelt, shortened, with words added. Those texts also vote for `NOT_IN_LEXICON`.

    Parameters
    ----------
    within
        As for `decode`; for a dictionary of names the shares of ``M`` and ``F``.
    on
        Day of the card.
    expected
        How much more each code is to be expected than others, as from `ocr.lexicon.priors`.

    Returns
    -------
    tuple of Candidate
        As from `decode`; empty where the likeliest text is empty.
    """
    if lexicon.is_open:
        return decode_name_posteriors(posteriors, lexicon, within, limit)
    spaced = thinned(merged(merged(posteriors, STRUCK), SEPARATORS, " "))
    texts = n_best(spaced)
    if not texts or not fold(texts[0][0]):
        return ()
    scores: Scores = {}
    different = _different(texts)
    for same, p in different:
        for value, (score, written) in match(same[0], lexicon, within, on, _SHARPNESS).items():
            _add(scores, value, p * score, written)
    parents = known(within, lexicon.parents)
    matched = {letters(text) for same, _ in different for text in same}
    for form, p in _weighed(merged(spaced, " "), lexicon, on, matched, texts[0][1] - _FAR):
        prior = belonging(lexicon.entries[form.code].parent, parents) if parents else 1.0
        _add(scores, form.code, p * form.weight * prior, form.text)
    weighed = {value: (score * expected.get(value, 1.0), text) for value, (score, text) in scores.items()}
    return shares(weighed, sum(score for score, _ in weighed.values()), limit)


def _different(texts: list[tuple[str, float]]) -> list[tuple[list[str], float]]:
    """The likeliest groups of texts that differ only in Tajik letters and punctuation, with their probabilities."""
    found: dict[tuple[str, frozenset[str]], tuple[list[str], float]] = {}
    for text, logp in texts:
        key = fold(text), place_kinds(text)
        same, p = found.get(key, ([], 0.0))
        found[key] = [*same, text], p + float(np.exp(logp))
    ranked = sorted(found.values(), key=lambda group: -group[1])
    return [group for group in ranked[:_TEXTS] if group[1] > _SHARE * ranked[0][1]]


def _weighed(
    posteriors: CharPosteriors, lexicon: Lexicon, on: date | None, but: set[str], least: float
) -> Iterator[tuple[WrittenForm, float]]:
    """The likeliest forms with their probabilities, one form for a code and text, without texts already matched."""
    known_texts, forms = _spelt(lexicon)
    found: dict[tuple[str, str], WrittenForm] = {}
    for text in (known_texts.texts[i] for i in likeliest(posteriors, known_texts, _FORMS, least)):
        for form in forms[text] if text not in but else ():
            best = found.get((form.code, text))
            if form.valid(on) and (best is None or form.weight > best.weight):
                found[form.code, text] = form
    chances = np.exp(log_likelihoods(posteriors, [text for _, text in found]))
    return zip(found.values(), map(float, chances), strict=True)


@lru_cache(maxsize=32)
def _spelt(lexicon: Lexicon) -> tuple[Spelt, Mapping[str, tuple[WrittenForm, ...]]]:
    """Letters of all Cyrillic forms, with and without Tajik ones, and the forms written so."""
    forms: dict[str, list[WrittenForm]] = {}
    for form in lexicon.forms:
        text = letters(form.text)
        if not set(text) & set(LATIN_CAPITALS):
            for written in dict.fromkeys((text, plain(text))):
                forms.setdefault(written, []).append(form)
    return spelt(forms), {text: tuple(same) for text, same in forms.items()}


def _add(scores: Scores, value: str, score: float, text: str) -> None:
    """Add to a value's score; its text is that of the largest part."""
    sum_before, text_before = scores.get(value, (0.0, text))
    scores[value] = sum_before + score, text if score > sum_before else text_before
