"""Pivot tables: the standard tables made out of them, any others counted with pandas, and what cannot be made."""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, insert
from sqlalchemy.orm import Session

from reports.build import build
from reports.cube import Cube
from reports.levels import LEVELS, MISSING, Code
from reports.measures import Measure
from reports.parameters import PivotError, names, parameter
from reports.period import Period, parse_period
from reports.pivot import Pivot, PivotTable, build_pivot
from reports.selections import read_selections, write_selection
from reports.specs import specs
from reports.table import Cell, RowKind, Table
from reports.writers.frame import as_frame
from store.engine import open_store
from store.frozen import freeze
from store.tables import Record
from tests.reports.conftest import Filler, record
from tests.reports.demo import empty_store
from tests.reports.test_build import RETURN, cards
from tests.reports.test_by_variable import ANSWERS, children, store

__all__ = ["store"]  # a fixture

YEAR = parse_period("2026")


def cube_of(session: Session, folder: Path, *, in_memory: bool = False) -> Cube:
    return Cube(freeze(session, folder / "record.parquet"), in_memory=in_memory)


@pytest.fixture(scope="module")
def cube(demo: Session, tmp_path_factory: pytest.TempPathFactory) -> Cube:
    """The made-up population, frozen."""
    return cube_of(demo, tmp_path_factory.mktemp("frozen"))


def table(cube: Cube, *rows: str, by: Sequence[str] = (), period: Period = YEAR, **more: Any) -> Table:
    return build_pivot(cube, Pivot(period, rows, tuple(by), **more)).table


def columns_of(table: Table, *numbers: int) -> list[tuple[Cell, ...]]:
    return [tuple(cells[n] for n in numbers) for cells in table.cells]


DIRECT = {"T1", "T3", "T4", "T5", "T6", "T7", "T8", "T9", "T10", "T12"}


@pytest.mark.parametrize("name", sorted(DIRECT))
def test_standard_tables_are_pivots(demo: Session, cube: Cube, name: str) -> None:
    spec, wanted = specs()[name], build(demo, name, YEAR.start, YEAR.end)
    where = {"direction": spec.direction, "country": spec.country}
    only = read_selections(f"{key}={code}" for key, code in where.items() if code)
    found = table(cube, *spec.stub, by=spec.columns, where=only)
    assert found.rows == wanted.rows
    shares = [()] * len(found.rows)
    if spec.share:
        shares = columns_of(table(cube, *spec.stub, where=only, measure=Measure.SHARE), 0)
    assert [(*cells, *share) for cells, share in zip(found.cells, shares, strict=True)] == list(wanted.cells)
    assert found.columns == wanted.columns[: len(found.columns)] and found.cards == wanted.cards


def test_t2_is_made_of_pivots(demo: Session, cube: Cube) -> None:
    wanted = build(demo, "T2", YEAR.start, YEAR.end)
    balance = table(cube, "region", measure=Measure.BALANCE)
    change = table(cube, "region", by=["direction"], measure=Measure.CHANGE)
    previous = YEAR.previous
    assert previous is not None
    earlier = table(cube, "region", period=previous, measure=Measure.BALANCE)
    before = {row.label: cells for row, cells in zip(earlier.rows, earlier.cells, strict=True)}
    assert [row.label for row in balance.rows] == [row.label for row in wanted.rows]
    net = [cells[4:6] for cells in wanted.cells]
    sign = 1 if net[0][0] == balance.cells[0][2] else -1
    for row, cells, now, compared in zip(wanted.rows, wanted.cells, balance.cells, change.cells, strict=True):
        assert (cells[0], cells[2]) == now[:2] == (compared[4], compared[8])
        assert (sign * int(cells[4] or 0), sign * int(cells[5] or 0)) == (now[2], before[row.label][2])
        for share, percent_more in ((cells[1], compared[7]), (cells[3], compared[11])):
            assert (share is None) == (percent_more is None)
            assert share is None or share == pytest.approx(100 + float(percent_more or 0), abs=0.11)


def test_t11_is_a_pivot(demo: Session, cube: Cube) -> None:
    wanted = build(demo, "T11", YEAR.start, YEAR.end)
    found = table(cube, "month", by=["direction"], measure=Measure.CHANGE)
    assert [row.label for row in found.rows] == [row.label for row in wanted.rows]
    assert columns_of(found, *range(4, 12)) == list(wanted.cells)


