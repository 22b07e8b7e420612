"""Scores that all ways of decoding share: nearness to forms, what belongs together, and shares of a total."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import date
from functools import lru_cache
from math import exp
from types import MappingProxyType

from rapidfuzz import process
from rapidfuzz.distance import Levenshtein

from ocr.lexicon.distance import distance
from ocr.lexicon.lexicon import Lexicon, WrittenForm
from ocr.reading import Candidate

NOT_IN_LEXICON = "?"

# The scores are raw: likelihoods exp(-SHARPNESS * cost), turned into shares. What a share is worth is learnt by
# calibration, so these constants only order candidates; they decide nothing.
SHARPNESS = 4.0
SHORTLIST = 16
FAR = 4.0
_OUTSIDE = exp(-SHARPNESS * 0.5)

Scores = dict[str, tuple[float, str]]
"""Score and written form by value."""

ANYWHERE: Mapping[str, float] = MappingProxyType({})
"""Nothing is known of what an entry belongs to."""


def near(key: str, lexicon: Lexicon, on: date | None) -> Iterator[tuple[WrittenForm, float]]:
    """Forms valid on a day whose folded form is like the key, with their weighted distances."""
    for like, cost in _near_keys(key, lexicon):
        yield from ((form, cost) for form in lexicon.by_key[like] if form.valid(on))


@lru_cache(maxsize=4096)
def _near_keys(key: str, lexicon: Lexicon) -> tuple[tuple[str, float], ...]:
    """Folded forms like the key, with their weighted distances; what people write often is compared once."""
    hits = process.extract(
        key, lexicon.keys, scorer=Levenshtein.normalized_similarity, limit=SHORTLIST, score_cutoff=0.3
    )
    most = FAR
    found: list[tuple[str, float]] = []
    for like, _, _ in hits:
        cost = distance(key, like, most)
        most = min(most, cost + FAR / 2)
        found.append((like, cost))
    return tuple(found)


def belonging(parent: str, within: Mapping[str, float]) -> float:
    """Prior of an entry by what it belongs to, relative to 1; never too small to be overruled by clear writing.

    Parameters
    ----------
    parent
        What the entry belongs to; empty where it may belong to anything.
    within
        How likely each is, relative to the likeliest, as from `known`.
    """
    if not parent or not within:
        return 1.0
    return max(_OUTSIDE, within.get(parent, 0.0))


def known(within: Mapping[str, float], parents: Collection[str]) -> dict[str, float]:
    """The shares of codes that entries do belong to, relative to the largest of them."""
    found = {parent: share for parent, share in within.items() if share > 0 and parent in parents}
    top = max(found.values(), default=1.0)
    return {parent: share / top for parent, share in found.items()}


def unlisted(key: str, sharpness: float = SHARPNESS) -> float:
    """Likelihood of a text that means no entry: the longer it is, the less it resembles one by chance."""
    return exp(-sharpness * min(0.1 + 0.2 * len(key), 2.5))


def keep_best(scores: Scores, value: str, score: float, text: str) -> None:
    """Enter a score unless the value has a better one."""
    if value not in scores or score > scores[value][0]:
        scores[value] = (score, text)


def shares(scores: Scores, total: float, limit: int) -> tuple[Candidate, ...]:
    """The best values as shares of the total, likeliest first; `NOT_IN_LEXICON` is never cut off."""
    ranked = sorted(scores, key=lambda value: (-scores[value][0], value))
    kept: Iterable[str] = ranked[:limit]
    if NOT_IN_LEXICON in ranked[limit:]:
        kept = [*ranked[: limit - 1], NOT_IN_LEXICON]
    return tuple(Candidate(value, scores[value][1], min(1.0, scores[value][0] / total)) for value in kept)
