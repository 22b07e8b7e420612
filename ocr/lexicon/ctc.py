"""Likelihoods of texts from probabilities of characters along a field."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from ocr.lexicon.alphabets import SYMBOLS
from ocr.lexicon.posteriors import BLANK, COLUMN, LIVE, CharPosteriors

_RESCALED = 8
"""Steps after which the forward algorithm is scaled: the least probabilities do not vanish in so many."""

_NOTHING = 1e-9
"""Where all characters of a step together are less likely, it is blank and nothing else: so are those of a comb."""

_END = "\0"

_COLUMNS = np.full(1 + max(map(ord, SYMBOLS)), 1 + len(SYMBOLS), dtype=np.intp)
"""Column by code point; `_END` has the one after the last."""
_COLUMNS[[ord(symbol) for symbol in SYMBOLS]] = [COLUMN[symbol] for symbol in SYMBOLS]


def merged(posteriors: CharPosteriors, characters: str, into: str = "") -> CharPosteriors:
    """Steps in which some characters count as one other, or as none.

    Joining a character with the blank gives every text the probability of all texts that become it when that character
    is left out.

    Parameters
    ----------
    characters
        Those that lose their own column.
    into
        The character they count as; empty for the blank.
    """
    logp = posteriors.logp.copy()
    target = COLUMN[into] if into else BLANK
    columns = [COLUMN[c] for c in characters if c != into]
    logp[:, target] = np.logaddexp.reduce(logp[:, [target, *columns]], axis=1)
    logp[:, columns] = -np.inf
    return CharPosteriors(logp)


def thinned(posteriors: CharPosteriors) -> CharPosteriors:
    """The steps without repeated sure blanks: the same texts at less cost."""
    sure = posteriors.logp[:, BLANK] > np.log1p(-LIVE)
    repeated = sure & np.concatenate([[False], sure[:-1]])
    return CharPosteriors(posteriors.logp[~repeated])


def log_likelihoods(posteriors: CharPosteriors, texts: Sequence[str]) -> NDArray[np.float64]:
    """Log-probability of each text: the sum over all paths that spell it.

    Forward algorithm of Graves et al. (ICML 2006), equation 6, for all texts at once, scaled now and then. The states
    that are blanks and those that are characters are kept apart: all blanks of a step have one probability.

    Parameters
    ----------
    texts
        In characters of `SYMBOLS`.

    Returns
    -------
    ndarray
        float64 (n,): natural logarithms; minus infinity for a text that the steps cannot spell.
    """
    columns, lengths = _columns(texts)
    differs = np.ones(columns.shape)  # a blank may be left out between different characters
    differs[1:] = columns[1:] != columns[:-1]
    p = np.exp(posteriors.logp, dtype=np.float64)
    seen = np.append(p, np.zeros((len(p), 1)), axis=1)[:, columns]
    blanks, characters = np.zeros((2, len(columns) + 1, len(texts)))  # after so many characters; never after none
    blanks[0] = 1.0
    scale, entering = np.zeros(len(texts)), np.empty(columns.shape)
    for t, (blank, other) in enumerate(zip(p[:, BLANK].tolist(), p[:, BLANK + 1 :].sum(axis=1).tolist(), strict=True)):
        if other < _NOTHING:
            blanks += characters
            characters.fill(0.0)
            continue
        np.multiply(differs, characters[:-1], out=entering)
        entering += blanks[:-1]
        blanks += characters
        blanks *= blank
        characters[1:] += entering
        characters[1:] *= seen[t]
        if t % _RESCALED == 0:
            top = np.maximum(np.maximum(blanks, characters).max(axis=0), np.finfo(float).tiny)
            blanks /= top
            characters /= top
            scale += np.log(top)
    each = np.arange(len(texts))
    with np.errstate(divide="ignore"):
        return np.asarray(np.log(blanks[lengths, each] + characters[lengths, each]) + scale)


def _columns(texts: Sequence[str]) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Column of each text's characters, (longest, n), filled up with the one after the last; and lengths."""
    lengths = np.array([len(text) for text in texts], dtype=np.intp)
    longest = int(lengths.max(initial=0))
    points = np.frombuffer("".join(text.ljust(longest, _END) for text in texts).encode("utf-32-le"), dtype="<u4")
    return np.ascontiguousarray(_COLUMNS[points].reshape(len(texts), longest).T), lengths
