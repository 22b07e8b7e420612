"""XLSX as it is published: levels set in, texts in their cells, charts of the program's own, pages, the same bytes."""

from __future__ import annotations

import io
import random
import re
import xml.etree.ElementTree as ET
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from datetime import date

import openpyxl
import pytest
from openpyxl.worksheet.worksheet import Worksheet
from sqlalchemy import insert
from sqlalchemy.orm import Session

from reports.build import available, build
from reports.charts import plot
from reports.charts.plot import ChartKind
from reports.labels import same
from reports.specs import specs
from reports.table import RowKind, Table
from reports.writers.render import FORMATS, render
from reports.writers.sheet_layout import layout_of, lines_in
from reports.writers.workbook import as_workbook
from store.tables import Record
from tests.reports.demo import empty_store, population
from tests.reports.writers.test_page import with_margins
from texts import LANGUAGES

YEAR = (date(2026, 1, 1), date(2026, 12, 31))
C = "{http://schemas.openxmlformats.org/drawingml/2006/chart}"
CHARTS = [name for name in available() if specs()[name].chart != "none"]


@pytest.fixture(scope="module")
def tables(demo: Session) -> dict[str, Table]:
    return {name: build(demo, name, *YEAR) for name in available()}


def sheet_of(table: Table, language: str = "ru") -> Worksheet:
    return openpyxl.load_workbook(io.BytesIO(as_workbook([table], language)))[table.id]


def chart_of(table: Table) -> ET.Element:
    with zipfile.ZipFile(io.BytesIO(as_workbook([table], "ru"))) as archive:
        return ET.fromstring(archive.read("xl/charts/chart1.xml"))


def first_row(table: Table) -> int:
    return 5 if any(column.group for column in table.columns) else 4


@pytest.mark.parametrize("format", FORMATS)
@pytest.mark.parametrize("language", LANGUAGES)
def test_the_same_cards_make_the_same_bytes_in_whatever_order_and_whenever(format: str, language: str) -> None:
    made = [{"district": None} | card for card in population(300)]
    for name in ("T1", "T2", "T4", "T11"):
        found = set()
        for seed in (1, 2):
            random.Random(seed).shuffle(made)
            with Session(empty_store()) as session:
                session.execute(insert(Record), made)
                found.add(render(build(session, name, *YEAR), format, language))
        assert len(found) == 1


def test_nothing_in_a_workbook_says_when_it_was_made(tables: dict[str, Table]) -> None:
    with zipfile.ZipFile(io.BytesIO(as_workbook(list(tables.values()), "ru"))) as archive:
        assert {member.date_time[:3] for member in archive.infolist()} == {(1980, 1, 1)}
        said = archive.read("docProps/core.xml").decode()
        texts = b"".join(archive.read(member) for member in archive.namelist()).decode("utf-8", "ignore")
    assert set(re.findall(r"\d{4}-\d\d-\d\dT[\d:]+Z", said)) == {"2026-12-31T00:00:00Z"}
    assert date.today().isoformat() not in texts


def test_all_is_written_in_one_font_whatever_the_theme(tables: dict[str, Table]) -> None:
    for _ in range(2):
        with zipfile.ZipFile(io.BytesIO(as_workbook([tables["T1"]], "ru"))) as archive:
            styles = archive.read("xl/styles.xml").decode()
        assert set(re.findall(r'<name val="([^"]*)"/>', styles)) == {"Arial"} and "<scheme" not in styles


@pytest.mark.parametrize("name", ["T1", "T13"])
def test_each_level_is_set_in_further(tables: dict[str, Table], name: str) -> None:
    table = tables[name]
    sheet = sheet_of(table)
    for i, row in enumerate(table.rows, start=first_row(table)):
        alignment = sheet.cell(i, 1).alignment
        assert (alignment.horizontal, alignment.indent) == ("left", 2 * max(0, row.level - 1))


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", available())
def test_title_and_notes_lie_over_the_table_in_rows_that_hold_them(
    tables: dict[str, Table], name: str, language: str
) -> None:
    table = tables[name]
    table = replace(table, notes=(*table.notes, same("a long note " * 40)))
    sheet, width = sheet_of(table, language), layout_of(table, language).width
    last = len(table.columns) + 1
    merged = {(r.min_row, r.max_row): (r.min_col, r.max_col) for r in sheet.merged_cells.ranges}
    below = first_row(table) + len(table.rows) + 1
    for row in (1, 2, *range(below, below + len(table.notes))):
        assert merged[row, row] == (1, last)
        cell = sheet.cell(row, 1)
        lines = lines_in(str(cell.value), width, cell.font.sz)
        assert cell.alignment.wrap_text and sheet.row_dimensions[row].height >= lines * cell.font.sz * 1.25
    assert sheet.row_dimensions[below + len(table.notes) - 1].height > 2 * 8 * 1.25


@pytest.mark.parametrize("name", available())
def test_columns_hold_their_numbers_and_the_longest_words_of_their_heads(tables: dict[str, Table], name: str) -> None:
    table = tables[name]
    big = replace(table, cells=tuple(tuple(123_456_789 if c is not None else c for c in line) for line in table.cells))
    for j, width in enumerate(layout_of(big, "ru").widths[1:]):
        assert width >= len("123 456 789")
        assert width >= min(13, max(map(len, big.columns[j].label.ru.split())))


