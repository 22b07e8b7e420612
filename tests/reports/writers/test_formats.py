"""CSV, XLSX and the terminal: what is written is what the table holds, and nothing in it runs."""

import csv
import io
import json
import re
from dataclasses import replace
from datetime import date

import openpyxl
import pytest
from sqlalchemy.orm import Session

from ocr.errors import BadInputError
from reports.build import available, build
from reports.cells import write_cell
from reports.labels import same
from reports.table import Row, RowKind, Table, Unit
from reports.writers.render import FORMATS, as_json, render
from reports.writers.spreadsheet import as_csv
from reports.writers.text import as_text, width
from reports.writers.workbook import as_workbook
from tests.reports.conftest import Filler
from texts import LANGUAGES
from texts.formats import write_number

YEAR = (date(2026, 1, 1), date(2026, 12, 31))
EVIL = ['=HYPERLINK("x")', "+1+1", "-1", "@SUM(A1)", "\tx", "  =1"]


def with_labels(table: Table, labels: list[str]) -> Table:
    """The table with the names of its first rows replaced."""
    heads = [Row(same(text), 1, RowKind.CATEGORY) for text in labels]
    return replace(table, rows=(*heads, *table.rows[len(heads) :]))


@pytest.mark.parametrize("language", LANGUAGES)
def test_csv_holds_the_numbers_of_the_table(demo: Session, language: str) -> None:
    table = build(demo, "T2", *YEAR)
    written = as_csv(table, language)
    assert written.startswith(b"\xef\xbb\xbf")
    lines = list(csv.reader(io.StringIO(written.decode("utf-8-sig")), delimiter="," if language == "en" else ";"))
    assert lines[0][0].startswith("T2. ")
    for line, row, cells in zip(lines[3:], table.rows, table.cells, strict=False):
        assert line[0].strip() == row.label.of(language)
        read = [float(x.replace(",", ".")) if x else None for x in line[1:]]
        assert read == [None if c is None else float(c) for c in cells]
    assert [line[0] for line in lines[3 + len(table.rows) :]] == [n.of(language) for n in table.notes]


def test_csv_decimals_follow_the_language(filled: Filler) -> None:
    table = build(filled({}, {}, {"purpose": "2"}), "T8", *YEAR)
    assert "3;3;0;100,0" in as_csv(table, "ru").decode("utf-8-sig")
    assert "3,3,0,100.0" in as_csv(table, "en").decode("utf-8-sig")


def test_csv_never_begins_a_text_with_a_formula(demo: Session) -> None:
    table = replace(with_labels(build(demo, "T1", *YEAR), EVIL), title=same("=1"), notes=(same("@x"),))
    text = as_csv(replace(table, id="=T"), "ru").decode("utf-8-sig")
    starts = [line[0] for line in csv.reader(io.StringIO(text), delimiter=";")]
    assert not [s for s in starts if s.lstrip(" ").startswith(("=", "+", "-", "@", "\t"))]


def test_csv_leaves_negative_numbers_numbers(filled: Filler) -> None:
    table = build(filled({}), "T2", *YEAR)
    assert ";-1;0\r\n" in as_csv(table, "ru").decode("utf-8-sig")


def test_xlsx_reads_back_with_real_numbers(demo: Session) -> None:
    tables = [build(demo, table_id, *YEAR) for table_id in available()]
    book = openpyxl.load_workbook(io.BytesIO(as_workbook(tables, "tg")))
    assert book.sheetnames == list(available())
    for table in tables:
        sheet = book[table.id]
        assert sheet["A1"].value == f"{table.id}. {table.title.tg}"
        top = 5 if any(column.group for column in table.columns) else 4
        assert sheet.freeze_panes == f"B{top}"
        for i, (row, cells) in enumerate(zip(table.rows, table.cells, strict=True), start=top):
            values = [cell.value for cell in sheet[i]][: len(cells) + 1]
            assert values == [row.label.tg, *("…" if c is None else c for c in cells)]
        notes = [sheet.cell(top + len(table.rows) + 1 + i, 1).value for i in range(len(table.notes))]
        assert notes == [note.tg for note in table.notes]


def test_xlsx_heads_span_their_columns(demo: Session) -> None:
    table = build(demo, "T11", *YEAR)
    sheet = openpyxl.load_workbook(io.BytesIO(as_workbook([table], "ru")))["T11"]
    heads = {str(r) for r in sheet.merged_cells.ranges if r.min_row in (3, 4)}
    assert heads == {"A3:A4", "B3:E3", "F3:I3"}
    assert (sheet["B3"].value, sheet["F3"].value, sheet["E4"].value) == ("Выехало", "Вернулось", "прирост, снижение, %")


