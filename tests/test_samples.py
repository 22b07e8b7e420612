"""Golden scans: every committed sample is read or refused as its truth says."""

from __future__ import annotations

from pathlib import Path

import pytest

from ocr.evaluation.run import read_labelled, score_all
from ocr.evaluation.score import PageScore
from ocr.evaluation.summary import summarise
from ocr.evaluation.truth import read_truth
from ocr.form import FORMS_DIR

SAMPLES = Path(__file__).parents[1] / "fixtures" / "samples"


@pytest.fixture(scope="module")
def scores() -> list[PageScore]:
    """All samples, read and held against their truth."""
    labelled = read_labelled(SAMPLES, list(read_truth(SAMPLES)), workers=2, timeout_s=120, forms_dir=FORMS_DIR)
    return list(score_all(labelled))


def test_every_sheet_is_read_or_refused_for_its_reason(scores: list[PageScore]) -> None:
    wrong = [(page.scan, page.page, page.expect, page.outcome) for page in scores if page.expect != page.outcome]
    assert wrong == []


def test_every_card_is_registered_on_its_form_and_the_right_way_up(scores: list[PageScore]) -> None:
    read = [page for page in scores if page.outcome == "read"]
    assert all(page.right_form and page.right_rotation for page in read)
    assert [(page.scan, page.offset_mm) for page in read if page.offset_mm > 0.3] == []


def test_nothing_accepted_is_wrong(scores: list[PageScore]) -> None:
    wrong = [(page.scan, f.field) for page in scores for f in page.fields if f.accepted and not f.right]
    assert wrong == []


def test_marks_and_codes_are_mostly_accepted(scores: list[PageScore]) -> None:
    by_kind = {row.name: row for row in summarise(scores).by_kind}
    assert by_kind["barcode"].exact >= 0.97
    assert by_kind["one_of"].exact >= 0.95
    assert by_kind["one_of"].accepted >= 0.5


def test_handwriting_is_never_accepted(scores: list[PageScore]) -> None:
    written = [f for page in scores for f in page.fields if f.kind in ("comb", "line", "date") and f.state == "filled"]
    assert len(written) > 100
    assert not any(f.accepted for f in written)
