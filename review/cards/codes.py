"""Codes of a dictionary that are meant by words: all of them, for who looks for cards and not for one answer."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import lru_cache

from rapidfuzz import process
from rapidfuzz.distance import OSA

from ocr.lexicon.lexicon import Lexicon, load_lexicon
from ocr.lexicon.normalise import fold

_FORGIVEN_FROM = 4
"""Letters from which one mistake is forgiven; two from twice as many."""


def codes_meant(name: str, typed: str, *, begins: bool = False) -> tuple[str, ...]:
    """The code if it is one, or those that are called so; else what begins so, else what nearly does.

    Russian letters may stand for the Tajik ones that are like them (`ocr.lexicon.normalise.fold`).

    Parameters
    ----------
    name
        Of the dictionary.
    typed
        A code or its beginning, a name in any language or the beginning of any word of it.
    begins
        Whether what goes on after a whole name is meant too.
    """
    lexicon = load_lexicon(name)
    code, keys = typed.strip().upper(), {fold(typed), typed.strip().casefold()} - {""}
    if not code or not keys:
        return ()
    if code in lexicon.entries and not begins:
        return (code,)
    ways = (
        (form.code for form in lexicon.forms if form.key in keys and not begins),
        (known for known in lexicon.entries if known.startswith(code) or known.partition("-")[2].startswith(code)),
        (known for start, known in _starts(lexicon) if start.startswith(tuple(keys))),
        _nearly(lexicon, fold(typed)),
    )
    return next(filter(None, map(_once, ways)), ())


def _once(codes: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(codes))


def _nearly(lexicon: Lexicon, key: str) -> Iterator[str]:
    """Codes of which a form has a word that begins with the fewest mistakes, if these are forgiven."""
    most = min(len(key) // _FORGIVEN_FROM, 2)
    starts = _starts(lexicon)
    near: dict[str, int] = {}
    for length in (len(key) - 1, len(key), len(key) + 1) if most else ():  # a missing letter shifts the rest
        cut = [start[:length] for start, _ in starts]
        found = process.extract(key, cut, scorer=OSA.distance, score_cutoff=most, limit=None)
        for _, mistakes, i in found:
            near[starts[i][1]] = min(int(mistakes), near.get(starts[i][1], most))
    return (code for code, mistakes in near.items() if mistakes == min(near.values()))


@lru_cache(maxsize=16)
def _starts(lexicon: Lexicon) -> tuple[tuple[str, str], ...]:
    """Beginnings of all words of all forms, each with the code."""
    words = ((form.key.split(), form.code) for form in lexicon.forms)
    return tuple((" ".join(found[i:]), code) for found, code in words for i in range(len(found)))