def test_a_balance_is_arrivals_less_departures(filled: Filler, tmp_path: Path) -> None:
    found = table(cube_of(filled({}, {}, {}, RETURN, {"sex": "F"}), tmp_path), measure=Measure.BALANCE)
    assert found.cells == ((4, 1, -3),) and found.cards == 5
    assert any("arrivals less departures" in note.en for note in found.notes)


PARAMETERS = (
    *("sex", "region", "district", "education", "occupation_major", "occupation", "occupation:3", "occupation:4"),
    *("country_group", "country", "destination", "sector", "transport", "checkpoint", "direction", "age"),
    *("age:0-17,18-29,30+", "age:18-64", "month", "quarter", "year"),
)
SPAN = Period(date(2025, 12, 1), date(2026, 2, 28))


@pytest.fixture(scope="module")
def many() -> Session:
    return Session(empty_store())


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_any_pivot_counts_as_pandas_does(many: Session, tmp_path_factory: pytest.TempPathFactory, data: Any) -> None:
    drawn = data.draw(st.lists(cards, min_size=1, max_size=40))
    chosen = data.draw(st.lists(st.sampled_from(PARAMETERS), min_size=1, max_size=4, unique=True))
    split = data.draw(st.integers(max(0, len(chosen) - 2), min(3, len(chosen))))
    rows, columns = chosen[:split], chosen[split:]
    many.execute(delete(Record))
    many.execute(insert(Record), [record(n, **values) for n, values in enumerate(drawn, start=1)])
    cube = cube_of(many, tmp_path_factory.mktemp("drawn"), in_memory=data.draw(st.booleans()))
    where = data.draw(selections(cube))
    found = build_pivot(cube, Pivot(SPAN, tuple(rows), tuple(columns), where))
    frame = frame_of(drawn, [*chosen, *(name for name, _ in where)])
    for name, codes in where:
        frame = only(frame, name, codes)
    check(found, frame, rows, columns)


@st.composite
def selections(draw: st.DrawFn, cube: Cube) -> tuple[tuple[str, tuple[Code, ...]], ...]:
    """Up to two parameters with some of the codes that occur."""
    found = []
    for name in draw(st.lists(st.sampled_from(PARAMETERS), max_size=2, unique=True)):
        codes = sorted(cube.codes(parameter(name, SPAN, {})), key=str)
        found.append((name, tuple(draw(st.lists(st.sampled_from(codes), min_size=1, max_size=3, unique=True)))))
    return tuple(found)


def frame_of(drawn: list[dict[str, Any]], parameters: Sequence[str]) -> pd.DataFrame:
    """The cards of the period with the code of each parameter, said without the levels where that is possible."""
    kept = [record(1, **card) for card in drawn]
    kept = [
        c for c in kept if c["crossing_first"] and SPAN.start <= c["crossing_first"] and c["crossing_last"] <= SPAN.end
    ]
    return pd.DataFrame({name: pd.Series([code_of(name, card) for card in kept], dtype=object) for name in parameters})


def only(frame: pd.DataFrame, name: str, codes: Sequence[Code]) -> pd.DataFrame:
    return frame.loc[np.array([code in codes for code in frame[name]], dtype=bool)]


def code_of(name: str, card: dict[str, Any]) -> Code:
    first, last = card["crossing_first"], card["crossing_last"]
    if name in ("month", "quarter"):
        month = first if (first.year, first.month) == (last.year, last.month) else None
        if month is None or name == "month":
            return month and f"{month:%Y-%m}"
        return f"{month:%Y}-Q{(month.month + 2) // 3}"
    if name == "year":
        return str(first.year) if first.year == last.year else None
    if name.startswith("age:"):
        age = card["age"]
        if age is None:
            return None
        bands = {
            "age:0-17,18-29,30+": ((0, 17, "0-17"), (18, 29, "18-29"), (30, 200, "30+")),
            "age:18-64": ((18, 64, "18-64"),),
        }
        return next((code for low, high, code in bands[name] if low <= age <= high), "other_ages")
    level = parameter(name, SPAN, {}).level
    return level.code_of(card[level.column])


def check(found: PivotTable, frame: pd.DataFrame, rows: Sequence[str], columns: Sequence[str]) -> None:
    """Every row and column of the table holds the cards that pandas finds, and the innermost ones hold all cards."""
    assert len(found.paths) == len(found.table.rows)
    leaves = 0
    for path, cells in zip(found.paths, found.table.cells, strict=True):
        part = frame
        for name, code in zip(rows, path, strict=False):
            part = only(part, name, (code,))
        whole = len(part)
        if len(columns) < 2:
            assert cells[0] == whole, (path, rows)
            parts = [int(cell or 0) for cell in cells[1:]]
        else:
            sums = [int(c or 0) for c, column in zip(cells, found.table.columns, strict=True) if not column.part]
            parts = sums if columns[0] == "direction" else sums[1:]
            assert columns[0] == "direction" or sums[0] == whole
        counted = Counter(part[columns[0]]) if columns else Counter()
        assert sorted(n for n in parts if n) == sorted(counted.values())
        if not any(other[: len(path)] == path and len(other) > len(path) for other in found.paths):
            leaves += whole
    assert leaves == len(frame)


