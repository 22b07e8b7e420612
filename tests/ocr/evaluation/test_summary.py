"""Pages counted by hand, and the words and pictures made of them."""

from __future__ import annotations

import xml.etree.ElementTree as ET

from ocr.evaluation.figures import figures
from ocr.evaluation.picture import curve_of, draw_curves, draw_reliability
from ocr.evaluation.report import as_page, as_text, tables
from ocr.evaluation.summary import Evaluation, refused_rightly, summarise
from tests.ocr.evaluation.scores import page, score, tick


def some() -> Evaluation:
    """A page refused wrongly, and one with an occupation read rightly, one wrongly, and two ticks."""
    wrong = score(raw="ПОБАР", got="9999", errors=1, probability=0.4, beside="5120", accepted=True)
    fields = (tick(True, True), tick(False, False, 0.2), score(beside=""), wrong)
    return summarise([page("blurred", "blank"), page("read", "read", fields)])


def test_ticks_count_boxes_of_accepted_fields_only() -> None:
    fields = (tick(True, True, boxes=2), tick(False, True, boxes=5), tick(False, False, boxes=9))
    evaluation = summarise([page("read", "read", fields)])
    assert (evaluation.ticks, evaluation.wrong_ticks) == (7, 2)


def test_refusals_are_right_only_for_the_right_reason() -> None:
    evaluation = summarise(
        [page("blank", "blank"), page("blurred", "blank"), page("read", "read", (tick(True, True),))]
    )
    assert refused_rightly(evaluation) == (2, 1)
    assert evaluation.registered.readable == 1
    assert evaluation.registered.corners_within == 0.75


def test_a_readable_card_that_was_refused_counts_against_registration() -> None:
    evaluation = summarise([page("read", "unknown_form"), page("read", "read", (tick(True, True),), offset=0.4)])
    assert (evaluation.registered.readable, evaluation.registered.read, evaluation.registered.within) == (2, 1, 0)


def test_tables_have_as_many_cells_as_heads() -> None:
    made = {table.title: table for table in tables(some())}
    assert all(len(row) == len(table.heads) for table in made.values() for row in table.rows)
    assert made["letters misread in combs"].rows == (("В read as Б", "1", "2", "50.0%"),)
    cards = {row[0].strip(): row[1:3] for row in made["cards"].rows}
    assert cards["should be blurred, was blank"] == ("1", "2")
    assert cards["refused for the right reason"] == ("0", "1")


def test_fields_that_people_must_key_are_counted_by_the_card() -> None:
    seldom = tuple(score(field="purpose", accepted=n > 0) for n in range(60))
    pages = [page("read", "read", (score(), tick(True, n % 2 == 0), seldom[n])) for n in range(60)]
    (to_key,) = (table for table in tables(summarise(pages)) if table.title.startswith("fields of a card"))
    assert to_key.rows == (("all", "1.52"), ("occupation", "1.00"), ("sex", "0.50"), ("others", "0.02"))


def test_doubtful_fields_are_counted_at_the_finest_level_at_which_they_are_settled() -> None:
    levels = ("two_digits", "one_digit")
    fields = [score(levels=levels, settled="two_digits", group_right=n > 0) for n in range(4)]
    fields += [score(levels=levels, settled="one_digit", group_right=True), score(levels=levels)]
    fields += [score(levels=levels, accepted=True), score(levels=levels, state="empty"), tick(True, False)]
    evaluation = summarise([page("read", "read", tuple(fields))])
    assert [(row.level, row.doubtful, row.settled, row.wrong) for row in evaluation.by_level] == [
        ("two_digits", 6, 4, 1),
        ("one_digit", 6, 1, 0),
    ]
    (table,) = (table for table in tables(evaluation) if table.title.startswith("doubtful"))
    assert table.rows[0] == ("occupation, two_digits", "6", "4", "66.67%", "1", "75.14%")


def test_another_reader_has_a_column_only_where_it_was_asked() -> None:
    asked = next(table for table in tables(some()) if table.title == "handwriting by what it says")
    row = dict(zip(asked.heads, asked.rows[0], strict=True))
    assert (row["exact"], row["tesseract"], row["reachable"], row["CER"]) == ("50.00%", "50.00%", "100.00%", "10.00%")
    alone = tables(summarise([page("read", "read", (score(),))]))
    assert "tesseract" not in {head for table in alone for head in table.heads}


def test_text_columns_stand_under_each_other() -> None:
    lines = as_text(tables(some()))
    start = lines.index("by kind")
    assert len({len(line) for line in lines[start + 1 : start + 4]}) == 1


def test_pictures_have_a_curve_a_dot_and_a_ring_per_row() -> None:
    rows = some().by_kind
    svg = draw_curves("A < B", [*map(curve_of, rows)])
    assert ET.fromstring(svg).tag.endswith("svg")
    assert svg.count("<polyline") == 2
    assert svg.count('fill="none" stroke="#0072b2" stroke-width="2"/>\n<circle') == 1
    assert svg.count("<circle") == 4
    panels = draw_reliability("Reliability", rows)
    assert ET.fromstring(panels).tag.endswith("svg")
    assert panels.count("<circle") == sum(len(row.bins) for row in rows) == 4


def test_a_curve_ends_where_reading_ends() -> None:
    row = figures("occupation", [score(), score(got=None), score(got="1", probability=0.1), score(got=None)])
    curve = curve_of(row)
    assert curve.points == ((0.25, 0.0), (0.5, 0.5))
    assert (curve.now, curve.kept) == (None, (0.25, 0.003))


def test_the_page_has_tables_and_pictures_and_no_script() -> None:
    html = as_page("A < B", tables(some()), [("x.png", "wrong & sure")])
    assert "A &lt; B" in html
    assert 'src="x.png" alt="wrong &amp; sure"' in html
    assert html.count("<table>") == len(tables(some()))
    assert "<script" not in html
