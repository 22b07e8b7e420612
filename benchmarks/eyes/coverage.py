"""How often intervals hold what they should, and how far estimates are off on average, over many populations."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from functools import partial, reduce

import numpy as np
from numpy.random import Generator

from benchmarks.eyes.population import made, sampled, truly
from benchmarks.eyes.tables import DonorTable, Floats
from estimation.assembly import Sample
from estimation.intervals import Interval, count_intervals
from reports.estimated import Estimates

LARGE = 30
"""Cards from which on the error of a number is spread enough to speak of its bias."""


@dataclass(frozen=True)
class Design:
    """What is simulated.

    Attributes
    ----------
    shares
        Of the donors in the population.
    cards
        Of a population.
    levels
        Up to which draw each variable is keyed.
    accepted
        Draws `TwoPhase.accepted_error` by columns and cards, as audits find it.
    """

    shares: Sequence[float]
    cards: int
    levels: Mapping[str, float]
    accepted: Callable[[Sequence[str], int, Generator], float]


@dataclass(frozen=True, eq=False)
class Tally:
    """Sums over populations, for the J counts of a table.

    Attributes
    ----------
    runs
        Populations.
    inside_keyed, inside_true
        How often the interval held what is so if all is keyed, and, errors among accepted values in it, the truth.
    off, squares
        Errors against what is so if all is keyed, and their squares.
    size
        True counts.
    """

    runs: int
    inside_keyed: Floats
    inside_true: Floats
    off: Floats
    squares: Floats
    size: Floats

    def plus(self, other: Tally) -> Tally:
        """Both together."""
        return Tally(*(getattr(self, name) + getattr(other, name) for name in self.__dataclass_fields__))

    @property
    def coverage(self) -> Floats:
        """Shares of the intervals that hold what is so if all is keyed, and the truth; of counts that are not none."""
        some = self.size > 0
        return np.array([one[some].mean() / self.runs for one in (self.inside_keyed, self.inside_true)])

    @property
    def worst(self) -> float:
        """The least coverage of a number of some size, of what is so if all is keyed."""
        large = self.size >= LARGE * self.runs
        return float(self.inside_keyed[large].min() / self.runs) if large.any() else float("nan")

    @property
    def bias(self) -> Floats:
        """Mean errors of the numbers of some size, in standard errors."""
        large = (self.size >= LARGE * self.runs) & (self.squares > 0)
        mean = self.off[large] / self.runs
        return np.asarray(mean / np.sqrt(np.maximum(self.squares[large] / self.runs - mean**2, 1e-12)))


def simulate(tables: Mapping[str, DonorTable], design: Design, runs: int, seed: int) -> dict[str, Tally]:
    """Many populations, the same for all tables of a run."""
    seeds = np.random.SeedSequence(seed).spawn(runs)
    workers = os.cpu_count() or 1
    with ProcessPoolExecutor(workers) as pool:
        parts = pool.map(partial(_runs, tables, design), [seeds[i::workers] for i in range(workers)])
        return reduce(lambda a, b: {name: a[name].plus(b[name]) for name in tables}, parts)


def _runs(
    tables: Mapping[str, DonorTable], design: Design, seeds: Iterable[np.random.SeedSequence]
) -> dict[str, Tally]:
    found: dict[str, Tally] = {}
    for seed in seeds:
        chance = np.random.default_rng(seed)
        population = made(chance, design.shares, design.cards)
        for name, table in tables.items():
            sample = sampled(table, population, design.levels, 0.0)
            wrong = design.accepted(table.columns, design.cards, chance)
            targets = truly(table, population, keyed=True), truly(table, population, keyed=False)
            one = _tally(table.estimates(sample), sample, wrong, *targets)
            found[name] = found[name].plus(one) if name in found else one
    return found


def _tally(found: Estimates, sample: Sample, wrong: float, keyed: Floats, true: Floats) -> Tally:
    of, honest = found.of, replace(sample.cards, accepted_error=wrong)
    so, truth = (np.asarray(target @ of, np.float64) for target in (keyed, true))
    narrow, wide = count_intervals(sample.cards, of), count_intervals(honest, of)
    off = np.array([one.estimate for one in narrow]) - so
    return Tally(1, _held(narrow, so), _held(wide, truth), off, off**2, truth)


def _held(ends: Sequence[Interval], targets: Floats) -> Floats:
    return np.array([one.lower <= target <= one.upper for one, target in zip(ends, targets, strict=True)], float)