def test_levels_of_one_parameter_divide_each_other(cube: Cube) -> None:
    names = ("occupation_major", "occupation", "occupation:3")
    found = build_pivot(cube, Pivot(YEAR, names))
    for path, row, cells in zip(found.paths, found.table.rows, found.table.cells, strict=True):
        below = [int(c[0] or 0) for p, c in zip(found.paths, found.table.cells, strict=True) if p[:-1] == path and p]
        assert not below or sum(below) == cells[0], row
    assert found.rows[0].finer == "occupation" and found.rows[1].finer == "occupation:3"


def test_quarters_and_own_ages_have_names(cube: Cube) -> None:
    found = table(cube, "quarter", by=["age:0-17,18-29,30+"])
    assert [row.label.en for row in found.rows][:3] == ["Total", "quarter I of 2026", "quarter II of 2026"]
    assert found.rows[4].label.ru == "IV квартал 2026"
    assert [column.label.en for column in found.columns][:4] == ["Total", "0–17", "18–29", "30+"]


def test_rows_are_sorted_within_what_they_are_part_of(cube: Cube) -> None:
    for sort, sign in ((1, -1), (-2, 1)):
        found = build_pivot(cube, Pivot(YEAR, ("region", "district"), ("sex",), sort=sort))
        lines = list(zip(found.paths, found.table.rows, found.table.cells, strict=True))
        assert lines[0][0] == ()
        for parent in {path[:-1] for path, _, _ in lines if path}:
            mine = [(row.kind, cells[abs(sort) - 1]) for path, row, cells in lines if path and path[:-1] == parent]
            numbers = [sign * int(n or 0) for kind, n in mine if kind is not RowKind.MISSING]
            assert numbers == sorted(numbers)
            kinds = [kind is RowKind.MISSING for kind, _ in mine]
            assert kinds == sorted(kinds)
        paths = found.paths
        assert all(path[:-1] in paths[:n] for n, path in enumerate(paths) if path), "parts stand below their whole"


def test_shares_are_of_the_row_the_column_and_the_whole(filled: Filler, tmp_path: Path) -> None:
    cube = cube_of(filled({}, {}, {"sex": "F"}, {"region": "TJ-KT"}), tmp_path)
    found = {m: table(cube, "region", by=["sex"], measure=m).cells for m in Measure if m.is_share}
    assert found[Measure.ROW_SHARE][1][:3] == (100.0, 66.7, 33.3)
    assert found[Measure.COLUMN_SHARE][1][:3] == (75.0, 66.7, 100.0)
    assert found[Measure.SHARE][1][:3] == (75.0, 50.0, 25.0)


def test_a_change_holds_a_selected_month_against_the_same_of_the_year_before(filled: Filler, tmp_path: Path) -> None:
    march = {"crossing_date": date(2025, 3, 9)}
    cube = cube_of(filled({}, {}, {}, march, march, {"crossing_date": date(2025, 4, 1)}), tmp_path)
    found = table(cube, where=(("month", ("2026-03",)),), measure=Measure.CHANGE)
    assert found.cells == ((3, 2, 1, 50.0),)


def test_what_is_on_the_cards_of_one_direction_counts_those(filled: Filler, tmp_path: Path) -> None:
    cube = cube_of(filled({}, {"purpose": "2"}, RETURN, RETURN), tmp_path)
    found = table(cube, "purpose")
    assert (found.totals, found.cards) == ((2,), 2)
    assert any(note.en == "Only departure or return: Departed." for note in found.notes)


@pytest.mark.parametrize("in_memory", [False, True])
def test_numbers_select_cards_too(filled: Filler, tmp_path: Path, in_memory: bool) -> None:
    back = [{**RETURN, "stay_months": months} for months in (3, 3, 12, None)]
    cube = cube_of(filled({}, *back), tmp_path, in_memory=in_memory)
    assert table(cube, "stay_months", where=read_selections(["stay_months=3,awaiting"])).totals == (3,)
    assert table(cube, where=read_selections(["stay_months=12"])).totals == (1,)


