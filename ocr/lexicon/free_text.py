"""Answers that are in no dictionary and follow no grammar: the text as it was read is the value."""

from __future__ import annotations

from itertools import pairwise
from math import exp

from ocr.lexicon.alphabets import SEPARATORS, STRUCK, alike, alphabet, cyrillic_doubles, in_one_script, mask
from ocr.lexicon.beam import n_best
from ocr.lexicon.ctc import merged, thinned
from ocr.lexicon.match import Scores, shares
from ocr.lexicon.posteriors import CharPosteriors
from ocr.reading import Candidate

_SWITCH = exp(-1.5)
"""Weight of each place within a word at which letters and digits meet: З and 3, О and 0 are drawn alike."""


def decode_text(text: str, name: str) -> tuple[Candidate, ...]:
    """The text in characters of a named alphabet, capitals, single spaces.

    Returns
    -------
    tuple of Candidate
        One, with a share of 1: the reader's own certainty is all that is known; empty where nothing is left.
    """
    value = in_one_script(" ".join(mask(text.upper(), name).split()), cyrillic_doubles(name))
    return (Candidate(value, text.strip(), 1.0),) if value else ()


def decode_text_posteriors(steps: CharPosteriors, name: str, limit: int = 5) -> tuple[Candidate, ...]:
    """The likeliest texts from probabilities of characters.

    Letters that Latin and Cyrillic share are one where an alphabet has both; the letters beside them tell which. Texts
    in which letters and digits alternate within a word count for less.

    Parameters
    ----------
    name
        Alphabet; separators that are no signs of it count for nothing.

    Returns
    -------
    tuple of Candidate
        Likeliest first, with their shares, which sum to at most 1; empty where the likeliest text is empty.
    """
    doubles = cyrillic_doubles(name)
    dropped = "".join(c for c in SEPARATORS if c not in alphabet(name).signs)
    steps = merged(steps, dropped + STRUCK)
    for latin, cyrillic in doubles.items():
        steps = merged(steps, latin, cyrillic)
    texts = n_best(thinned(steps))
    if not texts or not texts[0][0]:
        return ()
    unread = max(0.0, 1 - sum(exp(logp) for _, logp in texts))
    scores: Scores = {}
    for text, logp in texts:
        value = in_one_script(" ".join(text.split()), doubles)
        before, _ = scores.get(value, (0.0, ""))
        scores[value] = before + exp(logp) * _SWITCH ** _switches(value), value
    weighed = sum(score for score, _ in scores.values())
    return shares({value: score for value, score in scores.items() if value}, weighed + unread, limit)


def _switches(text: str) -> int:
    """Places at which a letter follows a digit or a digit a letter."""
    return sum((a.isdigit() and b.isalpha()) or (a.isalpha() and b.isdigit()) for a, b in pairwise(text))


def keyed_text(text: str, name: str) -> str:
    """A text as a person keys it, in the one way of writing: capitals, single spaces, letters of one alphabet.

    Latin and Cyrillic letters drawn alike are exchanged, digits and letters are not. What the alphabet does not have at
    all stays; it is for the caller to refuse.
    """
    known = alphabet(name)
    dropped = set(known.between) - set(known.signs)
    kept = (c for c in text.upper() if c not in dropped)
    alone = " ".join("".join(_letter_alike(c, name) for c in kept).split())
    return in_one_script(alone, cyrillic_doubles(name))


def _letter_alike(character: str, name: str) -> str:
    other = alike(character, name)
    return other if other.isalpha() and character.isalpha() else character
