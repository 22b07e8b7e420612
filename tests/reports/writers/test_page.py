"""The page: well formed, whole in itself, safe, in three languages; and that a browser shows it."""

import re
import shutil
import subprocess
import xml.etree.ElementTree as ET
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from PIL import Image
from sqlalchemy.orm import Session

from ocr.lexicon.lexicon import load_lexicon
from reports.build import available, build
from reports.charts import draw, plot
from reports.charts.draw import MAX_BARS
from reports.charts.plot import ChartKind
from reports.charts.svg import GUTTER, ticks
from reports.labels import same
from reports.specs import specs
from reports.table import Column, Table, Unit
from reports.writers.page import render_report
from tests.reports.conftest import Filler
from texts import LANGUAGES, say_all

YEAR = (date(2026, 1, 1), date(2026, 12, 31))
CHROMIUM = shutil.which("chromium")


@pytest.fixture(scope="module")
def tables(demo: Session) -> list[Table]:
    return [build(demo, table_id, *YEAR) for table_id in available()]


@pytest.fixture(scope="module")
def page(tables: list[Table]) -> str:
    return render_report(tables, "ru")


def test_the_page_is_well_formed_and_its_names_are_unique(page: str) -> None:
    root = ET.fromstring(page)
    ids = [e.get("id") for e in root.iter() if e.get("id")]
    assert len(ids) == len(set(ids))
    targets = [e.get("href", "") for e in root.iter("a")]
    targets += ["#" + name for e in root.iter("svg") for name in e.get("aria-labelledby", "").split()]
    targets += ["#" + e.get("for", "") for e in root.iter("label")]
    assert {t.removeprefix("#") for t in targets} <= set(ids)


def test_the_page_refers_to_nothing_outside(page: str) -> None:
    root = ET.fromstring(page)
    assert not re.search(r"https?:|//[a-z]|@import|data:|javascript:", page, re.IGNORECASE)
    assert not {e.tag for e in root.iter()} & {"script", "link", "img", "iframe", "object", "embed", "image", "use"}
    assert all(url.startswith("#") for url in re.findall(r"url\(([^)]*)\)", page))
    assert "default-src 'none'" in page


def test_each_language_is_whole_and_marked(tables: list[Table], page: str) -> None:
    root = ET.fromstring(page)
    articles = {e.get("lang"): e for e in root.iter("article")}
    assert set(articles) == set(LANGUAGES)
    for language, article in articles.items():
        titles = [h.findtext("span[2]") for h in article.findall("section/h2")]
        assert titles == [table.title.of(str(language)) for table in tables]
        assert article.findtext("header/h1")


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_language_asked_for_is_shown_first(tables: list[Table], language: str) -> None:
    root = ET.fromstring(render_report(tables[:1], language))
    assert root.get("lang") == language
    assert [e.get("id") for e in root.iter("input") if e.get("checked")] == [f"lang-{language}"]


def test_table_cells_are_all_there(tables: list[Table], page: str) -> None:
    root = ET.fromstring(page)
    for table in tables:
        section = next(e for e in root.iter("section") if e.get("id") == f"en-{table.id}")
        body = section.find(".//tbody")
        assert body is not None
        assert [len(tr.findall("td")) for tr in body] == [len(table.columns)] * len(table.rows)
        assert [tr.findtext("th") for tr in body] == [row.label.en for row in table.rows]
        spans = [int(th.get("colspan", 1)) for th in section.findall(".//thead/tr[1]/th")]
        assert sum(spans) == len(table.columns) + 1


def test_what_a_dictionary_says_cannot_become_markup(tables: list[Table]) -> None:
    evil = "<script>alert(1)</script>&\"'"
    table = tables[0]
    rows = tuple(replace(row, label=same(evil)) for row in table.rows)
    notes = (same(evil),)
    root = ET.fromstring(render_report([replace(table, rows=rows, notes=notes, title=same(evil))], "ru"))
    assert not list(root.iter("script"))
    assert evil in "".join(root.itertext())


def test_every_chart_says_what_it_shows(tables: list[Table]) -> None:
    for table in tables:
        picture = draw(table, "en", "x")
        assert bool(picture) == (table.chart != "none")
        if picture:
            root = ET.fromstring(picture)
            assert root.findtext("title") == table.title.en
            assert len(root.findtext("desc") or "") > 40
            numbers = [float(v) for e in root.iter("rect") for v in (e.get("width"), e.get("x") or "0") if v]
            assert all(-1 < n <= 920 for n in numbers)