def test_an_own_variable_is_counted_over_the_cards_that_ask_it(store: Any, tmp_path: Path) -> None:
    with Session(store) as session:
        cube = cube_of(session, tmp_path)
        wanted = build(session, "by-children", date(2016, 1, 1), date(2016, 12, 31))
    found = table(cube, "children", by=["sex"], period=parse_period("2016"))
    assert found.rows == wanted.rows
    assert [cells[:2] for cells in found.cells] == [cells[:2] for cells in wanted.cells]
    assert found.cards == len(ANSWERS) and "children" in names(cube.frozen.own) and children().id


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"rows": ("shoe",)}, "There is no parameter shoe. There are year, quarter, month, direction, sex"),
        ({"rows": ("surname",)}, "There is no parameter surname"),
        ({"rows": ("age:30-20",)}, "overlap or stand in the wrong order"),
        ({"rows": ("age:0-17,17-20",)}, "overlap or stand in the wrong order"),
        ({"rows": ("age:young",)}, "young are no age groups"),
        ({"rows": ("sex",), "columns": ("sex",)}, "keep it once"),
        ({"rows": ("sex", "region", "month", "age")}, "Rows can have up to 3"),
        ({"rows": ("purpose",), "columns": ("return_reason",)}, "no card has both"),
        ({"rows": ("purpose",), "measure": Measure.BALANCE}, "neither the direction"),
        ({"rows": ("direction",), "measure": Measure.BALANCE}, "neither the direction"),
        ({"rows": ("sex",), "where": (("direction", ("Z",)),)}, "has no code Z"),
        ({"rows": ("sex",), "where": (("month", ("2021-01",)),)}, "has no code 2021-01"),
        ({"rows": ("sex",), "sort": 9}, "There is no column 9"),
        ({"rows": ("sex",), "measure": Measure.CHANGE, "period": parse_period("2024")}, ""),
    ],
)
def test_what_cannot_be_made_says_what_to_do(cube: Cube, asked: dict[str, Any], said: str) -> None:
    pivot = Pivot(**{"period": YEAR} | asked)
    if not said:
        assert build_pivot(cube, pivot).table.cards == 0, "a year without cards is an empty table"
        return
    with pytest.raises(PivotError, match=said) as caught:
        build_pivot(cube, pivot)
    assert caught.value.said("ru") != caught.value.said("en")


def test_two_years_have_no_year_before(cube: Cube) -> None:
    with pytest.raises(PivotError, match="take a shorter one"):
        table(cube, "sex", measure=Measure.CHANGE, period=Period(date(2025, 1, 1), date(2026, 12, 31)))


def test_a_country_nobody_went_to_is_known_all_the_same(cube: Cube) -> None:
    assert table(cube, where=(("country", ("FR",)),)).totals == (0,)


def test_selections_are_written_as_they_are_read() -> None:
    said = ["purpose=1,2", "purpose=not_stated", "age:0-17,18+=0-17", "sector=awaiting,not_classified"]
    found = read_selections(said)
    assert found == (("purpose", ("1", "2", "")), ("age:0-17,18+", ("0-17",)), ("sector", (None, "?")))
    assert read_selections(write_selection(name, code) for name, codes in found for code in codes) == found
    for bad in ("purpose", "=1", "purpose="):
        with pytest.raises(PivotError, match="selects nothing"):
            read_selections([bad])


def test_a_frame_and_all_formats_are_made(cube: Cube) -> None:
    from reports.writers.render import FORMATS, render

    found = table(cube, "region", "district", by=["direction", "sex"])
    frame = as_frame(found)
    assert int(frame["Departed: men"].iloc[0]) == found.cells[0][1]
    for form, language in itertools.product(FORMATS, ("ru", "tg", "en")):
        assert len(render(found, form, language)) > 200


def every(cells: Sequence[Sequence[Cell]]) -> Iterator[Cell]:
    for line in cells:
        yield from line


def test_the_store_of_an_office_is_counted_too(store_url: str, tmp_path: Path) -> None:
    engine = open_store(store_url)
    with Session(engine) as session:
        assert set(every(table(cube_of(session, tmp_path), "region", by=["sex"]).cells)) == {0}
    engine.dispose()


def test_missing_answers_are_shown_even_where_there_are_none(filled: Filler, tmp_path: Path) -> None:
    found = build_pivot(cube_of(filled({}), tmp_path), Pivot(YEAR, ("region",)))
    assert [path for path in found.paths if path and path[0] in MISSING] == [
        (code,) for code in LEVELS["region"].missing
    ]
