"""Answers that are in no dictionary and follow no grammar: the text as it was read is the value."""

from __future__ import annotations

from math import exp

from ocr.lexicon.alphabets import SEPARATORS, STRUCK, alike, alphabet, mask
from ocr.lexicon.beam import n_best
from ocr.lexicon.ctc import merged, thinned
from ocr.lexicon.posteriors import CharPosteriors
from ocr.reading import Candidate


def decode_text(text: str, name: str) -> tuple[Candidate, ...]:
    """The text in characters of a named alphabet, capitals, single spaces.

    Returns
    -------
    tuple of Candidate
        One, with a share of 1: the reader's own certainty is all that is known; empty where nothing is left.
    """
    value = " ".join(mask(text.upper(), name).split())
    return (Candidate(value, text.strip(), 1.0),) if value else ()


def decode_text_posteriors(steps: CharPosteriors, name: str, limit: int = 5) -> tuple[Candidate, ...]:
    """The likeliest texts from probabilities of characters.

    Parameters
    ----------
    name
        Alphabet; separators that are no signs of it count for nothing.

    Returns
    -------
    tuple of Candidate
        Likeliest first, with their probabilities, which sum to at most 1; empty where the likeliest text is empty.
    """
    dropped = "".join(c for c in SEPARATORS if c not in alphabet(name).signs)
    texts = n_best(thinned(merged(steps, dropped + STRUCK)))
    if not texts or not texts[0][0]:
        return ()
    return tuple(Candidate(text, text, min(1.0, exp(logp))) for text, logp in texts[:limit] if text)


def keyed_text(text: str, name: str) -> str:
    """A text as a person keys it, in the one way of writing: capitals, single spaces, letters of one alphabet.

    Latin and Cyrillic letters drawn alike are exchanged, digits and letters are not. What the alphabet does not have at
    all stays; it is for the caller to refuse.
    """
    known = alphabet(name)
    dropped = set(known.between) - set(known.signs)
    kept = (c for c in text.upper() if c not in dropped)
    return " ".join("".join(_letter_alike(c, name) for c in kept).split())


def _letter_alike(character: str, name: str) -> str:
    other = alike(character, name)
    return other if other.isalpha() and character.isalpha() else character
