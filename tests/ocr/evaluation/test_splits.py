"""Tables about handwriting on a handful of fields."""

from __future__ import annotations

from ocr.evaluation.splits import at_level, by_fault, composed, grouped, handwriting, letter_case, splits
from tests.ocr.evaluation.scores import score, tick

NAME = {"field": "surname", "group": "names", "coded": False}
DATE = {"field": "birth_date", "group": "dates", "coded": False, "written": "01022003"}


def test_only_handwriting_that_is_there_counts() -> None:
    filled = score(state="corrected")
    assert handwriting([filled, score(state="empty", written=""), tick(True, True)]) == [filled]


def test_groups_are_sorted_and_fields_without_one_left_out() -> None:
    fields = [score(source="b"), score(source=""), score(source="a"), score(source="b", page=1)]
    assert {name: len(group) for name, group in grouped(fields, lambda f: f.source).items()} == {"a": 1, "b": 2}
    assert list(grouped(fields, lambda f: f.source)) == ["a", "b"]


def test_every_table_splits_the_same_fields() -> None:
    fields = [score(faults=("skew",)), score(**NAME, got="X", source="font caveat"), score(**DATE, style="line")]
    tables = {table.title: {row.name: (row.count, row.exact) for row in table.rows} for table in splits(fields)}
    assert next(iter(tables.values())) == {
        "coded": (1, 1), "names": (1, 0), "dates and numbers": (1, 1), "all": (3, 2 / 3),
    }  # fmt: skip
    assert tables["handwriting by what it says"].keys() == {"occupations", "names", "dates"}
    assert tables["handwriting in combs and on lines"] == {"comb": (2, 0.5), "line": (1, 1)}
    assert tables["handwriting by hand"] == {"font caveat": (1, 0), "one writer": (2, 1)}
    assert tables["words by letter case"] == {"capitals": (2, 0.5)}
    assert splits([tick(True, True)]) == ()


def test_words_are_told_apart_by_case_and_composed_letters() -> None:
    assert [letter_case(score(written=w)) for w in ("ПОВАР", "повар", "Повар")] == ["capitals", "small", "mixed"]
    assert letter_case(score(**DATE)) == composed(score(**DATE)) == ""
    assert composed(score(written="сӯзангар")).startswith("with ")
    assert composed(score(written="ҒАФУР ҚОСИМ")).startswith("without ")


def test_occupations_are_right_at_a_level_when_their_group_is() -> None:
    near = score(value="7112", got="7119", decoded="7112", beside="71")
    assert [at_level(near, digits).right for digits in (4, 3, 2, 1)] == [False, True, True, True]
    assert at_level(near, 2).beside == "71"
    outside = at_level(score(value="X1", got="X2", beside=None), 1)
    assert not outside.right
    assert at_level(score(got=None), 1).got is outside.beside is None


def test_levels_have_a_row_each() -> None:
    levels = next(t for t in splits([score(value="7112", got="7214")]) if "ISCO" in t.title)
    assert {row.name: row.exact for row in levels.rows} == {
        "unit group": 0, "minor group": 0, "sub-major group": 0, "major group": 1,
    }  # fmt: skip


def test_a_fault_is_held_against_cards_without_it() -> None:
    fields = [score(faults=("skew", "grey")), score(faults=("grey",), got="1"), score(faults=("grey", "skew"))]
    rows = by_fault(fields)
    assert [(row.name.strip(), row.count, row.exact) for row in rows] == [("skew", 2, 1), ("without", 1, 0)]
