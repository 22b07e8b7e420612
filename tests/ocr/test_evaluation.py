"""Figures: counted by hand on small cases."""

from __future__ import annotations

from pathlib import Path

import pytest

from ocr.errors import BadInputError
from ocr.evaluation.picture import draw_curves
from ocr.evaluation.score import FieldScore, PageScore, same_value
from ocr.evaluation.summary import figures, refused_rightly, summarise
from ocr.evaluation.truth import read_truth


def field(right: bool, accepted: bool, probability: float, boxes: int = 0) -> FieldScore:
    return FieldScore(
        field="sex", kind="one_of", state="filled", read=True, right=right, accepted=accepted, probability=probability,
        errors=0, length=0, boxes=boxes, wrong_boxes=0 if right else 2, offsets_mm=(0.1, 0.1, 0.1, 0.5),
    )  # fmt: skip


def page(expect: str, outcome: str, fields: tuple[FieldScore, ...] = (), offset: float = 0.1) -> PageScore:
    return PageScore("a.jpg", 0, expect, outcome, "f", True, True, offset, 0.1, (), "", fields)


def test_shares_are_counted_over_the_right_denominators() -> None:
    row = figures(
        "sex", [field(True, True, 0.9), field(False, True, 0.8), field(True, False, 0.4), field(True, True, 1)]
    )
    assert (row.count, row.exact, row.accepted) == (4, 0.75, 0.75)
    assert row.wrong == pytest.approx(1 / 3)
    assert row.wrong_bound is not None and row.wrong_bound > 1 / 3
    assert row.curve[-1].accepted == 1.0
    assert row.curve[-1].wrong == 0.25


def test_ticks_count_boxes_of_accepted_fields_only() -> None:
    scores = (field(True, True, 1, boxes=2), field(False, True, 1, boxes=5), field(False, False, 0, boxes=9))
    evaluation = summarise([page("read", "read", scores)])
    assert (evaluation.ticks, evaluation.wrong_ticks) == (7, 2)


def test_refusals_are_right_only_for_the_right_reason() -> None:
    evaluation = summarise(
        [page("blank", "blank"), page("blurred", "blank"), page("read", "read", (field(True, True, 1),))]
    )
    assert refused_rightly(evaluation) == (2, 1)
    assert evaluation.registered.readable == 1
    assert evaluation.registered.corners_within == 0.75


def test_a_readable_card_that_was_refused_counts_against_registration() -> None:
    evaluation = summarise([page("read", "unknown_form"), page("read", "read", (field(True, True, 1),), offset=0.4)])
    assert (evaluation.registered.readable, evaluation.registered.read, evaluation.registered.within) == (2, 1, 0)


def test_case_and_the_order_of_marks_do_not_matter() -> None:
    assert same_value("B|A", "a|b")
    assert not same_value("", "A")


def test_the_picture_has_a_curve_and_a_dot() -> None:
    svg = draw_curves(summarise([page("read", "read", (field(True, True, 0.9), field(False, False, 0.2)))]))
    assert svg.count("<polyline") == 1
    assert svg.count("<circle") == 1


def test_truth_that_is_none_is_an_error_with_the_file_s_name(tmp_path: Path) -> None:
    with pytest.raises(BadInputError, match="no truth files"):
        list(read_truth(tmp_path))
    (tmp_path / "x.json").write_text("{", "utf-8")
    with pytest.raises(BadInputError, match=r"x\.json"):
        list(read_truth(tmp_path))
