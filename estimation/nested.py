"""Cards of which people have keyed some columns: what each column that is found corrects, one after the other. Pure.

A card has one random number for all its columns (`store.draws`), and those of which the machine knows least are keyed
first. So the columns that are keyed of a card are nested: none is without those before it. What the machine says of the
card is put right column by column, each time by what changes once one more is found, weighed by the chance that it was.
A column of which the machine is nearly sure, and which few are drawn for, changes next to nothing; that it is not keyed
takes nothing from what is known of the others. It is a difference estimator with one phase after the other (Särndal,
Swensson and Wretman, *Model Assisted Survey Sampling*, 1992, 9.8), right on average whatever the machine says.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array, vstack

from estimation.two_phase import Floats, TwoPhase

At: TypeAlias = Callable[[int, NDArray[np.int_]], csr_array]
"""From how many of their columns are found, in their order, and which cards to these cards' probabilities, (R, K)."""


@dataclass(frozen=True, eq=False)
class Nest:
    """N cards with V columns each, in the order in which the columns of a card are keyed.

    Attributes
    ----------
    chance
        (N, V) that a column, and so all before it, were drawn.
    drawn
        (N, V) whether they were.
    size
        (N, V) sizes of the doubts; 0 where a column is settled.
    """

    chance: Floats
    drawn: NDArray[np.bool_]
    size: Floats


def nested(order: NDArray[np.int_], chance: Floats, drawn: NDArray[np.bool_], size: Floats) -> Nest:
    """Bring columns into the order in which they are keyed.

    Parameters
    ----------
    order
        (N, V) the columns of each card, the first to be keyed first.
    chance, drawn, size
        (N, V) of each column by itself; one that is settled is drawn with certainty.
    """
    chance, drawn, size = (np.take_along_axis(one, order, axis=1) for one in (np.minimum(chance, 1.0), drawn, size))
    return Nest(np.minimum.accumulate(chance, axis=1), np.logical_and.accumulate(drawn, axis=1), size)


def two_phase(settled: Floats, nest: Nest, at: At, accepted_error: float, lost: float) -> TwoPhase:
    """The cards of a table.

    Parameters
    ----------
    settled, accepted_error, lost
        As in `TwoPhase`.
    """
    cards, columns = nest.size.shape
    every = np.arange(cards)
    offs, chances = [csr_array((0, len(settled)))], [np.zeros(0)]
    for k in range(columns):
        rows = np.flatnonzero(nest.drawn[:, k] & (nest.size[:, k] > 0))
        if len(rows):
            offs.append(csr_array(at(k + 1, rows) - at(k, rows)))
            chances.append(nest.chance[rows, k])
    complete = nest.drawn[:, -1]
    known = np.asarray(at(columns, np.flatnonzero(complete)).sum(axis=0), np.float64).ravel()
    off, chance = csr_array(vstack(offs, format="csr")), np.concatenate(chances)
    return TwoPhase(settled, at(0, every), off, chance, complete, known, nest.size, nest.chance, accepted_error, lost)
