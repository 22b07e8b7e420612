"""Build the standard tables from the records."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date

from sqlalchemy import ColumnElement
from sqlalchemy.orm import Session

from ocr.errors import BadInputError
from reports import estimated_flows, flows, quality
from reports.by_variable import PREFIX, by_variable
from reports.crosstab import Body, add_up, crosstab
from reports.estimated import estimated
from reports.levels import LEVELS, MISSING, Level
from reports.period import Period
from reports.renamed import note_of_renamed
from reports.shape import TableShape
from reports.source import count_by, records, undated, within
from reports.specs import Spec, specs
from reports.table import Column, Table
from store.record_values import AGE_BANDS
from texts import Label, say_all

_OWN_SHAPE = {"T2": flows.net_by_region, "T11": flows.by_month, "T13": quality.account, "T14": quality.by_field}
_ESTIMATED = {"T2": estimated_flows.net_by_region, "T11": estimated_flows.by_month}


_PRESS_AGES = [f"{first}-{last}" for first, last in AGE_BANDS if first >= 15 and last <= 29]
"""Age groups of which the press release speaks together."""


def available() -> tuple[str, ...]:
    """Ids of the tables that can be built, in their order."""
    return tuple(specs())


def estimable() -> tuple[str, ...]:
    """Ids of those that can be estimated."""
    return tuple(name for name, spec in specs().items() if spec.stub or name in _ESTIMATED)


def build(session: Session, table_id: str, start: date, end: date, *, estimate: bool = False) -> Table:
    """Build one table of the cards that crossed the border from `start` to `end`, both included.

    It counts what is settled; or estimates (`reports.estimated`), so that cards in doubt count too, with margins.

    Parameters
    ----------
    table_id
        One of `available`, or ``by-`` and the name of a statistical variable. Where an office added the variable, the
        table is about the cards whose form asks it.

    Raises
    ------
    BadInputError
        There is no such table, the period ends before it starts, or the table is none that is estimated.
    """
    spec, levels = _spec(session, table_id)
    period, shape = Period(start, end), spec.shape(levels)
    rows, columns, cells = (_estimate if estimate else _count)(session, spec, shape, period)
    keys = [*(level.column for level in shape.stub), "direction"]
    cards = sum(found[-1] for found in count_by(session, keys, within(period), *_only(spec)))
    counted, margins = _notes(session, spec, period, columns, cards), _estimated_notes(spec, period, columns)
    notes = [*(margins if estimate else counted)]
    if renamed := note_of_renamed(rows, shape.stub, period):
        notes.insert(-1, renamed)  # the source comes last
    return Table(
        id=spec.id,
        title=spec.title if period.previous else spec.plain_title or spec.title,
        period=period,
        stub=spec.head,
        rows=rows,
        columns=columns,
        cells=cells,
        notes=tuple(notes),
        chart=spec.chart,
        chart_level=spec.chart_level,
        cards=cards,
    )


def _count(session: Session, spec: Spec, shape: TableShape, period: Period) -> Body:
    own = _OWN_SHAPE.get(spec.id)
    return own(session, period) if own else _crosstab(session, spec, shape, period)


def _estimate(session: Session, spec: Spec, shape: TableShape, period: Period) -> Body:
    own = _ESTIMATED.get(spec.id)
    if not own and not spec.stub:
        raise BadInputError(f"{spec.id} is not estimated: it says what became of sheets and fields.")
    return own(session, period) if own else estimated(session, shape, period, spec.share)


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


def _only(spec: Spec) -> list[ColumnElement[bool]]:
    """Conditions for the cards that a table is about, besides the period."""
    return [records.c[name] == value for name, value in spec.fixed.items()]


def _crosstab(session: Session, spec: Spec, shape: TableShape, period: Period) -> Body:
    """A table of one classification by another."""
    names = list(dict.fromkeys(level.column for level in shape.levels))
    places = [(level, names.index(level.column)) for level in shape.levels]
    counts = add_up(
        (*shape.paths([level.code_of(record[place]) for level, place in places]), record[-1])
        for record in count_by(session, names, within(period), *_only(spec))
    )
    return crosstab(shape, counts, spec.share)


def _notes(session: Session, spec: Spec, period: Period, columns: Sequence[Column], cards: int) -> Iterator[Label]:
    """What a reader must know to read the table rightly."""
    yield say_all("report.note_cards", cards=cards)
    dateless = undated(session, period)
    if spec.direction == "D":
        yield say_all("report.note_undated_D", departures=dateless["D"])
    else:
        yield say_all("report.note_undated", departures=dateless["D"], returns=dateless["A"])
    if spec.country:
        yield say_all("report.note_country", cards=_without_country(session, spec, period))
    if spec.id == "T2":
        yield say_all("report.note_net")
    previous = period.previous
    if spec.id in ("T2", "T11") and previous:
        yield say_all("report.note_previous", start=previous.start, end=previous.end)
    if spec.id == "T3":
        young = count_by(session, ["direction"], within(period), *_only(spec), records.c.age_group.in_(_PRESS_AGES))
        yield say_all("report.note_press_age", cards=sum(number for _, number in young))
    if spec.id == "T14":
        yield say_all("report.note_field")
        yield say_all("report.note_number_empty")
    if any(column.unit.decimals for column in columns):
        yield say_all("report.note_percent")
    yield say_all("report.note_source")


def _estimated_notes(spec: Spec, period: Period, columns: Sequence[Column]) -> Iterator[Label]:
    """What a reader must know of a table with margins."""
    yield say_all("report.note_estimated")
    if spec.id == "T11" and period.previous:
        yield say_all("report.note_previous", start=period.previous.start, end=period.previous.end)
    if spec.id == "T2":
        yield say_all("report.note_net")
    if any(column.unit.decimals for column in columns):
        yield say_all("report.note_percent")
    yield say_all("report.note_source")


def _without_country(session: Session, spec: Spec, period: Period) -> int:
    side = records.c.direction == spec.direction
    found, level = count_by(session, ["country"], within(period), side), LEVELS["country"]
    return sum(number for country, number in found if level.code_of(country) in MISSING)