def test_xlsx_has_no_formulas_and_no_links(demo: Session) -> None:
    table = with_labels(build(demo, "T1", *YEAR), [*EVIL, "http://example.org"])
    sheet = openpyxl.load_workbook(io.BytesIO(as_workbook([table], "ru")))["T1"]
    cells = [cell for row in sheet.iter_rows() for cell in row]
    assert not [c for c in cells if c.hyperlink]
    formulas = [str(c.value) for c in cells if c.data_type == "f"]
    assert all(re.fullmatch(r"=[A-Z]+[0-9]+(\+[A-Z]+[0-9]+)*", formula) for formula in formulas), "but to the table"
    assert '=HYPERLINK("x")' in [c.value for c in cells]


def test_a_workbook_needs_different_tables(demo: Session) -> None:
    table = build(demo, "T1", *YEAR)
    for tables in ([], [table, table]):
        with pytest.raises(BadInputError):
            as_workbook(tables, "ru")


@pytest.mark.parametrize("table_id", available())
@pytest.mark.parametrize("language", LANGUAGES)
def test_terminal_columns_stand_under_each_other(demo: Session, table_id: str, language: str) -> None:
    table = build(demo, table_id, *YEAR)
    lines = as_text(table, language).splitlines()
    last = [write_cell(cells[-1], table.columns[-1].unit, language) for cells in table.cells]
    ends = []
    at = next(i for i, x in enumerate(lines) if x.startswith("─"))
    body = lines[[i for i, x in enumerate(lines) if x.startswith("─")][1] + 1 :]
    for text in last:
        found = next(i for i, x in enumerate(body) if x.endswith(text) and "  " in x.strip())
        ends.append(width(body[found]))
        body = body[found + 1 :]
    assert set(ends) == {width(lines[at])}


def test_a_long_spanning_head_widens_its_columns(demo: Session) -> None:
    table = build(demo, "T11", *YEAR)
    long = same("x" * 70)
    columns = tuple(replace(c, group=long) if i < 4 else c for i, c in enumerate(table.columns))
    lines = as_text(replace(table, columns=columns), "en").splitlines()
    rule = next(x for x in lines if x.startswith("─"))
    row = next(x for x in lines if x.startswith("March 2026"))
    heads = next(x for x in lines if "xxx" in x)
    assert width(rule) == width(row) == width(heads)


def test_wide_and_combining_letters_have_their_width() -> None:
    assert width("Ҷӯғй") == 4
    assert width("и\u0306") == 1
    assert width("表") == 2


@pytest.mark.parametrize(
    ("value", "unit", "ru", "en"),
    [
        (1234567, Unit.COUNT, "1\u00a0234\u00a0567", "1,234,567"),
        (0, Unit.COUNT, "–", "–"),
        (None, Unit.PERCENT, "…", "…"),
        (0.0, Unit.PERCENT, "0,0", "0.0"),
        (-1234, Unit.CHANGE, "−1\u00a0234", "−1,234"),
        (5, Unit.CHANGE, "+5", "+5"),
        (-0.04, Unit.CHANGE_PERCENT, "0,0", "0.0"),
    ],
)
def test_cells_are_written_as_the_language_does(value: float, unit: Unit, ru: str, en: str) -> None:
    assert (write_cell(value, unit, "ru"), write_cell(value, unit, "en")) == (ru, en)


def test_a_rounded_zero_has_no_sign() -> None:
    assert write_number(-0.2, "en") == "0"


def test_json_holds_the_numbers_of_the_tables(demo: Session) -> None:
    tables = [build(demo, id, date(2025, 1, 1), date(2025, 12, 31)) for id in ("T1", "T2")]
    for table, said in zip(tables, json.loads(as_json(tables, "tg")), strict=True):
        assert (said["id"], said["title"], said["period"]) == (table.id, table.title.tg, ["2025-01-01", "2025-12-31"])
        assert [tuple(row["cells"]) for row in said["rows"]] == list(table.cells)
        assert [row["label"] for row in said["rows"]] == [row.label.tg for row in table.rows]
        assert len(said["columns"]) == len(table.columns)


@pytest.mark.parametrize("format", FORMATS)
def test_every_format_writes_every_table(demo: Session, format: str) -> None:
    for table_id in available():
        assert len(render(build(demo, table_id, *YEAR), format, "tg")) > 300


def test_an_unknown_format_or_language_is_refused(demo: Session) -> None:
    table = build(demo, "T2", *YEAR)
    with pytest.raises(BadInputError, match="table, csv, xlsx, html"):
        render(table, "pdf", "ru")
    for format in FORMATS:
        with pytest.raises(BadInputError, match="ru, tg, en"):
            render(table, format, "fr")
