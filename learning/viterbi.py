"""The likeliest way along a line by which a text is read."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from ocr.lexicon.posteriors import BLANK


def viterbi(logp: NDArray[np.float64], columns: Sequence[int]) -> tuple[NDArray[np.float64], float]:
    """The likeliest way along steps (T, classes) by which a text is read.

    Returns
    -------
    ndarray, float
        Mean step of each character (characters,); mean logarithm of probability of the steps that hold characters.
        Without a way all steps are zero and the mean is minus infinity.
    """
    states = np.full(2 * len(columns) + 1, BLANK)
    states[1::2] = columns
    may_skip = np.zeros(len(states), bool)
    may_skip[3::2] = states[3::2] != states[1:-2:2]
    score = np.full(len(states), -np.inf)
    score[:2] = logp[0, states[:2]]
    came = np.zeros((len(logp), len(states)), np.int8)
    for t in range(1, len(logp)):
        one = np.concatenate([[-np.inf], score[:-1]])
        two = np.where(may_skip, np.concatenate([[-np.inf, -np.inf], score[:-2]]), -np.inf)
        options = np.stack([score, one, two])
        came[t] = options.argmax(axis=0)
        score = options.max(axis=0) + logp[t, states]
    state = len(states) - 1 - int(score[-1] < score[-2])
    if not np.isfinite(score[state]):
        return np.zeros(len(columns)), -np.inf
    held: list[list[int]] = [[] for _ in columns]
    for t in range(len(logp) - 1, -1, -1):
        if state % 2:
            held[state // 2].append(t)
        state -= int(came[t, state])
    agreed = [logp[t, c] for c, steps in zip(columns, held, strict=True) for t in steps]
    return np.array([np.mean(steps) for steps in held]), float(np.mean(agreed))
