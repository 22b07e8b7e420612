"""From what was read to what was meant: ranked codes of a dictionary, with 'none of them' among them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from math import exp

from rapidfuzz import fuzz, process
from rapidfuzz.distance import Levenshtein

from ocr.lexicon.distance import distance
from ocr.lexicon.lexicon import Form, Lexicon
from ocr.lexicon.normalise import fold, normalise_name, place_kinds
from ocr.reading import Candidate

NOT_IN_LEXICON = "?"

# The scores are raw: likelihoods exp(-SHARPNESS * cost), turned into shares. What a share is worth is learnt by
# calibration, so these constants only order candidates; they decide nothing.
SHARPNESS = 4.0
_SHORTLIST = 16
_CLOSE, _FAR = 1.0, 4.0
_KIND_UNNAMED, _KIND_OTHER = 0.6, 0.8
_OUTSIDE = 0.5
_PART, _UNEXPLAINED = 0.3, 0.1
_UNEXPLAINED_DOUBT = 0.3
_NAME_UNLISTED, _NAME_GARBLED = 0.2, 0.1


def decode(
    text: str, lexicon: Lexicon, *, within: str | None = None, on: date | None = None, limit: int = 5
) -> tuple[Candidate, ...]:
    """Match a reading to a dictionary.

    A shortlist by normalised Levenshtein similarity (RapidFuzz) is ordered by weighted edit distance. For a
    dictionary of names the written text itself is a candidate and needs no entry.

    Parameters
    ----------
    text
        As read.
    within
        Code that the entry should belong to (a region, a country). Entries elsewhere rank lower but stay, since
        the field that says so may itself be wrong. Ignored where no entry belongs to it.
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
    key = fold(text)
    if not key:
        return ()
    if lexicon.is_open:
        return _decode_name(text, lexicon, limit)
    scores: dict[str, tuple[float, str]] = {}
    kinds = place_kinds(text)
    parent = within if within in lexicon.parents else None
    near = list(_near(key, lexicon, on))
    parts: list[tuple[Form, float]] = []
    if " " in key and min((cost for _, cost in near), default=_CLOSE) >= _CLOSE:
        parts = list(_parts(key, lexicon, on))
    doubt = _unlisted(key)
    for form, cost in (*near, *parts):
        cost += _kind_cost(kinds, form)
        if parent and lexicon.entries[form.code].parent != parent:
            cost += _OUTSIDE
        _keep_best(scores, form.code, form.weight * exp(-SHARPNESS * cost), form.text)
    if parts:  # a word left over may change the meaning
        doubt += _UNEXPLAINED_DOUBT * max(score for score, _ in scores.values())
    scores[NOT_IN_LEXICON] = (doubt, text.strip())
    return _shares(scores, sum(p for p, _ in scores.values()), limit)


def decode_stamp(text: str, lexicon: Lexicon, on: date | None = None, *, limit: int = 5) -> tuple[Candidate, ...]:
    """Find an entry within a longer text, such as a checkpoint among the words of a rubber stamp.

    Every word sequence as long as a form is compared with it; a longer form explains more of the text and so
    outweighs a shorter one ("Душанбе вокзал" against "Душанбе").

    Returns
    -------
    tuple of Candidate
        As `decode` returns them; `NOT_IN_LEXICON` stands for 'no entry occurs in the text'.
    """
    key = fold(text)
    if not key:
        return ()
    scores: dict[str, tuple[float, str]] = {NOT_IN_LEXICON: (1.0, text.strip())}
    for form, cost, _ in _windows(key, lexicon, on):
        _keep_best(scores, form.code, form.weight * exp(-SHARPNESS * cost) / _unlisted(form.key), form.text)
    return _shares(scores, sum(p for p, _ in scores.values()), limit)


def _decode_name(text: str, lexicon: Lexicon, limit: int) -> tuple[Candidate, ...]:
    """Candidates for a name: the text as written, and names of the list that it nearly is."""
    written = normalise_name(text)
    key = fold(written)
    if not key:
        return ()
    by_key: dict[str, tuple[float, str]] = {}
    for form, cost in _near(key, lexicon, None):
        if cost > _CLOSE:
            continue
        closeness = distance(written.lower(), form.text.lower())
        best = by_key.get(form.key)
        if best is None or closeness < best[0]:
            by_key[form.key] = (closeness, normalise_name(form.text))
    scores = {name: (exp(-SHARPNESS * distance(key, k)), name) for k, (_, name) in by_key.items() if k != key}
    listed = 1.0 if key in by_key else 0.0
    scores[written] = (listed + _NAME_UNLISTED, written)
    total = sum(p for p, _ in scores.values()) + _NAME_GARBLED
    return _shares(scores, total, limit)


def _near(key: str, lexicon: Lexicon, on: date | None) -> Iterator[tuple[Form, float]]:
    """Valid forms whose folded form is like the key, with their weighted distances."""
    hits = process.extract(
        key, lexicon.keys, scorer=Levenshtein.normalized_similarity, limit=_SHORTLIST, score_cutoff=0.3
    )
    most = _FAR
    for like, _, _ in hits:
        cost = distance(key, like, most)
        most = min(most, cost + _FAR / 2)
        yield from ((form, cost) for form in lexicon.by_key[like] if form.valid(on))


def _parts(key: str, lexicon: Lexicon, on: date | None) -> Iterator[tuple[Form, float]]:
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


def _windows(key: str, lexicon: Lexicon, on: date | None) -> Iterator[tuple[Form, float, range]]:
    """Valid forms that nearly equal some word sequence of the key: form, distance, the words' places."""
    words = key.split()
    hits = process.extract(key, lexicon.short_keys, scorer=fuzz.partial_ratio, limit=_SHORTLIST, score_cutoff=80)
    for like, _, _ in hits:
        size = like.count(" ") + 1
        spans = [range(i, i + size) for i in range(len(words) - size + 1)]
        if not spans:
            continue
        texts = [" ".join(words[i] for i in span) for span in spans]
        edits = [Levenshtein.distance(window, like) for window in texts]
        best = edits.index(min(edits))
        cost = distance(texts[best], like, _FAR)
        if exp(-SHARPNESS * cost) > _unlisted(like):
            span = spans[best]
            yield from ((form, cost, span) for form in lexicon.by_key[like] if form.valid(on))


def _kind_cost(kinds: frozenset[str], form: Form) -> float:
    """Cost of a text that names another kind of place (city, district, …) than the form, or none."""
    if kinds == form.kinds or kinds & form.kinds:
        return 0.0
    return _KIND_OTHER if kinds and form.kinds else _KIND_UNNAMED


def _unlisted(key: str) -> float:
    """Likelihood of a text that means no entry: the longer it is, the less it resembles one by chance."""
    return exp(-SHARPNESS * min(0.1 + 0.2 * len(key), 2.5))


def _keep_best(scores: dict[str, tuple[float, str]], value: str, score: float, text: str) -> None:
    if value not in scores or score > scores[value][0]:
        scores[value] = (score, text)


def _shares(scores: dict[str, tuple[float, str]], total: float, limit: int) -> tuple[Candidate, ...]:
    """The best values as shares of the total; `NOT_IN_LEXICON` is never cut off."""
    ranked = sorted(scores, key=lambda value: (-scores[value][0], value))
    kept: Iterable[str] = ranked[:limit]
    if NOT_IN_LEXICON in ranked[limit:]:
        kept = [*ranked[: limit - 1], NOT_IN_LEXICON]
    return tuple(Candidate(value, scores[value][1], min(1.0, scores[value][0] / total)) for value in kept)
