"""Cards interpreted again with other texts."""

from __future__ import annotations

from datetime import date
from hashlib import sha256
from pathlib import Path

import pytest

from ocr.confidence.acceptance import Uncalibrated
from ocr.confidence.values import canonical
from ocr.evaluation.fields import group_of
from ocr.evaluation.reread import BesideJob, decode_written, interpret_again, read_beside
from ocr.evaluation.truth import PageTruth, read_truth
from ocr.extract.reader import Raw
from ocr.forms.definition import FORMS_DIR, load_forms
from ocr.page import PageJob, read_page
from ocr.reading import CardReading, FieldState

TODAY = date(2026, 1, 1)

SAMPLES = Path(__file__).parents[3] / "fixtures" / "samples"
SCAN = SAMPLES / "fault-skew.jpg"


@pytest.fixture(scope="module")
def card() -> BesideJob:
    """A sample as the pipeline reads it."""
    job = PageJob(SCAN, sha256(SCAN.read_bytes()).hexdigest(), 0)
    outcome = read_page(job, Uncalibrated(), today=date(2026, 1, 1)).outcome
    assert isinstance(outcome, CardReading)
    return BesideJob(job, outcome)


@pytest.fixture(scope="module")
def truth() -> PageTruth:
    """What the sample truly says."""
    return next(page for page in read_truth(SAMPLES) if page.scan == SCAN.name)


def test_what_was_written_is_decoded_in_the_card_s_own_context(card: BesideJob, truth: PageTruth) -> None:
    form = next(form for form in load_forms() if form.id == truth.form)
    decoded = decode_written(form, card.reading, {name: field.written for name, field in truth.fields.items()}, TODAY)
    for spec in form.fields:
        if group_of(spec):
            assert canonical(spec, decoded[spec.name] or "") == canonical(spec, truth.fields[spec.name].value)


def test_only_what_is_read_otherwise_changes(card: BesideJob, truth: PageTruth) -> None:
    form = next(form for form in load_forms() if form.id == truth.form)
    again = interpret_again(form, card.reading, {"occupation": Raw(FieldState.READ, "ВОДИТЕЛЬ", 1.0)}, TODAY)
    before = interpret_again(form, card.reading, {}, TODAY)
    assert again["occupation"] == "8322"
    assert {name for name in again if again[name] != before[name]} <= {"occupation"}


def test_another_reader_reads_all_handwriting_and_some_of_it_rightly(card: BesideJob, truth: PageTruth) -> None:
    form = next(form for form in load_forms() if form.id == truth.form)
    values = read_beside(card, FORMS_DIR, TODAY)
    assert set(values) == {spec.name for spec in form.fields if group_of(spec)}
    assert any(values[name] and values[name] == truth.fields[name].value for name in values)
