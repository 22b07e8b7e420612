"""Texts and their likelihoods from probabilities of characters along a field."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import lru_cache
from heapq import nlargest

import numpy as np
from numpy.typing import NDArray

from ocr.lexicon.alphabets import SYMBOLS
from ocr.lexicon.posteriors import BLANK, COLUMN, CharPosteriors

_LIVE = 1e-4
"""A character, or a longer text, less likely than this at a step is not followed."""

_BEAM = 24
"""Beginnings of texts followed at each step."""


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
    sure = posteriors.logp[:, BLANK] > np.log1p(-_LIVE)
    repeated = sure & np.concatenate([[False], sure[:-1]])
    return CharPosteriors(posteriors.logp[~repeated])


def log_likelihoods(posteriors: CharPosteriors, texts: Sequence[str]) -> NDArray[np.float64]:
    """Log-probability of each text: the sum over all paths that spell it.

    Forward algorithm of Graves et al. (ICML 2006), equation 6, for all texts at once, scaled at each step.

    Parameters
    ----------
    texts
        In characters of `SYMBOLS`.

    Returns
    -------
    ndarray
        float64 (n,): natural logarithms; minus infinity for a text that the steps cannot spell.
    """
    p = np.concatenate([np.exp(posteriors.logp.astype(np.float64)), np.zeros((len(posteriors.logp), 1))], axis=1)
    states, lengths = _states(texts, none=p.shape[1] - 1)
    skips = np.zeros(states.shape)
    skips[3::2] = states[3::2] != states[1:-2:2]  # a blank may be left out between different characters
    alpha = np.zeros(states.shape)
    alpha[0] = 1.0
    scale = np.zeros(len(texts))
    for t, row in enumerate(p):
        before = alpha
        alpha = before.copy()
        alpha[1:] += before[:-1]
        if t:
            alpha[2:] += skips[2:] * before[:-2]
        alpha *= row[states]
        top = np.maximum(alpha.max(axis=0), np.finfo(float).tiny)
        alpha /= top
        scale += np.log(top)
    each = np.arange(len(texts))
    ends = alpha[2 * lengths, each] + np.where(lengths > 0, alpha[2 * lengths - 1, each], 0.0)
    with np.errstate(divide="ignore"):
        return np.asarray(np.log(ends) + scale)


def _states(texts: Sequence[str], none: int) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Columns of each text's characters with blanks around them, (states, n), filled up with `none`; and lengths."""
    lengths = np.array([len(text) for text in texts], dtype=np.intp)
    states = np.full((2 * max(lengths, default=0) + 1, len(texts)), none, dtype=np.intp)
    for i, text in enumerate(texts):
        states[: 2 * len(text) + 1 : 2, i] = BLANK
        states[1 : 2 * len(text) : 2, i] = [COLUMN[c] for c in text]
    return states, lengths


def _anything(text: str) -> bool:
    return True


def n_best(posteriors: CharPosteriors, admits: Callable[[str], bool] = _anything) -> list[tuple[str, float]]:
    """The likeliest texts, by prefix beam search (Graves 2012, section 7.5; Hannun et al. 2014).

    Spaces at the ends, and a space after a space, count as blanks, since a comb's empty boxes may be read as either.

    Parameters
    ----------
    admits
        Whether a text may be the beginning of an answer.

    Returns
    -------
    list of (text, log-probability)
        Likeliest first. The probabilities are lower bounds, since unlikely beginnings are given up.
    """
    beams: dict[str, tuple[float, float]] = {"": (1.0, 0.0)}  # ending in a blank, and in the text's last character
    admitted = lru_cache(maxsize=None)(admits)
    scale = 0.0
    for row in np.exp(posteriors.logp.astype(np.float64)):
        live = [(SYMBOLS[i], float(row[i + 1])) for i in np.flatnonzero(row[1:] > _LIVE)]
        if not live and row[BLANK] > 1 - _LIVE:
            beams = {text: (sum(masses), 0.0) for text, masses in beams.items()}
            continue
        grown = _grown(beams, row, live, admitted)
        kept = nlargest(_BEAM, grown.items(), key=lambda item: item[1][0] + item[1][1])
        top = sum(kept[0][1])
        if not top:
            return []
        beams = {text: (b / top, c / top) for text, (b, c) in kept}
        scale += float(np.log(top))
    texts: dict[str, float] = {}
    for text, masses in beams.items():
        texts[text.strip()] = texts.get(text.strip(), 0.0) + sum(masses)
    ranked = sorted(texts.items(), key=lambda item: (-item[1], item[0]))
    return [(text, float(np.log(mass)) + scale) for text, mass in ranked if mass > 0]


def _grown(
    beams: dict[str, tuple[float, float]],
    row: NDArray[np.float64],
    live: list[tuple[str, float]],
    admitted: Callable[[str], bool],
) -> dict[str, tuple[float, float]]:
    """Masses of all texts one step on."""
    blank = float(row[BLANK])
    grown: dict[str, tuple[float, float]] = {}
    for text, (ended, open_) in beams.items():
        last, total = text[-1:], ended + open_
        stay = [total * blank, open_ * float(row[COLUMN[last]]) if last.strip() else 0.0]
        for character, p in live:
            if character == " " and not last.strip():
                stay[0] += total * p
            elif total * p > _LIVE and admitted(text + character):
                b, c = grown.get(text + character, (0.0, 0.0))
                grown[text + character] = (b, c + p * (ended if character == last else total))
        b, c = grown.get(text, (0.0, 0.0))
        grown[text] = (b + stay[0], c + stay[1])
    return grown
