"""Made-up doubtful cards: what a machine says of them, where they lie, and samples of them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from estimation.nested import nested, two_phase
from estimation.two_phase import TwoPhase

Floats = NDArray[np.float64]

SHARES = np.array([0.40, 0.25, 0.15, 0.08, 0.05, 0.03, 0.02, 0.01, 0.007, 0.003])


@dataclass(frozen=True, eq=False)
class World:
    """N doubtful cards, (N, K) probabilities by the machine, and the cell of each; (K,) cards that are settled."""

    predicted: Floats
    cell: NDArray[np.int64]
    settled: Floats

    @property
    def truth(self) -> Floats:
        """(K,) the true counts."""
        return self.settled + np.bincount(self.cell, minlength=len(self.settled))

    @property
    def size(self) -> Floats:
        """(N,) as `store.draws.size_of`."""
        return np.asarray(np.sqrt(np.maximum(0.02, 1 - (self.predicted**2).sum(axis=1))))

    def drawn(self, count: int, rng: np.random.Generator) -> TwoPhase:
        """The cards with the least draws, so many; the level is the next draw."""
        draws = rng.random(len(self.cell)) / self.size
        level = np.sort(draws)[count] if count < len(draws) else np.inf
        taken = draws < level
        found = np.eye(len(self.settled))[self.cell]
        ladder = csr_array(self.predicted), csr_array(found)
        order = np.zeros((len(draws), 1), int)
        nest = nested(order, (level * self.size)[:, None], taken[:, None], self.size[:, None])
        return two_phase(self.settled, nest, lambda k, rows: csr_array(ladder[k][rows]), 0.0, 0.0)


def world(cards: int, right: Callable[[Floats, NDArray[np.int64]], Floats], seed: int) -> World:
    """Cards of which the machine names two codes.

    Parameters
    ----------
    right
        From the probability that it gives to the first code, and that code, to the true one: how well it is calibrated.
    """
    rng, k = np.random.default_rng(seed), len(SHARES)
    shares = SHARES / SHARES.sum()
    first = rng.choice(k, cards, p=shares)
    second = (first + rng.integers(1, k, cards)) % k
    top = 0.98 * rng.beta(3, 1.5, cards)
    predicted = np.zeros((cards, k))
    predicted[np.arange(cards), first] = top
    predicted[np.arange(cards), second] += (1 - top) * rng.uniform(0.5, 1, cards)
    predicted += (1 - predicted.sum(axis=1))[:, None] * shares
    true = right(top, first)
    u = rng.random(cards)
    cell = np.where(u < true, first, np.where(u < true + 0.75 * (1 - true), second, rng.choice(k, cards, p=shares)))
    return World(predicted, cell.astype(np.int64), np.round(shares * 10 * cards))