def test_a_chart_of_no_cards_is_left_out(filled: Filler) -> None:
    session = filled()
    for table_id in available():
        assert draw(build(session, table_id, *YEAR), "ru", "x") == ""
    ET.fromstring(render_report([build(session, table_id, *YEAR) for table_id in available()], "tg"))


def test_one_card_draws_every_chart(filled: Filler) -> None:
    session = filled({})
    for table_id in available():
        table = build(session, table_id, *YEAR)
        assert bool(draw(table, "ru", "x")) == (specs()[table_id].chart != "none")


def test_the_chart_of_fields_shows_impossible_ages(filled: Filler) -> None:
    session = filled({}, {"age": None, "age_group": "<0"}, {"age": None, "age_group": ">110"})
    picture = draw(build(session, "T14", *YEAR), "en", "x")
    assert "age, impossible: 2" in picture and picture.count("impossible") == 2, "in the legend and at one bar"


def bar_widths(picture: str) -> list[float]:
    root = ET.fromstring(picture)
    return [float(e.get("width", 0)) for e in root.iter("rect") if e.find("title") is not None]


def test_bars_are_as_long_as_their_numbers(filled: Filler) -> None:
    """Three to one; each bar gives a pixel of its end to the gap."""
    session = filled({"purpose": "1"}, {"purpose": "1"}, {"purpose": "1"}, {"purpose": "2"})
    longest, shortest = bar_widths(draw(build(session, "T8", *YEAR), "ru", "x"))
    assert longest + 1 == pytest.approx(3 * (shortest + 1), abs=0.3)


def test_net_bars_lie_on_both_sides_of_zero(filled: Filler) -> None:
    back = {"direction": "A", "region": "TJ-KT"}
    picture = draw(build(filled({}, {}, back), "T2", *YEAR), "ru", "x")
    root = ET.fromstring(picture)
    bars = {e.findtext("title", "").split(",")[0]: e for e in root.iter("rect") if e.find("title") is not None}
    minus, plus = bars["Согдийская область"], bars["Хатлонская область"]
    assert float(minus.get("x", 0)) + float(minus.get("width", 0)) == pytest.approx(float(plus.get("x", 0)), abs=0.2)
    assert minus.get("fill") != plus.get("fill")
    tips = [e.findtext("title", "") for e in (minus, plus)]
    assert [tip.split(", ")[1] for tip in tips] == ["выехало больше: −2", "вернулось больше: +1"]


def test_pictures_of_a_period_over_a_year_show_no_year_before(filled: Filler) -> None:
    session = filled({}, {}, {"direction": "A", "region": "TJ-KT"}, {"crossing_date": date(2024, 3, 5)})
    years = (date(2025, 1, 1), date(2026, 12, 31))
    for table_id in ("T2", "T11"):
        assert "previous year</text>" in draw(build(session, table_id, *YEAR), "en", "x")
        picture = draw(build(session, table_id, *years), "en", "x")
        assert picture and "previous year" not in picture and "stroke-dasharray" not in picture


def test_key_figures_of_a_period_over_a_year_stand_alone(filled: Filler) -> None:
    session = filled({}, {}, {"direction": "A"}, {"crossing_date": date(2027, 1, 1)})
    page = render_report([build(session, "T2", date(2025, 1, 1), date(2026, 12, 31))], "en")
    assert "<div><dt>Net migration</dt><dd>−1</dd></div>" in page


def test_areas_of_the_pyramid_are_crossings(filled: Filler) -> None:
    """As many in 2 years of age as in 5: the bar of the narrower group is longer by 5 to 2."""
    session = filled(*({"age": a} for a in (18, 18, 18, 30, 30, 30)))
    root = ET.fromstring(draw(build(session, "T3", *YEAR), "en", "x"))
    bars = {e.findtext("title", ""): e for e in root.iter("rect") if e.find("title") is not None}
    narrow, broad = bars["18–19, men: 3"], bars["30–34, men: 3"]
    assert float(narrow.get("width", 0)) / float(broad.get("width", 0)) == pytest.approx(2.5, abs=0.01)


