"""Golden scans: every committed sample is read or refused as its truth says."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from ocr.evaluation.run import read_labelled, score_all
from ocr.evaluation.score import PageScore
from ocr.evaluation.summary import summarise
from ocr.evaluation.truth import read_truth
from ocr.forms.codebook import USUAL_ERROR
from ocr.forms.definition import FORMS_DIR

SAMPLES = Path(__file__).parents[1] / "fixtures" / "samples"


@pytest.fixture(scope="module")
def scores() -> list[PageScore]:
    """All samples, read and held against their truth."""
    truths, today = list(read_truth(SAMPLES)), date.today()
    labelled = read_labelled(SAMPLES, truths, workers=2, timeout_s=120, forms_dir=FORMS_DIR, today=today)
    return list(score_all(labelled, today=date.today()))


def test_every_sheet_is_read_or_refused_for_its_reason(scores: list[PageScore]) -> None:
    wrong = [(page.scan, page.page, page.expect, page.outcome) for page in scores if page.expect != page.outcome]
    assert wrong == []


def test_every_card_is_registered_on_its_form_and_the_right_way_up(scores: list[PageScore]) -> None:
    read = [page for page in scores if page.outcome == "read"]
    assert all(page.right_form and page.right_rotation for page in read)
    assert [(page.scan, page.offset_mm) for page in read if page.offset_mm > 0.3] == []


def test_no_more_is_wrong_among_the_accepted_than_the_target_error(scores: list[PageScore]) -> None:
    accepted = [(page.scan, f) for page in scores for f in page.fields if f.accepted]
    others = [(scan, f.field) for scan, f in accepted if not f.right and f.group != "names"]
    assert len(others) <= USUAL_ERROR * sum(f.group != "names" for _, f in accepted), others
    names = [f.right for _, f in accepted if f.group == "names"]
    assert names.count(False) <= 0.03 * len(names)


def test_marks_and_codes_are_mostly_accepted(scores: list[PageScore]) -> None:
    by_kind = {row.name: row for row in summarise(scores).by_kind}
    assert by_kind["barcode"].exact >= 0.97
    assert by_kind["one_of"].exact >= 0.95
    assert by_kind["one_of"].accepted >= 0.5


def test_most_coded_handwriting_is_accepted_and_no_date(scores: list[PageScore]) -> None:
    written = [f for page in scores for f in page.fields if f.state == "filled"]
    coded = [f.accepted for f in written if f.coded]
    assert len(coded) > 60
    assert sum(coded) > 0.6 * len(coded)
    assert not any(f.accepted for f in written if f.group == "dates")
