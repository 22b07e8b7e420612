"""Totals over all cards from what the machine says of every card and what people found on a random part of them.

The cards of a table are of two sorts. Of most, every value that the table needs is settled: they are counted. Of the
others the machine only says how likely each cell is. People key some of these, drawn with known probabilities, and what
they find corrects what the machine says of all: the difference estimator of two-phase sampling (Särndal, Swensson and
Wretman, *Model Assisted Survey Sampling*, 1992, 6.3 and 9), which prediction-powered inference made known anew
(Angelopoulos and others, *Science* 382, 2023). However wrong the machine is, the estimate is right on average; a better
machine only makes its interval narrower.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array, eye_array

Floats = NDArray[np.float64]

UNFORESEEN = 0.005
"""How likely a card lies where the machine does not see it, as any other does; for the variance that is expected."""

BORROWED = 10.0
"""How many drawn cards the variance that is expected counts for, beside the one that is seen."""


@dataclass(frozen=True, eq=False)
class TwoPhase:
    """The cards of one table with K cells.

    Attributes
    ----------
    settled
        (K,) cards in each cell of which nothing that the table needs is in doubt.
    predicted
        (N, K) probabilities of the cells for the N other cards, by the machine alone; a row may sum to less than 1, as
        a card may lie outside of the table.
    off
        (S, K) by how much what the machine had said was put right, each time that one more column of a card was drawn
        and found (`estimation.nested`).
    chance
        (S,) the probability with which it was, above 0.
    complete
        (N,) whether all columns of a card were.
    keyed
        (K,) complete cards in each cell.
    size
        (N, V) with which chances grow: drawn up to a level L a column has the chance L x size, at most 1. 0 where a
        column is settled.
    chances
        (N, V) the probability with which each column, and all that are keyed before it, were to be drawn.
    accepted_error
        Root mean square of the share of the settled cards that may lie in another cell (`estimation.accepted`), 0..1.
    lost
        Cards of which nothing was read, taken to be like the others.
    """

    settled: Floats
    predicted: csr_array
    off: csr_array
    chance: Floats
    complete: NDArray[np.bool_]
    keyed: Floats
    size: Floats
    chances: Floats
    accepted_error: float = 0.0
    lost: float = 0.0

    @cached_property
    def known(self) -> Floats:
        """(K,) cards that surely lie in each cell."""
        return self.settled + self.keyed

    @cached_property
    def incomplete(self) -> int:
        """Cards that may lie in any cell, whatever the machine says."""
        return int((~self.complete).sum())

    @cached_property
    def cells(self) -> Floats:
        """(K,) estimated cards in each cell, of those that were read."""
        return np.asarray(self.settled + _summed(self.predicted) + (1 / self.chance) @ self.off, np.float64)

    @cached_property
    def scale(self) -> float:
        """How many cards there are for each that was read."""
        read = float(self.cells.sum())
        return 1 + self.lost / read if read > 0 else 1.0

    def totals(self, of: csr_array) -> Floats:
        """(J,) estimated sums over the cells, with weights of a column of `of`, (K, J), each; lost cards left out."""
        return np.asarray(self.cells @ of, np.float64)

    def other_variances(self, of: csr_array) -> Floats:
        """(J,) mean squares of the errors that no drawing mends: wrong ones among the settled cards, and lost ones.

        Settled cards of a cell that lie elsewhere, and those of others that lie there, cancel out in part, nobody knows
        how far: the error of a cell is taken to be as large as the share that is wrong. Lost cards lie in the cells at
        random, as the others do; a cell of nothing as if it held half a card.
        """
        squares = of.power(2)
        wrong = self.accepted_error**2 * (self.settled**2 @ squares)
        if not self.lost:
            return np.asarray(wrong, np.float64)
        shares = (np.maximum(self.cells, 0) + 0.5) / (np.maximum(self.cells, 0).sum() + 1)
        spread = np.maximum(0, shares @ squares - (shares @ of) ** 2)
        return np.asarray(wrong + self.lost * spread, np.float64)

    def variances(self, of: csr_array) -> tuple[Floats, Floats]:
        """Estimated variances of `totals` by the drawing, and the degrees of freedom that each rests on, (J,) both.

        Few drawn cards touch a rare cell, and their spread says little. So what is seen is mixed with what is to be
        expected if the machine's probabilities are right (the anticipated variance: Isaki and Fuller, *JASA* 77, 1982),
        enlarged as much as the errors seen in the whole table are larger than that.
        """
        seen, fourth = self._seen(of)
        expected = self._expected(of, self.chances)
        cards = np.divide(seen**2, fourth, out=np.zeros_like(seen), where=fourth > 0)
        mixed = (cards * seen + BORROWED * self._dispersion * expected) / (cards + BORROWED)
        return mixed, np.clip(cards + BORROWED, 1, max(1, self._sampled))

    @cached_property
    def _sampled(self) -> int:
        """Columns that were drawn by chance, not because all are."""
        return int((self.chance < 1).sum())

    def variances_at(self, level: float, of: csr_array) -> Floats:
        """(J,) variances that are to be expected once all up to a level are drawn."""
        chances = np.where(self.size > 0, np.minimum(1.0, level * self.size), 1.0)
        return self._dispersion * self._expected(of, chances)

    @cached_property
    def _dispersion(self) -> float:
        """How much larger the errors seen are than expected, over all cells."""
        cells = csr_array(eye_array(len(self.settled)))
        seen, expected = self._seen(cells)[0].sum(), self._expected(cells, self.chances).sum()
        cards = self._sampled
        return float((cards * seen / expected + BORROWED) / (cards + BORROWED)) if expected > 0 else 1.0

    def _seen(self, of: csr_array) -> tuple[Floats, Floats]:
        """Sums of squares and of fourth powers of what each drawn column adds to the variance's estimate.

        What two columns of a card put right is taken to be unrelated, as it is where the machine's probabilities are
        right: each is then expected to change nothing.
        """
        rows = self.chance < 1
        each = csr_array(self.off[rows] @ of).power(2)
        weights = (1 - self.chance[rows]) / self.chance[rows] ** 2
        return weights @ each, weights**2 @ each.power(2)

    def _expected(self, of: csr_array, chances: Floats) -> Floats:
        """(J,) variances if every card lay in each cell with the machine's probability, by the chances of its columns.

        Of a card's variance each column has the part that its doubt has of the card's. A machine does not foresee all:
        `UNFORESEEN`.
        """
        squares = self.size**2
        parts = squares / squares.sum(axis=1, keepdims=True)
        weights = (parts * (1 / chances - 1)).sum(axis=1)
        rows = weights > 0
        predicted, weights = self.predicted[rows], weights[rows]
        each, squared = csr_array(predicted @ of), weights @ csr_array(predicted @ of.power(2))
        mean, whole = self._usual @ of, weights.sum()
        second = (1 - UNFORESEEN) * squared + UNFORESEEN * whole * (self._usual @ of.power(2))
        product = (1 - UNFORESEEN) ** 2 * (weights @ each.power(2)) + (UNFORESEEN * mean) ** 2 * whole
        product += 2 * UNFORESEEN * (1 - UNFORESEEN) * mean * (weights @ each)
        return np.asarray(np.maximum(0, second - product), np.float64)

    @cached_property
    def _usual(self) -> Floats:
        """(K,) shares of the cells among all cards, as they are estimated."""
        cells = np.maximum(self.cells, 0)
        return np.asarray(cells / max(cells.sum(), 1.0), np.float64)


def _summed(rows: csr_array) -> Floats:
    return np.asarray(rows.sum(axis=0), np.float64).ravel()
