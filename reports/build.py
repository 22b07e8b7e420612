"""Build the standard tables from the records."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import nullcontext
from datetime import date

from sqlalchemy.orm import Session

from ocr.errors import BadInputError
from reports import account, estimated_flows, flows, quality
from reports.by_variable import PREFIX, by_variable
from reports.crosstab import Body, add_up, crosstab
from reports.estimated import EstimatedBody, estimated
from reports.levels import LEVELS, Level
from reports.notes import estimated_notes, notes_of, title_of
from reports.period import Period
from reports.purposes import takes_purposes, with_purposes
from reports.reach import Reach, reach_of
from reports.renamed import note_of_renamed
from reports.shape import TableShape
from reports.source import count_by, only, within
from reports.specs import Spec, specs
from reports.table import Table
from store.frozen import FrozenRecord
from store.frozen_session import COLUMNS, frozen_session

_OWN_SHAPE = {
    "T2": flows.net_by_region,
    "T11": flows.by_month,
    "T13": account.account,
    "T14": quality.by_field,
    "T15": account.breakdown,
}
_ESTIMATED = {"T2": estimated_flows.net_by_region, "T11": estimated_flows.by_month}


def available(*, estimate: bool = False, purposes: Sequence[str] = ()) -> tuple[str, ...]:
    """Ids of the tables that can be built, in their order: of those that can be estimated, or made by purpose."""
    return tuple(
        name
        for name, spec in specs().items()
        if (not estimate or spec.stub or name in _ESTIMATED) and (not purposes or takes_purposes(spec))
    )


def published(*, estimate: bool = False, purposes: Sequence[str] = ()) -> tuple[str, ...]:
    """Ids of those of the `available` tables that may be published."""
    return tuple(name for name in available(estimate=estimate, purposes=purposes) if not specs()[name].internal)


def build(
    session: Session, table_id: str, start: date, end: date, *, estimate: bool = False, purposes: Sequence[str] = ()
) -> Table:
    """Build one table of the cards that crossed the border from `start` to `end`, both included.

    It counts what is settled; or estimates (`reports.estimated`), so that cards in doubt count too, with margins.

    Parameters
    ----------
    table_id
        One of `available`, or ``by-`` and the name of a statistical variable. Where an office added the variable, the
        table is about the cards whose form asks it.
    purposes
        Keeps the departures for one of these purposes of travel, by their codes; all cards where there is none.

    Raises
    ------
    BadInputError
        There is no such table or purpose, the period ends before it starts, or the table is none that is estimated, or
        none that is made by purpose.
    """
    return build_each(session, [table_id], start, end, estimate=estimate, purposes=purposes)[0]


def build_each(
    session: Session,
    table_ids: Sequence[str],
    start: date,
    end: date,
    *,
    estimate: bool = False,
    purposes: Sequence[str] = (),
    frozen: FrozenRecord | None = None,
) -> list[Table]:
    """Several tables of one period, each as `build` makes it; how far the cards reach into it is looked up once.

    Parameters
    ----------
    frozen
        The record of the same moment as `session`, over which much is counted faster; the tables are the same.
    """
    reach = reach_of(session, Period(start, end))
    with frozen_session(frozen) if frozen else nullcontext(session) as fast:
        return [_built(session, fast, table_id, reach, estimate, purposes) for table_id in table_ids]


def _built(
    store: Session, fast: Session, table_id: str, reach: Reach, estimate: bool, purposes: Sequence[str]
) -> Table:
    spec, levels = _spec(store, table_id)
    if purposes:
        spec = with_purposes(spec, purposes)
    shape = spec.shape(levels)
    session = store if estimate or _is_of_store(spec, shape) else fast
    counted = reach.counted(spec)
    beside = [level.column for level in shape.stub if level.column not in COLUMNS]  # these not every card has
    cards = sum(found[-1] for found in count_by(session, beside, within(counted), *only(spec)))
    if estimate:
        (rows, columns, cells), coverage = _estimate(session, spec, shape, reach)
        notes = [*estimated_notes(session, spec, reach, columns, coverage)]
    else:
        rows, columns, cells = _count(session, spec, shape, reach)
        notes = [*notes_of(session, spec, reach, columns, cards)]
    if renamed := note_of_renamed(rows, shape.stub, counted):
        notes.insert(-1, renamed)  # the source comes last
    return Table(
        id=spec.id,
        title=title_of(spec, reach),
        period=counted,
        stub=spec.head,
        rows=rows,
        columns=columns,
        cells=cells,
        notes=tuple(notes),
        chart=spec.chart,
        chart_level=spec.chart_level,
        cards=cards,
        provisional=not reach.is_finished,
        until=reach.until,
    )


def _count(session: Session, spec: Spec, shape: TableShape, reach: Reach) -> Body:
    own = _OWN_SHAPE.get(spec.id)
    return own(session, spec, reach) if own else _crosstab(session, spec, shape, reach.period)


def _estimate(session: Session, spec: Spec, shape: TableShape, reach: Reach) -> EstimatedBody:
    own = _ESTIMATED.get(spec.id)
    if not own and not spec.stub:
        raise BadInputError(f"{spec.id} is not estimated: it says what became of sheets and fields.")
    return own(session, spec, reach) if own else estimated(session, shape, reach.period, spec.share)


def _is_of_store(spec: Spec, shape: TableShape) -> bool:
    """Whether the store alone has what a table counts: sheets, and variables that stand beside the records."""
    return spec.id in ("T13", "T15") or any(level.column not in COLUMNS for level in shape.levels)


def _spec(session: Session, table_id: str) -> tuple[Spec, Mapping[str, Level]]:
    """A table by its id, and the levels that it may name."""
    if table_id.lower().startswith(PREFIX):
        spec, level = by_variable(session, table_id[len(PREFIX) :].lower())
        return spec, {**LEVELS, **dict.fromkeys(spec.stub, level)}
    standard = specs().get(table_id.upper())
    if standard is None:
        known = f"{', '.join(available())}, and {PREFIX}NAME for a variable of the cards"
        raise BadInputError(f"{table_id!r} is no table; there are {known}.")
    return standard, LEVELS


def _crosstab(session: Session, spec: Spec, shape: TableShape, period: Period) -> Body:
    """A table of one classification by another."""
    names = list(dict.fromkeys(level.column for level in shape.levels))
    places = [(level, names.index(level.column)) for level in shape.levels]
    counts = add_up(
        (*shape.paths([level.code_of(record[place]) for level, place in places]), record[-1])
        for record in count_by(session, names, within(period), *only(spec))
    )
    return crosstab(shape, counts, spec.share)
