"""A population of donors, of which people keyed those that were drawn: what the estimates say, and what is so."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from benchmarks.eyes.donors import Donor
from benchmarks.eyes.tables import DonorTable, Floats
from estimation.accepted import accepted_error
from estimation.assembly import Sample
from estimation.nested import nested, two_phase
from ocr.forms.codebook import codebook
from store.audits import AuditOutcome
from store.doubts import sources

AUDITED = 0.01
"""Share of the accepted fields that people key all the same (the default of `migcards.settings`)."""


@dataclass(frozen=True, eq=False)
class Population:
    """N cards.

    Attributes
    ----------
    who
        (N,) which donor each is like.
    number
        (N,) random numbers of the cards (`store.draws`).
    """

    who: NDArray[np.int_]
    number: Floats


def made(chance: Generator, donors: Sequence[float], cards: int) -> Population:
    """Draw a population with the donors in these shares."""
    return Population(chance.choice(len(donors), size=cards, p=donors), 1 - chance.random(cards))


def sampled(table: DonorTable, population: Population, levels: Mapping[str, float], wrong: float) -> Sample:
    """The sample of a table where each variable is keyed up to its level.

    Parameters
    ----------
    wrong
        `TwoPhase.accepted_error`.
    """
    doubtful = table.doubtful[population.who]
    who, number = population.who[doubtful], population.number[doubtful]
    sizes = table.sizes[who]
    chance, drawn = np.full(sizes.shape, np.inf), np.ones(sizes.shape, bool)
    for k, column in enumerate(table.columns):
        rows = sizes[:, k] > 0
        draws = number[rows] / sizes[rows, k]
        level = np.min(draws[draws >= levels.get(column, 0.0)], initial=np.inf)
        chance[rows, k], drawn[rows, k] = level * sizes[rows, k], draws < level
    alike = np.bincount(population.who[~doubtful], minlength=len(table.doubtful))
    nest = nested(table.order[who], chance, drawn, sizes)
    return Sample(table.cells, two_phase(alike @ table.found, nest, lambda k, at: table.steps[k][who[at]], wrong, 0.0))


def truly(table: DonorTable, population: Population, *, keyed: bool) -> Floats:
    """(K,) cards in each cell in truth, or as they would be if everything was `keyed`."""
    alike = np.bincount(population.who, minlength=len(table.doubtful))
    return np.asarray(alike @ (table.found if keyed else table.true), np.float64)


@dataclass(frozen=True)
class Accepted:
    """Share of the cards of which a column was accepted as a whole, and share of these on which it is wrong."""

    stood: float
    wrong: float


def accepted_of(donors: Sequence[Donor], columns: Iterable[str]) -> dict[str, Accepted]:
    """What was accepted, by column."""
    fills = {donor.form.id: sources(donor.form) for donor in donors}
    found = {}
    for column in columns:
        stood = [
            donor
            for donor in donors
            if column in fills[donor.form.id] and all(doubt.column != column for doubt in donor.doubts)
        ]
        wrong = sum(donor.keyed[column] != donor.true[column] for donor in stood)
        found[column] = Accepted(len(stood) / len(donors), wrong / max(1, len(stood)))
    return found


def audited(accepted: Mapping[str, Accepted], columns: Sequence[str], cards: int, chance: Generator) -> float:
    """`TwoPhase.accepted_error` after an audit of so many cards like the donors."""
    outcomes = []
    for column in columns:
        audits = chance.binomial(cards, AUDITED * accepted[column].stood)
        outcomes.append(AuditOutcome(audits, chance.binomial(audits, accepted[column].wrong), _promise(column)))
    return accepted_error(outcomes)


def _promise(column: str) -> float:
    targets = {one.column: one.target_error for one in codebook().variable.values() if one.column}
    return targets.get(column, max(targets.values()))
