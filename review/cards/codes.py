"""Codes of a dictionary that are meant by words: all of them, for who looks for cards and not for one answer."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from ocr.lexicon.lexicon import Lexicon, load_lexicon
from ocr.lexicon.normalise import fold
from review.decisions.completion import nearly, word_starts


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
        (start.form.code for start in word_starts(lexicon) if start.key.startswith(tuple(keys))),
        _nearly(lexicon, fold(typed)),
    )
    return next(filter(None, map(_once, ways)), ())


def _once(codes: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(codes))


def _nearly(lexicon: Lexicon, key: str) -> Iterator[str]:
    """Codes of which a form has a word that begins with the fewest mistakes, if these are forgiven."""
    near: dict[str, int] = {}
    for start, mistakes in nearly(lexicon, key, None):
        near[start.form.code] = min(mistakes, near.get(start.form.code, mistakes))
    return (code for code, mistakes in near.items() if mistakes == min(near.values()))
