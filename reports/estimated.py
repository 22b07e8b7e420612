"""Tables with error bars: every card counts, those in doubt by what machine and people say of them (`estimation`)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import chain, product
from typing import TypeAlias

import numpy as np
from scipy.sparse import csr_array
from sqlalchemy.orm import Session

from estimation.assembly import Question, Sample
from estimation.axes import Axis
from estimation.intervals import Interval, count_intervals, difference_margins, ratio_margins
from estimation.sample import load_sample
from estimation.two_phase import Floats, TwoPhase
from reports.crosstab import Body, Counts, columns_of, crosstab, rows_of
from reports.levels import Path
from reports.period import Period
from reports.shape import TableShape
from reports.table import Cell, Column, Unit
from texts import Label, say_all

Pair: TypeAlias = tuple[Path, Path]
EstimatedBody: TypeAlias = tuple[Body, Label]
"""A table's rows, columns and cells, and a note of which cards they are."""


@dataclass(frozen=True, eq=False)
class Estimates:
    """Every cell and every subtotal of a table, by its row and column path.

    Attributes
    ----------
    of
        (K, J) which cells of the sample each of the J pairs sums: 0 or 1.
    """

    cards: TwoPhase
    pairs: tuple[Pair, ...]
    of: csr_array

    @cached_property
    def counts(self) -> dict[Pair, Interval]:
        """How many cards, with the ends of the 95 % interval."""
        return dict(zip(self.pairs, count_intervals(self.cards, self.of), strict=True))

    def count(self, pair: Pair) -> Interval:
        """One count; what never occurs is surely nothing."""
        return self.counts.get(pair, Interval(0.0, 0.0, 0.0))

    def columns(self, pairs: Sequence[Pair]) -> csr_array:
        """(K, J) the cells that each of some counts sums; none of what never occurs."""
        known = [(self._place[pair], j) for j, pair in enumerate(pairs) if pair in self._place]
        at = np.array(known, int).reshape(-1, 2)
        chosen = csr_array((np.ones(len(at)), (at[:, 0], at[:, 1])), shape=(len(self.pairs), len(pairs)))
        return csr_array(self.of @ chosen)

    def ratio_margins(self, pairs: Sequence[tuple[Pair, Pair]]) -> Floats:
        """Half the widths, in per cent, of the 95 % intervals of one count in another (linearised); 0 of nothing."""
        parts, wholes = zip(*pairs, strict=True)
        part, whole = (np.array([self.count(pair).estimate for pair in of]) for of in (parts, wholes))
        per_cent = np.divide(100.0, whole, out=np.zeros_like(whole), where=whole > 0)
        weights = self.columns(parts).multiply(per_cent) - self.columns(wholes).multiply(per_cent**2 * part / 100)
        return ratio_margins(self.cards, csr_array(weights))

    def difference_margins(self, pairs: Sequence[tuple[Pair, Pair]]) -> Floats:
        """Half the widths of the 95 % intervals of differences of counts."""
        ones, others = zip(*pairs, strict=True)
        return difference_margins(self.cards, csr_array(self.columns(ones) - self.columns(others)))

    @cached_property
    def _place(self) -> dict[Pair, int]:
        return {pair: j for j, pair in enumerate(self.pairs)}


def estimated(session: Session, shape: TableShape, period: Period, share: bool) -> EstimatedBody:
    """Rows, columns and cells of a table; beside each number stands its margin, half the width of its 95 % interval."""
    found = estimates(session, shape, period)
    counts: Counts = Counter({pair: round(one.estimate) for pair, one in found.counts.items()})
    rows = [path for path, _ in rows_of(shape.stub, counts)]
    heads = [path for path, _ in columns_of(shape.columns, counts)]
    margins: list[list[Cell]] = [[found.count((row, head)).margin for head in heads] for row in rows]
    if share:
        shares = found.ratio_margins([((row, ()), ((), ())) for row in rows])
        margins = [[*line, round(float(own), 1)] for line, own in zip(margins, shares, strict=True)]
    return _with_margins(crosstab(shape, counts, share), margins), coverage(found.cards)


def coverage(cards: TwoPhase) -> Label:
    """Of which cards estimates are: a note."""
    known, read = round(float(cards.known.sum())), round(float(cards.cells.sum()))
    return say_all("report.note_coverage", known=known, estimated=max(0, read - known), lost=round(cards.lost))


def estimates(session: Session, shape: TableShape, period: Period) -> Estimates:
    """Estimate a table of one classification by another."""
    return summed(load_sample(session, question_of(shape, period)), shape)


def question_of(shape: TableShape, period: Period) -> Question:
    """What is asked of the cards of a table."""
    axes = tuple(Axis(level.column, level.code_of) for level in shape.levels)
    return Question(axes, period.start, period.end, shape.fixed, shape.possible)


def summed(sample: Sample, shape: TableShape) -> Estimates:
    """Estimates of the cells and subtotals of a sample."""
    place: dict[Pair, int] = {}
    entries = []
    for k, cell in enumerate(sample.cells):
        row, column = shape.paths(cell)
        for i, j in product(range(len(row) + 1), range(len(column) + 1)):
            entries.append((k, place.setdefault((row[:i], column[:j]), len(place))))
    at = np.array(entries, int).reshape(-1, 2)
    of = csr_array((np.ones(len(at)), (at[:, 0], at[:, 1])), shape=(len(sample.cells), len(place)))
    return Estimates(sample.cards, tuple(place), of)


def _with_margins(body: Body, margins: Iterable[Sequence[Cell]]) -> Body:
    """Put beside each column of numbers one of their margins."""
    rows, columns, cells = body
    heads = chain.from_iterable((column, margin_of(column.group, column.unit)) for column in columns)
    beside = (tuple(chain.from_iterable(zip(line, own, strict=True))) for line, own in zip(cells, margins, strict=True))
    return rows, tuple(heads), tuple(beside)


def margin_of(group: Label | None, of: Unit = Unit.COUNT) -> Column:
    unit = Unit.MARGIN_PERCENT if of.decimals else Unit.MARGIN
    return Column(say_all("report.margin"), group, unit)
