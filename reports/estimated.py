"""Tables with error bars: every card counts, those in doubt by what machine and people say of them (`estimation`)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import chain, product
from typing import TypeAlias

import numpy as np
from scipy.sparse import csr_array
from sqlalchemy.orm import Session

from estimation.assembly import Question, Sample
from estimation.axes import Axis, AxisCell
from estimation.intervals import Interval, count_intervals, difference_margins, ratio_margins
from estimation.sample import load_sample
from estimation.two_phase import Floats, TwoPhase
from ocr.forms.codebook import Role, codebook
from reports.crosstab import Body, Counts, columns_of, crosstab, rows_of
from reports.levels import MISSING, Level, Path, trimmed
from reports.period import Period
from reports.specs import Spec
from reports.table import Cell, Column, Unit
from texts import Label, say_all

Pair: TypeAlias = tuple[Path, Path]


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

    def share_margins(self, pairs: Sequence[Pair], whole: Pair) -> Floats:
        """Half the widths, in per cent, of the 95 % intervals of shares of a whole."""
        return self.ratio_margins([(pair, whole) for pair in pairs])

    def ratio_margins(self, pairs: Sequence[tuple[Pair, Pair]]) -> Floats:
        """Half the widths, in per cent, of the 95 % intervals of one count in another (linearised); 0 of nothing."""
        weights = []
        for one, whole in pairs:
            part, total = self.count(one).estimate, self.count(whole).estimate
            off = self._weights(one) - self._weights(whole) * (part / total if total else 0.0)
            weights.append(100 * off / total if total else 0 * off)
        return ratio_margins(self.cards, csr_array(np.stack(weights, axis=1)))

    def difference_margins(self, pairs: Sequence[tuple[Pair, Pair]]) -> Floats:
        """Half the widths of the 95 % intervals of differences of counts."""
        weights = [self._weights(one) - self._weights(other) for one, other in pairs]
        return difference_margins(self.cards, csr_array(np.stack(weights, axis=1)))

    def _weights(self, pair: Pair) -> Floats:
        if pair not in self._place:
            return np.zeros(self.of.shape[0])
        return np.asarray(self.of[:, [self._place[pair]]].toarray(), float).ravel()

    @cached_property
    def _place(self) -> dict[Pair, int]:
        return {pair: j for j, pair in enumerate(self.pairs)}


def estimated(session: Session, spec: Spec, levels: Mapping[str, Level], period: Period) -> Body:
    """Rows, columns and cells of a table; beside each number stands its margin, half the width of its 95 % interval."""
    stub, columns = ([levels[name] for name in names] for names in (spec.stub, spec.columns))
    found = estimates(session, stub, columns, period, fixed_columns(spec))
    counts: Counts = Counter({pair: round(one.estimate) for pair, one in found.counts.items()})
    rows = [path for path, _ in rows_of(stub, counts)]
    heads = [path for path, _ in columns_of(columns, counts)]
    margins: list[list[Cell]] = [[found.count((row, head)).margin for head in heads] for row in rows]
    if spec.share:
        shares = found.share_margins([(row, ()) for row in rows], ((), ()))
        margins = [[*line, round(float(own), 1)] for line, own in zip(margins, shares, strict=True)]
    return _with_margins(crosstab(stub, columns, counts, spec.share), margins)


def estimates(
    session: Session,
    stub: Sequence[Level],
    columns: Sequence[Level],
    period: Period,
    fixed: Mapping[str, Collection[str]],
) -> Estimates:
    """Estimate a table of one classification by another."""
    axes = tuple(Axis(level.column, level.code_of) for level in (*stub, *columns))
    question = Question(axes, period.start, period.end, fixed, possible_cells(axes))
    return summed(load_sample(session, question), len(stub))


def summed(sample: Sample, stub: int) -> Estimates:
    """Estimates of the cells and subtotals of a sample, of whose axes the first `stub` make the rows."""
    place: dict[Pair, int] = {}
    entries = []
    for k, cell in enumerate(sample.cells):
        row, column = trimmed(cell[:stub]), trimmed(cell[stub:])
        for i, j in product(range(len(row) + 1), range(len(column) + 1)):
            entries.append((k, place.setdefault((row[:i], column[:j]), len(place))))
    at = np.array(entries, int).reshape(-1, 2)
    of = csr_array((np.ones(len(at)), (at[:, 0], at[:, 1])), shape=(len(sample.cells), len(place)))
    return Estimates(sample.cards, tuple(place), of)


def fixed_columns(spec: Spec) -> dict[str, Collection[str]]:
    """Values of which columns must have one to be in a table."""
    country, purpose = (codebook().column_of(role) for role in (Role.COUNTRY_ABROAD, Role.PURPOSE))
    wanted = (("direction", spec.direction), (country, spec.country))
    one: dict[str, Collection[str]] = {name: (value,) for name, value in wanted if value}
    return one | {purpose: spec.purposes} if spec.purposes else one


def possible_cells(axes: Sequence[Axis]) -> Callable[[AxisCell], bool]:
    """That a district lies in its region, where a table has both."""
    names = [axis.column for axis in axes]
    region, district = (codebook().column_of(role) for role in (Role.HOME_REGION, Role.HOME_DISTRICT))
    if region not in names or district not in names:
        return lambda cell: True
    outer, inner = names.index(region), names.index(district)

    def lies_within(cell: AxisCell) -> bool:
        one, other = cell[outer], cell[inner]
        return one in MISSING or other in MISSING or str(other).startswith(str(one))

    return lies_within


def _with_margins(body: Body, margins: Iterable[Sequence[Cell]]) -> Body:
    """Put beside each column of numbers one of their margins."""
    rows, columns, cells = body
    heads = chain.from_iterable((column, margin_of(column.group, column.unit)) for column in columns)
    beside = (tuple(chain.from_iterable(zip(line, own, strict=True))) for line, own in zip(cells, margins, strict=True))
    return rows, tuple(heads), tuple(beside)


def margin_of(group: Label | None, of: Unit = Unit.COUNT) -> Column:
    unit = Unit.MARGIN_PERCENT if of is Unit.PERCENT else Unit.MARGIN
    return Column(say_all("report.margin"), group, unit)