def near(root: ET.Element, x: float, y: float, reach: float) -> list[str]:
    """Numbers that begin, or end, so near to a place."""
    found = [(float(e.get("x", 0)), float(e.get("y", 0)), e.text or "") for e in root.iter("text")]
    return [words for at, up, words in found if abs(at - x) < reach and abs(up - y) < 12 and words[-1:].isdigit()]


def test_the_number_of_a_net_bar_stands_beside_no_stroke_of_the_year_before(filled: Filler) -> None:
    """Two left now, nine a year ago: beside the stroke at nine there may be no two."""
    ago = [{"crossing_date": date(2025, 3, 5)}] * 9 + [{"crossing_date": date(2025, 3, 5), "region": "TJ-KT"}] * 20
    root = ET.fromstring(draw(build(filled({}, {}, *ago), "T2", *YEAR), "en", "x"))
    strokes = [e for e in root.iter("line") if e.get("stroke-width") == "2.5" and float(e.get("y1", 0)) > 30]
    assert len(strokes) == 2
    for stroke in strokes:
        middle = (float(stroke.get("y1", 0)) + float(stroke.get("y2", 0))) / 2 + 4.5
        assert near(root, float(stroke.get("x1", 0)), middle, 30) == []
    assert {e.text for e in root.iter("text") if e.get("text-anchor") == "end"} >= {"−2", "0"}


def with_margins(table: Table, margin: float) -> Table:
    """The table as if its numbers were estimated: beside each stands the same margin."""
    columns: list[Column] = []
    for column in table.columns:
        unit = Unit.MARGIN_PERCENT if column.unit.decimals else Unit.MARGIN
        columns += [column, Column(say_all("report.margin"), column.group, unit)]
    cells = tuple(tuple(value for cell in line for value in (cell, margin)) for line in table.cells)
    return replace(table, columns=tuple(columns), cells=cells)


@pytest.mark.parametrize("table_id", [name for name in available() if specs()[name].chart not in ("none", "stacked")])
def test_intervals_are_drawn_and_alter_nothing_else(tables: list[Table], table_id: str) -> None:
    table = next(table for table in tables if table.id == table_id)
    sure, unsure = plot(table, "en"), plot(with_margins(table, 3), "en")
    assert sure and unsure
    assert [(s.name, s.values) for s in unsure.series] == [(s.name, s.values) for s in sure.series]
    drawn = [unsure.whole] if unsure.kind is ChartKind.STACKED else unsure.series
    strokes_alone = unsure.kind is ChartKind.DIVERGING  # of the year before
    intervals = sum(off is not None for s in drawn if s and not (strokes_alone and s.earlier) for off in s.margins)
    pictures = [ET.fromstring(draw(one, "en", "x")) for one in (table, with_margins(table, 3))]
    strokes = [sum(e.get("stroke-width") == "1.2" for e in root.iter("line")) for root in pictures]
    assert intervals > 0 and strokes == [0, 3 * intervals], "a line and two caps each"
    assert all(0 <= float(e.get(x, 0)) <= 920 for e in pictures[1].iter("line") for x in ("x1", "x2"))


def test_no_interval_of_a_count_reaches_below_nothing(filled: Filler) -> None:
    table = with_margins(build(filled({}, {}), "T8", *YEAR), 5)
    root = ET.fromstring(draw(table, "en", "x"))
    ends = [float(e.get("x1", 0)) for e in root.iter("line") if e.get("stroke-width") == "1.2"]
    assert min(ends) == GUTTER


def test_what_is_beyond_the_bars_is_summed_and_has_no_interval(filled: Filler) -> None:
    codes = [code for code in load_lexicon("destinations").entries if code.startswith("RU-")][:20]
    table = with_margins(build(filled(*({"destination": code} for code in codes)), "T7", *YEAR), 1)
    shown = plot(table, "en")
    assert shown and shown.whole
    assert (len(shown.names), shown.names[-1], len(shown.rows[-1])) == (MAX_BARS, "other (5)", 5)
    assert (shown.whole.values[-1], shown.whole.margins[-1], shown.whole.margins[0]) == (5, None, 1)


def test_key_figures_of_an_estimate_name_its_margin_once(filled: Filler) -> None:
    page = render_report([with_margins(build(filled({}, {}), "T2", *YEAR), 7)], "en")
    assert "<dd>−2<small>±7</small></dd>" in page


