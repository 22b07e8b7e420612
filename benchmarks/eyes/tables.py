"""What each donor gives to a table: what the machine says of it, what people found, and what is true."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from benchmarks.eyes.donors import Donor, Row
from estimation.assembly import Doubtful, Question, Sample, put_together
from estimation.axes import Axis, AxisCell
from reports.estimated import Estimates, fixed_columns, possible_cells, summed
from reports.levels import LEVELS, Level
from reports.period import Period
from reports.specs import specs

Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class DonorTable:
    """A table of M donors with K cells.

    Attributes
    ----------
    stub
        How many of the axes of the cells make the rows.
    columns
        The V columns of the record on which it depends.
    sizes
        (M, V) sizes of their doubts, not a number where the machine settled the column.
    predicted, found, true
        (M, K) probabilities by the machine, and the cell by what was accepted or keyed, and in truth.
    """

    stub: int
    columns: tuple[str, ...]
    cells: tuple[AxisCell, ...]
    sizes: Floats
    predicted: csr_array
    found: csr_array
    true: csr_array

    @cached_property
    def doubtful(self) -> NDArray[np.bool_]:
        """(M,) whether any column is in doubt."""
        return _any_open(self.sizes)

    def estimates(self, sample: Sample) -> Estimates:
        """Counts of the cells and their sums."""
        return summed(sample, self.stub)


def standard_tables(donors: Sequence[Donor], period: Period) -> dict[str, DonorTable]:
    """All standard tables that are estimated, by their number; T2 as regions by direction."""
    asked = {one.id: ((one.stub, one.columns), fixed_columns(one)) for one in specs().values() if one.stub}
    asked["T2"] = (("region",), ("direction",)), {}
    return {
        name: donor_table(donors, [LEVELS[n] for n in stub], [LEVELS[n] for n in heads], period, fixed)
        for name, ((stub, heads), fixed) in sorted(asked.items(), key=lambda item: int(item[0][1:]))
    }


def donor_table(
    donors: Sequence[Donor],
    stub: Sequence[Level],
    heads: Sequence[Level],
    period: Period,
    fixed: Mapping[str, Collection[str]],
) -> DonorTable:
    """One table, put together as the program does it from the donors."""
    axes = tuple(Axis(level.column, level.code_of) for level in (*stub, *heads))
    question = Question(axes, period.start, period.end, fixed, possible_cells(axes))
    sizes = _sizes(donors, question.columns)
    by_machine = _by_machine(donors, question, _any_open(sizes))
    found, true = (_sure(question, rows) for rows in ([d.keyed for d in donors], [d.true for d in donors]))
    cells = tuple(dict.fromkeys([*by_machine.cells, *found.cells, *true.cells]))
    predicted = csr_array(found.cards.found @ _onto(found.cells, cells)).tolil()
    rows = np.flatnonzero(_any_open(sizes))
    predicted[rows] = csr_array(by_machine.cards.predicted @ _onto(by_machine.cells, cells)).tolil()
    each = (csr_array(one.cards.found @ _onto(one.cells, cells)) for one in (found, true))
    return DonorTable(len(stub), question.columns, cells, sizes, csr_array(predicted), *each)


def _sizes(donors: Sequence[Donor], columns: Sequence[str]) -> Floats:
    doubts = [{doubt.column: doubt.size for doubt in donor.doubts} for donor in donors]
    return np.array([[own.get(column, np.nan) for column in columns] for own in doubts])


def _any_open(sizes: Floats) -> NDArray[np.bool_]:
    return np.asarray(np.isfinite(sizes).any(axis=1))


def _by_machine(donors: Sequence[Donor], question: Question, doubtful: NDArray[np.bool_]) -> Sample:
    """The sample of the donors themselves, of whom everybody in doubt was drawn."""
    open_ones = [donor for donor, doubt in zip(donors, doubtful, strict=True) if doubt]
    settled = [donor.keyed for donor, doubt in zip(donors, doubtful, strict=True) if not doubt]
    inside = [row for row in settled if _is_counted(question, row)]
    counted = Counter(tuple(row[column] for column in question.columns) for row in inside)
    shares = {
        column: {
            i: doubt.shares for i, donor in enumerate(open_ones) for doubt in donor.doubts if doubt.column == column
        }
        for column in question.columns
    }
    dated = [donor.keyed[question.day] for donor in donors if donor.keyed[question.day]]
    share = sum(question.first <= day <= question.last for day in dated) / len(dated)
    cards = _all_drawn(question, [donor.keyed for donor in open_ones], shares)
    return put_together(question, counted, cards, share, 0.0, 0.0)


def _is_counted(question: Question, row: Row) -> bool:
    day = row[question.day]
    inside = day is not None and question.first <= day <= question.last
    return inside and all(row[name] in wanted for name, wanted in question.fixed.items())


def _sure(question: Question, rows: Sequence[Row]) -> Sample:
    """The sample of cards of which everything is known."""
    return put_together(question, {}, _all_drawn(question, rows, {}), 1.0, 0.0, 0.0)


def _all_drawn(
    question: Question, rows: Sequence[Row], shares: Mapping[str, Mapping[int, Mapping[str, float]]]
) -> Doubtful:
    values = {column: [row[column] for row in rows] for column in question.columns}
    ones = np.ones(len(rows))
    return Doubtful(values, shares, ones, ones > 0, ones)


def _onto(cells: Sequence[AxisCell], every: Sequence[AxisCell]) -> csr_array:
    """(K, J) 1 where a cell is the one of all."""
    place = {cell: j for j, cell in enumerate(every)}
    columns = [place[cell] for cell in cells]
    return csr_array((np.ones(len(columns)), (np.arange(len(columns)), columns)), shape=(len(columns), len(every)))
