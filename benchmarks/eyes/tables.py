"""What each donor gives to a table: what the machine says of it, what people found, and what is true."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from benchmarks.eyes.donors import Donor, Row
from estimation.assembly import Doubtful, Question, Sample, ladder
from estimation.axes import AxisCell
from reports.estimated import Estimates, question_of, summed
from reports.levels import LEVELS
from reports.period import Period
from reports.shape import TableShape
from reports.specs import specs

Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class DonorTable:
    """A table of M donors with K cells.

    Attributes
    ----------
    shape
        What it is made by.
    columns
        The V columns of the record on which it depends.
    sizes
        (M, V) sizes of their doubts, 0 where the machine settled the column.
    order
        (M, V) the columns of each, that of the largest doubt first.
    steps
        V + 1 matrices (M, K) of probabilities: by the machine alone, then with one more column found each.
    true
        (M, K) the cell in truth.
    """

    shape: TableShape
    columns: tuple[str, ...]
    cells: tuple[AxisCell, ...]
    sizes: Floats
    order: NDArray[np.int_]
    steps: tuple[csr_array, ...]
    true: csr_array

    @property
    def found(self) -> csr_array:
        """(M, K) the cell by what was accepted and keyed."""
        return self.steps[-1]

    @cached_property
    def doubtful(self) -> NDArray[np.bool_]:
        """(M,) whether any column is in doubt."""
        return np.asarray((self.sizes > 0).any(axis=1))

    def estimates(self, sample: Sample) -> Estimates:
        """Counts of the cells and their sums."""
        return summed(sample, self.shape)


def standard_tables(donors: Sequence[Donor], period: Period) -> dict[str, DonorTable]:
    """All standard tables that are estimated, by their number; T2 as regions by direction."""
    asked = {one.id: one.shape(LEVELS) for one in specs().values() if one.stub}
    asked["T2"] = TableShape((LEVELS["region"],), (LEVELS["direction"],), {})
    by_number = sorted(asked.items(), key=lambda item: int(item[0][1:]))
    return {name: donor_table(donors, shape, period) for name, shape in by_number}


def donor_table(donors: Sequence[Donor], shape: TableShape, period: Period) -> DonorTable:
    """One table, put together as the program does it from the donors."""
    question = question_of(shape, period)
    sizes = _sizes(donors, question.columns)
    order = np.argsort(-sizes, axis=1, kind="stable")
    first, steps = _steps(donors, question, sizes, order)
    certain = [replace(donor, keyed=donor.true, doubts=()) for donor in donors]
    second, truth = _steps(certain, question, 0 * sizes, order)
    cells = tuple(dict.fromkeys([*first, *second]))
    each = tuple(csr_array(step @ _onto(first, cells)) for step in steps)
    true = csr_array(truth[0] @ _onto(second, cells))
    return DonorTable(shape, question.columns, cells, sizes, order, each, true)


def _sizes(donors: Sequence[Donor], columns: Sequence[str]) -> Floats:
    doubts = [{doubt.column: doubt.size for doubt in donor.doubts} for donor in donors]
    return np.array([[own.get(column, 0.0) for column in columns] for own in doubts])


def _steps(
    donors: Sequence[Donor], question: Question, sizes: Floats, order: NDArray[np.int_]
) -> tuple[tuple[AxisCell, ...], list[csr_array]]:
    """The cells of a table, and the donors' probabilities with more and more of their columns found."""
    columns, doubtful = question.columns, [bool(own.any()) for own in sizes > 0]
    settled = [donor.keyed for donor, doubt in zip(donors, doubtful, strict=True) if not doubt]
    inside = [row for row in settled if _is_counted(question, row)]
    counted = Counter(tuple(row[column] for column in columns) for row in inside)
    shares: dict[str, dict[int, Mapping[str, float]]] = {column: {} for column in columns}
    for i, donor in enumerate(donors):
        for doubt in donor.doubts:
            if doubt.column in shares:
                shares[doubt.column][i] = doubt.shares
    dated = [donor.keyed[question.day] for donor in donors if donor.keyed[question.day]]
    share = sum(question.first <= day <= question.last for day in dated) / len(dated)
    values = {column: [donor.keyed[column] for donor in donors] for column in columns}
    cards = Doubtful(values, shares, np.ones(sizes.shape), np.ones(sizes.shape, bool), sizes)
    cells, _, at = ladder(question, counted, cards, share, order)
    every = np.arange(len(donors))
    return cells, [at(k, every) for k in range(len(columns) + 1)]


def _is_counted(question: Question, row: Row) -> bool:
    day = row[question.day]
    inside = day is not None and question.first <= day <= question.last
    return inside and all(row[name] in wanted for name, wanted in question.fixed.items())


def _onto(cells: Sequence[AxisCell], every: Sequence[AxisCell]) -> csr_array:
    """(K, J) 1 where a cell is the one of all."""
    place = {cell: j for j, cell in enumerate(every)}
    columns = [place[cell] for cell in cells]
    return csr_array((np.ones(len(columns)), (np.arange(len(columns)), columns)), shape=(len(columns), len(every)))