@pytest.mark.parametrize("top", [0, 1, 2, 7, 99, 100, 101, 735_031, 0.4])
def test_ticks_are_round_and_reach_the_top(top: float) -> None:
    marks = ticks(top)
    assert marks[0] == 0
    assert marks[-1] >= top
    assert 2 <= len(marks) <= 12
    assert all(mark == int(mark) for mark in marks)


@pytest.mark.browser
@pytest.mark.skipif(CHROMIUM is None, reason="Chromium is not installed")
@pytest.mark.parametrize("width", [1280, 400])
def test_chromium_shows_the_page_without_a_network(page: str, tmp_path: Path, width: int) -> None:
    file, shot = tmp_path / "report.html", tmp_path / "shot.png"
    file.write_text(page, encoding="utf-8")
    run_chromium(tmp_path, f"--window-size={width},1800", f"--screenshot={shot}", file)
    with Image.open(shot) as image:
        colours = {c: n for n, c in image.convert("RGB").getcolors(1 << 24) or []}
    ink = sum(n for c, n in colours.items() if sum(c) < 240)
    assert ink > 3_000, "no text on the page"
    assert colours.get((0x1C, 0x5D, 0x8C), 0) > 1_000, "no bars on the page"


@pytest.mark.browser
@pytest.mark.skipif(CHROMIUM is None, reason="Chromium is not installed")
def test_chromium_prints_the_page_on_a4(page: str, tmp_path: Path) -> None:
    import pypdfium2

    file, printed = tmp_path / "report.html", tmp_path / "report.pdf"
    file.write_text(page, encoding="utf-8")
    run_chromium(tmp_path, "--no-pdf-header-footer", f"--print-to-pdf={printed}", file)
    with pypdfium2.PdfDocument(printed) as pdf:
        sizes = {tuple(round(side * 25.4 / 72) for side in sheet.get_size()) for sheet in pdf}
        first = pdf[0].get_textpage().get_text_range()
        assert len(pdf) >= len(available())
    assert sizes == {(210, 297), (297, 210)}
    assert "Внешняя миграция" in first
    assert "Тоҷикӣ" not in first


@pytest.mark.browser
@pytest.mark.skipif(CHROMIUM is None, reason="Chromium is not installed")
@pytest.mark.parametrize("sexes", [("M", "F"), ("M", "F", "", None)], ids=["upright", "landscape"])
def test_a_heading_stands_on_the_page_of_its_whole_chart_and_of_rows(
    filled: Filler, tmp_path: Path, sexes: tuple[str | None, ...]
) -> None:
    """As many crossing points as a chart has bars, and more; the legend of signs is on the last page of tables."""
    import pypdfium2

    codes, sides = list(load_lexicon("checkpoints").entries), ("D", "A")
    cards = [{"checkpoint": code, "sex": sex, "direction": side} for code in codes for sex in sexes for side in sides]
    tables = [build(filled(*cards), name, *YEAR) for name in ("T1", "T12")]
    file, printed = tmp_path / "report.html", tmp_path / "report.pdf"
    file.write_text(render_report(tables, "en"), encoding="utf-8")
    run_chromium(tmp_path, "--no-pdf-header-footer", f"--print-to-pdf={printed}", file)
    with pypdfium2.PdfDocument(printed) as pdf:
        pages = [" ".join(sheet.get_textpage().get_text_range().split()) for sheet in pdf]
    (own,) = [text for text in pages[1:] if tables[1].title.en in text]
    shown = plot(tables[1], "en")
    assert shown and all(own.count(name) >= 1 for name in shown.names)
    assert own.count("Total") >= 3, "both heads, and the first row"
    assert "data not available" in pages[-1] and "(cards) in the table" in pages[-1]


def run_chromium(profile: Path, *arguments: object) -> None:
    """Open a page with every host name made to fail."""
    fixed = ["--headless=new", "--no-sandbox", "--disable-gpu", "--hide-scrollbars", f"--user-data-dir={profile}"]
    offline = "--host-resolver-rules=MAP * ~NOTFOUND"
    command = [str(CHROMIUM), *fixed, offline, *map(str, arguments)]
    subprocess.run(command, check=True, capture_output=True, timeout=60)
