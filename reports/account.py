"""What became of every sheet that was scanned: whole (T13), and by batch, checkpoint, folder and month (T15).

Each sheet is one thing: a batch's cover sheet; blank or a back side; not read; a second scan of a sheet that counts
already; or a card, whose crossing lies in the period, outside, or on a day that is not settled. So these always add up
to the sheets.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

from sqlalchemy import ColumnElement, Integer, case, cast, extract, func, true
from sqlalchemy.orm import Session

from ocr.forms.codebook import Role, codebook
from ocr.reading import Refusal
from reports.crosstab import Body
from reports.labels import same
from reports.levels import LEVELS
from reports.period import month_label
from reports.reach import Reach
from reports.sheets import OPEN, kind_of, sheets, whole
from reports.source import records
from reports.specs import Spec
from reports.table import Cell, Column, Row, RowKind, Unit, percent
from store.card_state import UNKNOWN
from store.record_values import LEFT_EMPTY
from store.tables import Batch, Run
from texts import Label, say_all

DATED = ("inside", "outside", "undated")
KINDS = ("cover", "without_card", "refused", "scanned_again", "other_form", *DATED)
"""What a sheet can be; the words for them are called `sheets_` and this, those over columns `head_` and this."""

batches = Batch.__table__

_CHECKPOINT = codebook().column_of(Role.CHECKPOINT)


def account(session: Session, spec: Spec, reach: Reach) -> Body:
    """T13: sheets received by what became of them, with the reasons why and what is open."""
    found = whole(session, reach.period)
    number = found.total()
    lines = [(say_all("report.sheets"), 1, number)]
    for kind in KINDS:
        parts = Counter({named: n for (own, named), n in found.items() if own == kind})
        lines.append((say_all(f"report.sheets_{kind}"), 2, parts.total()))
        lines += [(_part_label(named), 3, n) for named, n in parts.most_common() if named]
    rows = tuple(Row(label, level, RowKind.CATEGORY) for label, level, _ in lines)
    columns = (
        Column(say_all("report.sheets_all"), None, Unit.COUNT),
        Column(say_all("report.percent_of_total"), None, Unit.PERCENT),
    )
    return rows, columns, tuple((n, percent(n, number)) for _, _, n in lines)


def _part_label(name: str) -> Label:
    known = {*Refusal, "read_later", "empty_back", "replaced", "duplicate", *OPEN}
    return say_all(f"report.{name}") if name in known else same(name)


def breakdown(session: Session, spec: Spec, reach: Reach) -> Body:
    """T15: the same sheets by batch, checkpoint, folder and month, each with what became of them.

    What has no card and no month in the period is one row; so is what the store does not know.
    """
    ways = _ways()
    found = session.execute(sheets(true(), *(way.key for way in ways), kind_of(reach.period))).all()
    months = {year * 12 + month - 1 for year, month in reach.period.months()}
    counted: list[_Counted] = [(tuple(keys), kind, number) for *keys, kind, number in found]
    rows, cells = [], []
    for place, way in enumerate(ways):
        for row, line in _rows(way, place, counted, months):
            rows.append(row)
            cells.append(line)
    heads = (Column(say_all(f"report.head_{kind}"), _group(kind), Unit.COUNT, part=True) for kind in KINDS)
    return tuple(rows), (Column(say_all("report.sheets_all"), None, Unit.COUNT), *heads), tuple(cells)


def _group(kind: str) -> Label | None:
    return say_all("report.dated") if kind in DATED else None


_Counted: TypeAlias = tuple[tuple[Any, ...], str, int]
"""What tells sheets apart, the month last; what they are; and their number."""


@dataclass(frozen=True)
class _Way:
    """Something by which sheets are told apart: the name of its words, and what one key of it is called.

    `key` is NULL where the store does not know it.
    """

    name: str
    key: ColumnElement[Any]
    label_of: Callable[[Any], Label]


def _ways() -> tuple[_Way, ...]:
    """By batch, checkpoint, folder (mostly that of one scanner) and month of crossing.

    Where a card does not tell its checkpoint or month, its batch does.
    """
    own = records.c[_CHECKPOINT]
    checkpoint = case((own.not_in((LEFT_EMPTY, UNKNOWN)), own), else_=func.nullif(Batch.checkpoint, ""))
    month = func.coalesce(
        _month(records.c.crossing_first, records.c.crossing_last), _month(batches.c.first_day, batches.c.last_day)
    )
    return (
        _Way("by_batch", batches.c.number, same),
        _Way("by_checkpoint", checkpoint, LEVELS[_CHECKPOINT].label),
        _Way("by_folder", func.nullif(Run.folder, ""), same),
        _Way("by_month", month, lambda month: month_label(month // 12, month % 12 + 1)),
    )


def _month(first: ColumnElement[Any], last: ColumnElement[Any]) -> ColumnElement[Any]:
    """The month in which two days lie, counted from the year 0; NULL where they lie in two."""
    one, other = (cast(extract("year", day) * 12 + extract("month", day) - 1, Integer) for day in (first, last))
    return case((one == other, one), else_=None)


def _rows(
    way: _Way, place: int, counted: Sequence[_Counted], months: Collection[int]
) -> Iterator[tuple[Row, tuple[Cell, ...]]]:
    """The row of all sheets, below it those of the keys of the period, of all other keys, and of no key."""
    by: defaultdict[Any, Counter[str]] = defaultdict(Counter)
    shown = set()
    for keys, kind, number in counted:
        by[keys[place]][kind] += number
        if kind == "inside" or keys[-1] in months:
            shown.add(keys[place])
    shown.discard(None)
    yield Row(say_all(f"report.{way.name}"), 1, RowKind.CATEGORY), _line(by.values())
    for key in sorted(shown):
        yield Row(way.label_of(key), 2, RowKind.CATEGORY), _line([by[key]])
    yield (
        Row(say_all("report.not_of_period"), 2, RowKind.CATEGORY),
        _line(kinds for key, kinds in by.items() if key is not None and key not in shown),
    )
    yield Row(say_all("report.not_known"), 2, RowKind.MISSING), _line([by[None]])


def _line(sheets: Iterable[Mapping[str, int]]) -> tuple[Cell, ...]:
    kinds = sum((Counter(one) for one in sheets), Counter[str]())
    return kinds.total(), *(kinds[kind] for kind in KINDS)
