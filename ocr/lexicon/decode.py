"""From the text that was read to what was meant: ranked codes of a dictionary, with 'none of them' among them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from math import exp

from rapidfuzz import fuzz, process
from rapidfuzz.distance import Levenshtein

from ocr.lexicon.distance import distance
from ocr.lexicon.lexicon import Lexicon, WrittenForm
from ocr.lexicon.match import (
    ANYWHERE,
    FAR,
    NOT_IN_LEXICON,
    SHARPNESS,
    SHORTLIST,
    Scores,
    belonging,
    keep_best,
    known,
    near,
    shares,
    unlisted,
)
from ocr.lexicon.names import decode_name
from ocr.lexicon.normalise import fold, place_kinds
from ocr.reading import Candidate

_CLOSE = 1.0
_KIND_UNNAMED, _KIND_OTHER = 0.6, 0.8
_PART, _UNEXPLAINED = 0.3, 0.1
_UNEXPLAINED_DOUBT = 0.3


def decode(
    text: str,
    lexicon: Lexicon,
    *,
    within: Mapping[str, float] = ANYWHERE,
    on: date | None = None,
    limit: int = 5,
) -> tuple[Candidate, ...]:
    """Match a reading to a dictionary.

    A shortlist by normalised Levenshtein similarity (RapidFuzz) is ordered by weighted edit distance. For a
    dictionary of names the written text itself is a candidate and needs no entry.

    Parameters
    ----------
    text
        As read.
    within
        Shares of the codes that the entry may belong to (regions, countries). Entries elsewhere rank lower but
        stay, since the field that says so may itself be wrong. Ignored where no entry belongs to any of them,
        and for names.
    on
        Day of the card: only forms that were in use for their code then are considered.
    limit
        Most candidates to return, `NOT_IN_LEXICON` included.

    Returns
    -------
    tuple of Candidate
        Different values, likeliest first; raw shares that sum to at most 1; empty for an empty text.
        A dictionary that is not of names always offers `NOT_IN_LEXICON`.
    """
    if lexicon.is_open:
        return decode_name(text, lexicon, limit)
    scores = match(text, lexicon, within, on)
    return shares(scores, sum(p for p, _ in scores.values()), limit)


def match(
    text: str, lexicon: Lexicon, within: Mapping[str, float], on: date | None, sharpness: float = SHARPNESS
) -> Scores:
    """Likelihoods of a text by what may be meant, `NOT_IN_LEXICON` among them; empty for an empty text.

    Parameters
    ----------
    sharpness
        By how much a unit of distance lowers the logarithm of the likelihood.
    """
    key = fold(text)
    if not key:
        return {}
    scores: Scores = {}
    kinds = place_kinds(text)
    parents = known(within, lexicon.parents)
    forms = list(near(key, lexicon, on))
    parts: list[tuple[WrittenForm, float]] = []
    if " " in key and min((cost for _, cost in forms), default=_CLOSE) >= _CLOSE:
        parts = list(_parts(key, lexicon, on))
    for form, cost in (*forms, *parts):
        likelihood = form.weight * exp(-sharpness * (cost + _kind_cost(kinds, form)))
        prior = belonging(lexicon.entries[form.code].parent, parents) if parents else 1.0
        keep_best(scores, form.code, likelihood * prior, form.text)
    doubt = unlisted(key, sharpness)
    if parts:  # a word left over may change the meaning
        doubt += _UNEXPLAINED_DOUBT * max(score for score, _ in scores.values())
    scores[NOT_IN_LEXICON] = (doubt, text.strip())
    return scores


def _parts(key: str, lexicon: Lexicon, on: date | None) -> Iterator[tuple[WrittenForm, float]]:
    """Valid forms that occur in the key among other words; each letter left over costs a little."""
    explained: dict[str, set[int]] = {}
    found = list(_windows(key, lexicon, on))
    words = key.split()
    for form, cost, span in found:
        if cost < _CLOSE:
            explained.setdefault(form.code, set()).update(span)
    for form, cost, span in found:
        rest = set(range(len(words))) - explained.get(form.code, set(span))
        yield form, cost + _PART + _UNEXPLAINED * sum(len(words[i]) for i in rest)


def _windows(key: str, lexicon: Lexicon, on: date | None) -> Iterator[tuple[WrittenForm, float, range]]:
    """Valid forms that nearly equal some word sequence of the key: form, distance, the words' places."""
    words = key.split()
    hits = process.extract(key, lexicon.short_keys, scorer=fuzz.partial_ratio, limit=SHORTLIST, score_cutoff=80)
    for like, _, _ in hits:
        size = like.count(" ") + 1
        spans = [range(i, i + size) for i in range(len(words) - size + 1)]
        if not spans:
            continue
        texts = [" ".join(words[i] for i in span) for span in spans]
        edits = [Levenshtein.distance(window, like) for window in texts]
        best = edits.index(min(edits))
        cost = distance(texts[best], like, FAR)
        if exp(-SHARPNESS * cost) > unlisted(like):
            span = spans[best]
            yield from ((form, cost, span) for form in lexicon.by_key[like] if form.valid(on))


def _kind_cost(kinds: frozenset[str], form: WrittenForm) -> float:
    """Cost of a text that names another kind of place (city, district, …) than the form, or none."""
    if kinds == form.kinds or kinds & form.kinds:
        return 0.0
    return _KIND_OTHER if kinds and form.kinds else _KIND_UNNAMED
