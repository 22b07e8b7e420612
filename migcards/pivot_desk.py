"""Counts for the page of pivot tables, over the frozen record as it was lately."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import nullcontext, suppress
from dataclasses import replace
from datetime import date

from sqlalchemy import Engine
from sqlalchemy.orm import Session

from migcards.frozen_keeper import FrozenKeeper
from ocr.errors import BadInputError
from reports.cells import spans, write_cell
from reports.charts import draw
from reports.cube import Cube
from reports.levels import MISSING, Path
from reports.measures import Measure
from reports.parameters import Parameter, PivotError, names, parameter
from reports.period import Period
from reports.pivot import Pivot, PivotTable, build_pivot
from reports.selections import read_selections, write_selection
from reports.table import Table
from reports.writers.render import render
from review.web.pivot_board import Head, Offer, PivotChoice, PivotQuery, PivotRow, PivotView
from store.engine import read_only
from store.record_values import AGE
from texts import Language, say

OWN_AGES = f"{AGE}:"
"""Stands in the form for the age groups that are typed beside it."""

RECORD_DIGITS = 12
"""Of a hash, enough to know a record by."""


class PivotDesk:
    """`review.web.pivot_board.PivotBoard`.

    Parameters
    ----------
    engine
        The store that estimates are made of.
    hide_below
        Counts that are hidden where small ones are.
    """

    def __init__(self, keeper: FrozenKeeper, engine: Engine, hide_below: int) -> None:
        self._keeper, self._engine, self._hide_below = keeper, engine, hide_below

    def view(self, query: PivotQuery, language: Language, *, hidden: bool) -> PivotView:
        """The table and the form."""
        cube = self._keeper.lately()
        query = _dated(query, cube)
        try:
            shown = self._built(cube, query, hidden)
            fault = ""
        except PivotError as error:
            shown, fault = None, error.said(language)
        except BadInputError:  # the days of the period stand in the wrong order
            shown, fault = None, say("pivot_page.wrong_days", language)
        view = _form(cube, query, language)
        if shown is None:
            return replace(view, fault=fault)
        table = shown.table
        return replace(
            view,
            title=table.title.of(language),
            period=table.period.label.of(language),
            stub=table.stub.of(language),
            heads=_heads(table, language),
            rows=[_row(query, shown, n, language) for n in range(len(table.rows))],
            notes=[note.of(language) for note in table.notes],
            chart=draw(table, language, "pivot"),
        )

    def file(self, query: PivotQuery, language: Language, form: str, *, hidden: bool) -> bytes | None:
        """The table as a file."""
        cube = self._keeper.lately()
        try:
            return render(self._built(cube, _dated(query, cube), hidden).table, form, language)
        except BadInputError:
            return None

    def _built(self, cube: Cube, query: PivotQuery, hidden: bool) -> PivotTable:
        with Session(read_only(self._engine)) if query.estimate else nullcontext() as store:
            return build_pivot(cube, _pivot(query), estimate=store, hide_below=self._hide_below if hidden else 0)


def _dated(query: PivotQuery, cube: Cube) -> PivotQuery:
    """The query with its days: without any those of the latest year with crossings."""
    year = cube.span[1].year if cube.span else date.today().year
    first, last = query.first_day or date(year, 1, 1), query.last_day or date(year, 12, 31)
    return replace(query, first_day=first, last_day=last)


def _period(query: PivotQuery) -> Period:
    assert query.first_day is not None and query.last_day is not None
    return Period(query.first_day, query.last_day)


def _pivot(query: PivotQuery) -> Pivot:
    rows, columns = (tuple(_name(query, one) for one in part) for part in (query.rows, query.columns))
    try:
        measure = Measure(query.measure)
    except ValueError:
        measure = Measure.CARDS
    where = [(_name(query, name), codes) for name, codes in read_selections(query.only)]
    return Pivot(_period(query), rows, columns, tuple(where), measure, query.sort)


def _name(query: PivotQuery, name: str) -> str:
    return name + query.ages.replace(" ", "") if name == OWN_AGES else name


def _form(cube: Cube, query: PivotQuery, language: Language) -> PivotView:
    """The page without a table."""
    assert query.first_day is not None and query.last_day is not None
    days = Period(query.first_day, max(query.first_day, query.last_day))
    found = {name: parameter(name, days, cube.frozen.own) for name in names(cube.frozen.own)}
    choices = [PivotChoice(name, one.label.of(language)) for name, one in found.items()]
    at = next(n for n, one in enumerate(choices) if one.code == AGE) + 1
    choices.insert(at, PivotChoice(OWN_AGES, say("pivot_page.own_ages", language)))
    measures = [PivotChoice(one, say(f"pivot.{one}", language)) for one in Measure]
    asked = [only.rpartition("=")[0] for only in query.only]
    with suppress(PivotError):  # what is typed may be no age groups
        found[OWN_AGES] = parameter(_name(query, OWN_AGES), days, cube.frozen.own)
    offered = [name for name in dict.fromkeys((*asked, *query.offer)) if name in found]
    offers = [_offer(cube, query, name, found[name], language) for name in offered]
    record = cube.frozen.sha256[:RECORD_DIGITS]
    return PivotView(query, choices, measures, offers, query.first_day, query.last_day, record=record)


def _offer(cube: Cube, query: PivotQuery, name: str, one: Parameter, language: Language) -> Offer:
    """A parameter with its codes, as it is called in the address."""
    occurring = cube.codes(one)
    others = sorted(str(code) for code in occurring if code not in MISSING and code not in one.level.codes)
    missing = [code for code in MISSING if code in occurring]
    choices = [
        PivotChoice(written, one.level.label(code).of(language), written in query.only)
        for code in (*one.level.codes, *others, *missing)
        for written in [write_selection(name, code)]
    ]
    return Offer(name, one.label.of(language), choices)


def _heads(table: Table, language: Language) -> Sequence[Sequence[Head]]:
    """Lines of heads: one, or two where heads span others."""
    label = [column.label.of(language) for column in table.columns]
    if not any(column.group for column in table.columns):
        return [[Head(words, number=n) for n, words in enumerate(label, start=1)]]
    upper: list[Head] = []
    for start, number in spans(table.columns):
        group = table.columns[start].group
        upper.append(Head(group.of(language), number) if group else Head(label[start], lines=2, number=start + 1))
    lower = [Head(label[n], number=n + 1) for n, column in enumerate(table.columns) if column.group]
    return [upper, lower]


def _row(query: PivotQuery, shown: PivotTable, n: int, language: Language) -> PivotRow:
    table, row = shown.table, shown.table.rows[n]
    units = [column.unit for column in table.columns]
    cells = [write_cell(cell, unit, language) for cell, unit in zip(table.cells[n], units, strict=True)]
    return PivotRow(row.label.of(language), row.level, row.kind, cells, _finer(query, shown, shown.paths[n]))


def _finer(query: PivotQuery, shown: PivotTable, path: Path) -> PivotQuery | None:
    """The cards of one row by the next finer level of its innermost parameter."""
    if not path or path[-1] in MISSING:
        return None
    inner = shown.rows[len(path) - 1]
    if not inner.finer:
        return None
    fixed = dict(zip(query.rows, path, strict=False))
    others = [one for one in query.only if one.rpartition("=")[0] not in fixed]
    only = [write_selection(name, code) for name, code in fixed.items()]
    columns = tuple(one for one in query.columns if one != inner.finer)
    return replace(query, rows=(inner.finer,), columns=columns, only=(*others, *only), offer=(), sort=0)
