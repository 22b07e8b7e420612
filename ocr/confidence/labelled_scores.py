"""Readings with the truth as far as it is known, and what they say about the share wrong above a score."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import betaincinv

_RANKS = 400
"""Scores looked at in search of the first candidate, evenly spread over the ranks."""


@dataclass(frozen=True, eq=False)
class LabelledScores:
    """Readings of one reader and kind, with the truth as far as it is known.

    Attributes
    ----------
    scores
        (N,) float, higher is surer.
    right
        (N,) bool, meaningless where not `labelled`.
    labelled
        (N,) bool, whether the truth is known.
    stood
        (N,) bool, whether the machine's value stood when it was read. Of these only the audited are labelled: a random
        sample. Of the others people decide every one.
    value_scores
        (N,) float, scores of the values themselves where `scores` are those of their groups at a coarser level; None
        where they are the values' own.
    """

    scores: NDArray[np.float64]
    right: NDArray[np.bool_]
    labelled: NDArray[np.bool_]
    stood: NDArray[np.bool_]
    value_scores: NDArray[np.float64] | None = None

    @classmethod
    def full(cls, scores: ArrayLike, right: ArrayLike) -> LabelledScores:
        """Readings that all have a label, as on labelled scans."""
        values, hits = np.asarray(scores, dtype=np.float64), np.asarray(right, dtype=bool)
        return cls(values, hits, np.ones(len(values), bool), np.zeros(len(values), bool))

    def lifted(self, least: float) -> LabelledScores:
        """The readings whose group scores at least so much, and whose value does not."""
        values = self.scores if self.value_scores is None else self.value_scores
        kept = (self.scores >= least) & (values < least)
        return LabelledScores(self.scores[kept], self.right[kept], self.labelled[kept], self.stood[kept])

    @cached_property
    def weights(self) -> NDArray[np.float64]:
        """(N,) how many readings each labelled one speaks for: 1 over the share labelled in its stratum, else 0."""
        weights = np.zeros(len(self.scores))
        for stratum in (self.stood, ~self.stood):
            known = stratum & self.labelled
            weights[known] = stratum.sum() / max(1, known.sum())
        return weights


@dataclass(frozen=True, eq=False)
class CountsAbove:
    """What lies at or above scores, falling; each array (2, M): readings that stood, readings that did not."""

    scores: NDArray[np.float64]
    readings: NDArray[np.int64]
    labelled: NDArray[np.int64]
    wrong: NDArray[np.int64]

    def bounds(self, level: float, wrong: NDArray[np.int64]) -> NDArray[np.float64]:
        """Upper bounds (M,) of the share wrong if `wrong` (2, M) of the labelled were wrong; see `lowest_threshold`."""
        miss = (1 - level) / np.maximum(1, (self.readings > 0).sum(axis=0))
        spare = self.labelled - wrong
        upper = np.where(spare > 0, betaincinv(wrong + 1, np.maximum(spare, 1), 1 - miss), 1.0)
        mixed: NDArray[np.float64] = (self.readings * upper).sum(axis=0) / self.readings.sum(axis=0)
        return mixed

    def edge_error(self, i: int, count: int) -> float:
        """Share wrong among the least sure readings at or above the score of index `i`, the strata by their size.

        Parameters
        ----------
        count
            How many labelled readings are looked at, or a few more that score alike; all where there are not so many.
        """
        known = self.labelled.sum(axis=0)
        start = int(np.searchsorted(known, known[i] - count, side="right")) - 1
        readings, labelled, wrong = (
            a[:, i] - (a[:, start] if start >= 0 else 0) for a in (self.readings, self.labelled, self.wrong)
        )
        seen = labelled > 0
        shares = wrong[seen] / labelled[seen]
        return float((readings[seen] * shares).sum() / readings[seen].sum()) if seen.any() else 0.0


def count_above(evidence: LabelledScores) -> CountsAbove:
    """Count at up to `_RANKS` distinct scores, the lowest among them."""
    order = np.argsort(-evidence.scores, kind="stable")
    values = evidence.scores[order]
    last = np.flatnonzero(np.append(values[1:] != values[:-1], True)[: len(values)])
    last = last[np.unique(np.linspace(0, len(last) - 1, _RANKS).round().astype(int))]
    strata = np.stack([evidence.stood, ~evidence.stood])[:, order]
    known = strata & evidence.labelled[order]
    wrong = known & ~evidence.right[order]
    readings, labelled, errors = (np.cumsum(a, axis=1, dtype=np.int64)[:, last] for a in (strata, known, wrong))
    return CountsAbove(values[last], readings, labelled, errors)
