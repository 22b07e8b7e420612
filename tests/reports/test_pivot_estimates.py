"""Pivot tables with margins: those of the standard tables, the counts themselves without doubt, and what has none."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import delete
from sqlalchemy.orm import Session

from reports.build import build
from reports.cube import Cube
from reports.measures import Measure
from reports.parameters import PivotError
from reports.period import Period
from reports.pivot import Pivot, build_pivot
from reports.table import Table
from store.frozen import freeze
from store.tables import Scan
from tests.reports.demo import demo_session
from tests.reports.test_estimated import CARDS, YEAR, keyed, session, truths
from tests.reports.test_pivot import cube

__all__ = ["cube", "session", "truths"]  # fixtures

Y2026 = Period(date(2026, 1, 1), date(2026, 12, 31))


@pytest.fixture(scope="module")
def complete() -> Iterator[Session]:
    """The made-up population of which no sheet was lost."""
    with demo_session(3_000) as session:
        session.execute(delete(Scan))
        yield session


def table(session: Session, folder: Path, *rows: str, by: Sequence[str] = (), **more: Any) -> Table:
    frozen = Cube(freeze(session, folder / "record.parquet"))
    return build_pivot(frozen, Pivot(Period(*YEAR), rows, tuple(by), **more), estimate=session).table


@pytest.mark.parametrize(
    ("table_id", "rows", "by"),
    [
        ("T1", ("region", "district"), ("direction", "sex")),
        ("T3", ("age",), ("sex",)),
        ("T4", ("occupation_major", "occupation"), ("sex",)),
        ("T12", ("transport", "checkpoint"), ("direction", "sex")),
    ],
)
def test_a_standard_table_with_margins_can_be_made_of_it(
    session: Session, truths: dict[str, str], tmp_path: Path, table_id: str, rows: Sequence[str], by: Sequence[str]
) -> None:
    keyed(session, truths, 30)
    standard = build(session, table_id, *YEAR, estimate=True)
    made = table(session, tmp_path, *rows, by=by, where=(("direction", ("D",)),) if table_id in ("T3", "T4") else ())
    kept = [n for n, column in enumerate(standard.columns) if not column.unit.decimals]
    assert made.rows == standard.rows
    assert made.columns == tuple(standard.columns[n] for n in kept)
    assert made.cells == tuple(tuple(cells[n] for n in kept) for cells in standard.cells)


def test_change_and_balance_are_those_of_the_standard_tables(
    session: Session, truths: dict[str, str], tmp_path: Path
) -> None:
    keyed(session, truths, 30)
    change = table(session, tmp_path, "month", by=["direction"], measure=Measure.CHANGE)
    months = build(session, "T11", *YEAR, estimate=True)
    first = {row.label.en: cells[:8] for row, cells in zip(months.rows, months.cells, strict=True)}
    made = {row.label.en: cells[8:16] for row, cells in zip(change.rows, change.cells, strict=True)}
    assert first.items() <= made.items()  # the standard table ends where the cards do
    balance = table(session, tmp_path, "region", measure=Measure.BALANCE)
    net = build(session, "T2", *YEAR, estimate=True)
    assert [row.label for row in balance.rows] == [row.label for row in net.rows]
    assert balance.cells == net.cells


@pytest.mark.parametrize("measure", [*Measure])
def test_without_doubt_the_numbers_are_the_counts(cube: Cube, complete: Session, measure: Measure) -> None:
    asked = Pivot(Y2026, ("region",), ("sex",), (("country_group", ("RU", "CIS")),), measure)
    counted, estimated = build_pivot(cube, asked).table, build_pivot(cube, asked, estimate=complete).table
    assert all(column.unit.is_margin for column in estimated.columns[1::2])
    assert estimated.columns[::2] == counted.columns
    assert estimated.rows == counted.rows
    assert [cells[::2] for cells in estimated.cells] == [*counted.cells]


def test_shares_have_margins_that_keying_narrows(session: Session, truths: dict[str, str], tmp_path: Path) -> None:
    widths = []
    for more in (0, 10 * CARDS):
        keyed(session, truths, more)
        made = table(session, tmp_path, "region", measure=Measure.SHARE)
        shares = {row.label.en: cells for row, cells in zip(made.rows, made.cells, strict=True)}
        assert shares["Total"][0] == 100.0
        widths.append(shares["Sughd"][1])
    assert widths[0] > widths[1] == 0.0  # type: ignore[operator]


def test_small_estimates_are_hidden_with_what_gives_them_away(session: Session, tmp_path: Path) -> None:
    frozen = Cube(freeze(session, tmp_path / "record.parquet"))
    asked = Pivot(Period(*YEAR), ("region",), ("sex",))
    shown = build_pivot(frozen, asked, estimate=session, hide_below=CARDS).table
    assert all(cell in (None, 0, CARDS) for cells in shown.cells for cell in cells[::2])
    assert all(cells[n + 1] is None for cells in shown.cells for n in range(0, len(cells), 2) if cells[n] is None)
    assert any(cell is None for cells in shown.cells for cell in cells)


@pytest.mark.parametrize(
    ("asked", "fault"),
    [
        (Pivot(Y2026, ("age:0-17,18+",)), "not_estimated"),
        (Pivot(Y2026, ("region",), where=(("month", ("2026-03",)),)), "not_selected_for_estimate"),
        (Pivot(Y2026, ("region",), where=(("sex", (None,)),)), "not_selected_for_estimate"),
        (Pivot(Y2026, ("district", "occupation", "country")), "too_large_to_estimate"),
        (Pivot(Period(date(2025, 1, 1), date(2026, 12, 31)), ("region",), (), (), Measure.CHANGE), "no_year_before"),
    ],
)
def test_what_has_no_estimate_is_said(cube: Cube, demo: Session, asked: Pivot, fault: str) -> None:
    with pytest.raises(PivotError) as error:
        build_pivot(cube, asked, estimate=demo)
    assert error.value.key == fault
