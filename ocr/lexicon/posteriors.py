"""What the handwriting recogniser passes on instead of a text: how likely each character is at each step.

Also which of many texts are worth weighing exactly against it (`ocr.lexicon.ctc.log_likelihoods`).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from math import inf

import numpy as np
from numpy.typing import NDArray

from ocr.lexicon.alphabets import SYMBOLS

BLANK = 0
"""Column of 'no character here' (Graves et al., ICML 2006)."""

COLUMN = {symbol: i + 1 for i, symbol in enumerate(SYMBOLS)}
"""Column of each character."""

LIVE = 1e-4
"""A character, or a longer text, less likely than this at a step is not followed; a blank that leaves less is sure."""

_FLOOR = -12.0
"""Least logarithm of a probability in the bounds: one letter that is not there at all does not rule a text out."""

_LEAST = np.exp(np.float32(_FLOOR))


@dataclass(frozen=True, eq=False)
class CharPosteriors:
    """Probabilities of characters along a field, left to right.

    A text is read by choosing one column per step, joining equal neighbours and dropping blanks. A comb of n boxes has
    2 n + 1 steps: a sure blank before, between and after the boxes, so that one way of decoding serves both.

    Attributes
    ----------
    logp
        float32 (T, 1 + len(SYMBOLS)): natural logarithms of probabilities that sum to 1 in each step; column 0 is the
        blank, column i + 1 is ``SYMBOLS[i]``. Characters outside the field's alphabet hold a very small number.
    """

    logp: NDArray[np.float32]


@dataclass(frozen=True, eq=False)
class Spelt:
    """Texts with the characters in each.

    Attributes
    ----------
    texts
        In characters of `SYMBOLS`.
    counts
        float32 (n, 1 + len(SYMBOLS)): how often each column of `CharPosteriors` occurs in each text.
    has
        float32 (1 + len(SYMBOLS), n): 1 where it does, else 0.
    """

    texts: tuple[str, ...]
    counts: NDArray[np.float32]
    has: NDArray[np.float32]


def spelt(texts: Iterable[str]) -> Spelt:
    """Count the characters of texts."""
    kept = tuple(texts)
    counts = np.zeros((len(kept), 1 + len(SYMBOLS)), dtype=np.float32)
    for i, text in enumerate(kept):
        for character in text:
            counts[i, COLUMN[character]] += 1
    return Spelt(kept, counts, np.ascontiguousarray(counts.T > 0, dtype=np.float32))


def likeliest(posteriors: CharPosteriors, known: Spelt, count: int, least: float = -inf) -> list[int]:
    """Indices of the texts with the highest bounds on their likelihood, highest first.

    Two bounds are added that take no account of order: each character of the text must come somewhere, and each step
    must be one of the text's characters or blank. Steps that are most likely blank are so for all texts.

    Parameters
    ----------
    count
        Most texts to return.
    least
        Texts whose log-likelihood is surely less, by the second bound, are left out.
    """
    logp = np.maximum(posteriors.logp, _FLOOR)
    steps = np.exp(logp[logp[:, BLANK] < logp.max(axis=1)])
    columns = np.flatnonzero((steps > _LEAST).any(axis=0))
    columns = columns[columns != BLANK]
    bounds = np.log(steps[:, [BLANK]] + steps[:, columns] @ known.has[columns]).sum(axis=0)
    kept = np.flatnonzero(bounds >= least)
    bounds = (bounds + known.counts @ logp.max(axis=0))[kept]
    return [int(i) for i in kept[np.argsort(-bounds, kind="stable")[:count]]]
