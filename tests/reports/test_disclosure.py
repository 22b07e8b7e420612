"""Small counts are hidden, and no sum of a row or a column gives them away."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reports.crosstab import Counts, add_up
from reports.disclosure import CellPlace, hidden_cells
from reports.levels import Path as Codes
from reports.measures import Measure
from reports.pivot import Pivot, build_pivot
from tests.reports.conftest import Filler
from tests.reports.test_build import RETURN
from tests.reports.test_pivot import YEAR, cube_of

LEAST = 3
codes = st.sampled_from("ABCD")
tables = st.lists(st.tuples(st.tuples(codes, codes), st.tuples(codes), st.integers(1, 6)), max_size=25).map(add_up)


def families(counts: Counts) -> Iterator[tuple[CellPlace, list[CellPlace]]]:
    """Every total with its parts, found by going through all cells for each."""
    filled = [place for place, number in counts.items() if number]
    for row, column in filled:
        for parts in (
            [p for p in filled if p[1] == column and p[0] and p[0][:-1] == row],
            [p for p in filled if p[0] == row and p[1] and p[1][:-1] == column],
        ):
            if parts:
                yield (row, column), parts


@given(tables)
def test_no_sum_tells_a_hidden_count(counts: Counts) -> None:
    hidden = hidden_cells(counts, LEAST)
    assert {place for place, number in counts.items() if 0 < number < LEAST} <= hidden
    for total, parts in families(counts):
        secret = [place for place in (total, *parts) if place in hidden]
        assert len(secret) != 1, "what is left of the sum would be the count"
        if total not in hidden and secret:
            assert sum(counts[place] for place in secret) > len(secret), "each could only be one"


@given(tables)
def test_no_more_is_hidden_than_sums_ask_for(counts: Counts) -> None:
    hidden = hidden_cells(counts, LEAST)
    if not any(0 < number < LEAST for number in counts.values()):
        assert not hidden
    assert all(counts[place] for place in hidden), "nothing is known by its being nothing"


def counts_of(cells: Sequence[Sequence[int]]) -> Counts:
    return add_up(((str(r),), (str(c),), n) for r, line in enumerate(cells) for c, n in enumerate(line))


def shown(counts: Counts, rows: int, columns: int) -> list[list[int | None]]:
    hidden = hidden_cells(counts, LEAST)
    heads: list[Codes] = [()]
    places = [
        [(r, c) for c in heads + [(str(n),) for n in range(columns)]] for r in heads + [(str(n),) for n in range(rows)]
    ]
    return [[None if place in hidden else counts[place] for place in line] for line in places]


def test_a_small_count_takes_others_of_its_row_and_column_along_until_none_is_alone() -> None:
    counts = counts_of([[1, 50, 9], [20, 60, 70], [8, 80, 90]])
    assert shown(counts, 3, 3) == [
        [388, 29, 190, 169],
        [60, None, 50, None],
        [150, None, 60, None],
        [178, 8, 80, 90],
    ]


def test_a_table_without_small_counts_is_shown_whole() -> None:
    assert hidden_cells(counts_of([[3, 0], [4, 5]]), LEAST) == frozenset()
    assert hidden_cells(counts_of([[1, 0], [2, 5]]), 0) == frozenset()


@pytest.mark.parametrize("measure", Measure)
def test_what_is_hidden_is_shown_by_no_measure(filled: Filler, tmp_path: Path, measure: Measure) -> None:
    people = [{}] * 9 + [{"sex": "F"}] * 2 + [{"region": "TJ-KT"}] * 8 + [{"region": "TJ-KT", "sex": "F"}] * 7
    cube = cube_of(filled(*people, *[{**RETURN, "sex": "F"}] * 2, *[{**RETURN}] * 4), tmp_path)
    where = () if measure is Measure.BALANCE else (("direction", ("D",)),)
    pivot = Pivot(YEAR, ("region",), ("sex",), where, measure)
    open_, secret = build_pivot(cube, pivot).table, build_pivot(cube, pivot, hide_below=LEAST).table
    names = [column.label.en for column in secret.columns]
    women = [
        n for n, column in enumerate(secret.columns) if "women" in (column.label.en, (column.group or column.label).en)
    ]
    assert women and names
    row = next(n for n, row in enumerate(secret.rows) if row.label.en == "Sughd")
    assert all(open_.cells[row][n] is not None or measure is Measure.CHANGE for n in women)
    counted = [n for n in women if secret.columns[n].label.en != "previous year"]
    assert all(secret.cells[row][n] is None for n in counted)
    assert any("hidden" in note.en for note in secret.notes) and not any("hidden" in note.en for note in open_.notes)
    assert secret.chart == "none"


def test_a_table_of_two_people_says_not_even_how_many(filled: Filler, tmp_path: Path) -> None:
    secret = build_pivot(cube_of(filled({}, {}), tmp_path), Pivot(YEAR, ("region",)), hide_below=LEAST).table
    assert secret.cards == 0 and secret.totals == (None,)
    assert not any("(cards) in the table" in note.en for note in secret.notes)


def test_hidden_counts_do_not_sort_rows(filled: Filler, tmp_path: Path) -> None:
    people = [{"region": "TJ-SU"}] * 2 + [{"region": "TJ-KT"}] + [{"region": "TJ-RA"}] * 9
    cube = cube_of(filled(*people), tmp_path)
    for sort in (1, -1):
        found = build_pivot(cube, Pivot(YEAR, ("region",), sort=sort), hide_below=LEAST)
        secret = [path for path, cells in zip(found.paths, found.table.cells, strict=True) if cells[0] is None and path]
        assert secret == [("TJ-SU",), ("TJ-KT",)] or len(secret) > 2, "in the order of the codes"


def test_counters_are_left_as_they_are() -> None:
    counts = counts_of([[1, 50]])
    before = Counter(counts)
    hidden_cells(counts, LEAST)
    assert counts == before and len(counts) == len(before)