@pytest.mark.parametrize("name", CHARTS)
def test_the_chart_is_the_programs_own_and_shows_what_the_page_shows(tables: dict[str, Table], name: str) -> None:
    table, root = tables[name], chart_of(tables[name])
    shown = plot(table, "ru")
    assert shown
    kind = "lineChart" if shown.kind is ChartKind.LINES else "barChart"
    (drawn,) = root.iter(f"{C}{kind}")
    grouping = drawn.find(f"{C}grouping")
    stacked = {ChartKind.STACKED: "stacked", ChartKind.PYRAMID: "stacked", ChartKind.SHARES: "percentStacked"}
    expected = "standard" if shown.kind is ChartKind.LINES else stacked.get(shown.kind, "clustered")
    assert grouping is not None and grouping.get("val") == expected
    series = list(drawn.iter(f"{C}ser"))
    assert [one.findtext(f"{C}tx//{C}v") for one in series] == [one.name for one in shown.series]
    for one, known in zip(series, shown.series, strict=True):
        names = [v.text for v in one.iterfind(f"{C}cat//{C}pt/{C}v")]
        assert names == list(shown.names)
        values = [float(v.text or 0) for v in one.iterfind(f"{C}val//{C}pt/{C}v")]
        if shown.kind is not ChartKind.PYRAMID:
            assert values == list(known.values)


def test_the_pyramid_grows_to_both_sides_by_year_of_age(tables: dict[str, Table]) -> None:
    table = tables["T3"]
    root, shown = chart_of(table), plot(table, "ru")
    assert shown
    men, women = ([float(v.text or 0) for v in one.iterfind(f"{C}val//{C}pt/{C}v")] for one in root.iter(f"{C}ser"))
    twenties = shown.names.index("20–24")
    assert men[twenties] == -shown.series[0].values[twenties] / 5
    assert women[twenties] == shown.series[1].values[twenties] / 5


def evaluated(sheet: Worksheet, formula: str) -> float:
    """The value of a formula as the chart's cells have them: sums, products, and the smaller of two."""
    said = re.sub(r"[A-Z]+[0-9]+", lambda cell: str(sheet[cell[0]].value), formula.removeprefix("="))
    return float(eval(said.replace("MIN", "min")))


@pytest.mark.parametrize("margin", [None, 4])
@pytest.mark.parametrize("name", CHARTS)
def test_cells_of_the_chart_follow_the_cells_of_the_table(
    tables: dict[str, Table], name: str, margin: float | None
) -> None:
    table = tables[name] if margin is None or name == "T14" else with_margins(tables[name], margin)
    written = as_workbook([table], "ru")
    formulas = openpyxl.load_workbook(io.BytesIO(written))[table.id]
    values = openpyxl.load_workbook(io.BytesIO(written), data_only=True)[table.id]
    found = 0
    for cell in beside(table, formulas):
        if cell.data_type == "f" and isinstance(values[cell.coordinate].value, int | float):
            assert evaluated(formulas, str(cell.value)) == pytest.approx(values[cell.coordinate].value)
            found += 1
    shown = plot(table, "ru")
    assert shown and found >= len(shown.names) * len(shown.series)


def beside(table: Table, sheet: Worksheet) -> Iterator[openpyxl.cell.Cell]:
    """The cells to the right of the table."""
    for row in sheet.iter_rows(min_col=len(table.columns) + 2):
        yield from row


@pytest.mark.parametrize("name", [name for name in CHARTS if name != "T14"])
def test_intervals_are_error_bars(tables: dict[str, Table], name: str) -> None:
    assert not list(chart_of(tables[name]).iter(f"{C}errBars"))
    table = with_margins(tables[name], 4)
    shown, bars = plot(table, "ru"), list(chart_of(table).iter(f"{C}errBars"))
    assert shown
    assert len(bars) == (1 if shown.kind is ChartKind.STACKED else len(shown.series))
    for bar in bars:
        assert {float(v.text or 0) for v in bar.iterfind(f"{C}plus//{C}v")} - {0.0}


def test_margins_are_numbers_with_their_sign(tables: dict[str, Table]) -> None:
    sheet = sheet_of(with_margins(tables["T8"], 4))
    assert (sheet["C5"].value, sheet["C5"].number_format) == (4, '"±"#,##0')


@pytest.mark.parametrize("name", available())
def test_a_page_holds_the_width_of_the_table_and_the_chart_but_not_the_charts_cells(
    tables: dict[str, Table], name: str
) -> None:
    table, sheet = tables[name], sheet_of(tables[name])
    last = openpyxl.utils.get_column_letter(len(table.columns) + 1)
    assert re.fullmatch(rf"'{name}'!\$A\$1:\${last}\$[0-9]+", sheet.print_area)
    assert sheet.page_setup.paperSize == 9
    inches = (8.27 if sheet.page_setup.orientation == "portrait" else 11.69) - 2 * 0.6
    pixels = sum(7 * width + 5 for width in layout_of(table, "ru").widths)
    assert pixels * (sheet.page_setup.scale or 100) / 100 <= inches * 96
    assert not sheet.sheet_properties.pageSetUpPr or not sheet.sheet_properties.pageSetUpPr.fitToPage


def test_heads_stand_on_each_page_of_a_long_table_and_no_chart_is_cut(tables: dict[str, Table]) -> None:
    long, short = sheet_of(tables["T1"]), sheet_of(tables["T8"])
    assert (long.print_title_rows, short.print_title_rows) == ("$3:$4", None)
    lines = tuple(row for row in tables["T8"].rows if row.kind is RowKind.CATEGORY)
    rows, cells = tables["T8"].rows + lines * 2, tables["T8"].cells + tables["T8"].cells[: len(lines)] * 2
    broken = sheet_of(replace(tables["T8"], rows=rows, cells=cells))
    assert [b.id for b in broken.row_breaks.brk] == [4 + len(rows) + len(tables["T8"].notes)]
    assert not short.row_breaks.brk
