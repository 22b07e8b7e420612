"""What a table is made by, and each card's probabilities in its cells, as sparse matrices. Pure.

Several axes may be about one column: occupations within their major groups, days within a period. What the machine says
of a column goes to the codes of all of these at once, so that no card lies in an occupation of another group.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, reduce
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

AxisValue: TypeAlias = str | int | None
AxisCode: TypeAlias = str | None
AxisCell: TypeAlias = tuple[AxisCode, ...]


@dataclass(frozen=True)
class Axis:
    """A column of the record, or a variable kept beside it, and the code under which each of its values counts."""

    column: str
    code_of: Callable[[AxisValue], AxisCode]


@dataclass(frozen=True, eq=False)
class Coded:
    """Probabilities of what a column says along the A axes that are about it, for N cards.

    Attributes
    ----------
    places
        (A,) which of all axes these are.
    codes
        The K combinations of their codes that occur.
    predicted, found
        (N, K): by the machine alone; and as it is settled.
    """

    places: tuple[int, ...]
    codes: tuple[AxisCell, ...]
    predicted: csr_array
    found: csr_array


def cell_of(axes: Sequence[Axis], value: AxisValue) -> AxisCell:
    """The codes of a value along axes about its column."""
    return tuple(axis.code_of(value) for axis in axes)


def coded(
    axes: Mapping[int, Axis],
    settled: Sequence[AxisValue],
    doubts: Mapping[int, Mapping[str, float]],
    prior: Mapping[AxisCell, float],
) -> Coded:
    """Probabilities along the axes about one column, by their places among all.

    Parameters
    ----------
    settled
        The value of the column on each card, None while nobody knows it.
    doubts
        By row of the cards whose column the machine did not settle: shares of its values.
    prior
        Shares of the codes, over which what the machine lacks to 1 is spread; where it is empty, over those it names.
    """
    about = tuple(axes.values())
    code_of = cache(lambda value: cell_of(about, value))  # values are few and come again and again
    now = [code_of(value) for value in settled]
    before = {row: _grouped(code_of, shares, prior) for row, shares in doubts.items()}
    codes = tuple(dict.fromkeys([*prior, *now, *(code for shares in before.values() for code in shares)]))
    place = {code: k for k, code in enumerate(codes)}
    sure = ((row, place[code], 1.0) for row, code in enumerate(now) if row not in before)
    unsure = ((row, place[code], share) for row, shares in before.items() for code, share in shares.items())
    shape = len(settled), len(codes)
    found = ((row, place[code], 1.0) for row, code in enumerate(now))
    return Coded(tuple(axes), codes, _matrix([*sure, *unsure], shape), _matrix(found, shape))


def cells_of(columns: Sequence[Coded]) -> tuple[AxisCell, ...]:
    """The cells of several columns' axes, each with its codes in the order of the axes."""
    mixed: tuple[AxisCell, ...] = columns[0].codes
    for column in columns[1:]:
        mixed = tuple((*cell, *code) for code in column.codes for cell in mixed)
    places = [place for column in columns for place in column.places]
    order = [places.index(axis) for axis in range(len(places))]
    return tuple(tuple(cell[k] for k in order) for cell in mixed)


def crossed(
    columns: Sequence[Coded], likely: NDArray[np.float64], keyed: NDArray[np.bool_], rows: NDArray[np.int_]
) -> csr_array:
    """Probabilities of some cards in the cells of `cells_of`, with some of their columns as they are settled.

    The columns are taken as independent of each other but for cells that cannot be, whose probability goes to the other
    cells of the card; estimates are right on average however that may be (`estimation.two_phase`).

    Parameters
    ----------
    likely
        (K,) 1, or `UNLIKELY` for a cell that cannot be.
    keyed
        (N, V) which of the V columns are taken as they are settled; of the others the machine alone speaks.
    rows
        (R,) the cards.

    Returns
    -------
    csr_array
        (R, K).
    """
    each = []
    for column, known in zip(columns, keyed[rows].T, strict=True):
        found = csr_array(column.found[rows].multiply(known[:, None]))
        each.append(csr_array(found + column.predicted[rows].multiply(~known[:, None])))
    return _weighed(reduce(_product, each), likely)


UNLIKELY = 1e-6
"""Weight of a cell that cannot be: a card of which the machine says nothing else stays there."""


def _grouped(
    code_of: Callable[[AxisValue], AxisCell], shares: Mapping[str, float], prior: Mapping[AxisCell, float]
) -> dict[AxisCell, float]:
    found: dict[AxisCell, float] = {}
    for value, share in shares.items():
        code = code_of(value)
        found[code] = found.get(code, 0.0) + share
    known = sum(found.values())
    for code, share in (prior or found or {code_of(None): 1.0}).items():
        found[code] = found.get(code, 0.0) + max(0.0, 1 - known) * share / (1.0 if prior or not known else known)
    return found


def _matrix(entries: Iterable[tuple[int, int, float]], shape: tuple[int, int]) -> csr_array:
    rows, columns, values = zip(*entries, strict=True) if (entries := list(entries)) else ((), (), ())
    return csr_array((np.array(values, float), (np.array(rows, int), np.array(columns, int))), shape=shape)


def _product(one: csr_array, other: csr_array) -> csr_array:
    """(N, K * L) products row by row; columns go through `one` first. A card has few codes of each: only these meet."""
    of_row = np.diff(other.indptr)
    rows = np.repeat(np.arange(one.shape[0]), np.diff(one.indptr))
    partners = of_row[rows]
    mine = np.repeat(np.arange(one.nnz), partners)
    first = np.repeat(np.cumsum(partners) - partners, partners)
    theirs = other.indptr[rows][mine] + np.arange(len(mine)) - first
    values = one.data[mine] * other.data[theirs]
    columns = other.indices[theirs].astype(np.int64) * one.shape[1] + one.indices[mine]
    ends = np.concatenate([[0], np.cumsum(np.diff(one.indptr) * of_row)])
    return csr_array((values, columns, ends), shape=(one.shape[0], one.shape[1] * other.shape[1]))


def _weighed(predicted: csr_array, weights: NDArray[np.float64]) -> csr_array:
    """Probabilities weighed by cell, so that each card's add up to what they did before."""
    weighed = csr_array(predicted.multiply(weights[None, :]))
    before, after = predicted.sum(axis=1), weighed.sum(axis=1)
    scale = np.divide(before, after, out=np.zeros_like(before), where=after > 0)
    return csr_array(weighed.multiply(scale[:, None]))
