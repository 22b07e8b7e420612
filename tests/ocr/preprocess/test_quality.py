"""Measures follow what was done to the sheet, and each gate names its own reason."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray
from pydantic import ValidationError

from ocr.forms.definition import Form, load_forms
from ocr.preprocess.gates import Gates, load_gates
from ocr.preprocess.identify import Pose
from ocr.preprocess.quality import SheetQuality, judge, measure
from ocr.preprocess.register import Fit, register
from ocr.preprocess.view import View
from ocr.reading import Refusal
from tests.ocr.preprocess.scans import straight

FORMS = {form.id: form for form in load_forms()}
CARD = FORMS["card-2008"]
GATES = load_gates()
DPI = 200.0

Image = NDArray[np.uint8]


def fit_of(image: Image, form: Form = CARD) -> Fit:
    fit = register(View(image, np.eye(3), None, 1.0), Pose(form, straight(form, DPI).mapping.matrix, 0, 1.0))
    assert fit is not None
    return fit


def measured(change: Callable[[Image], Image] = lambda image: image, form: Form = CARD) -> SheetQuality:
    image = np.ascontiguousarray(change(straight(form, DPI).sheet.pixels.copy()))
    return measure(image, fit_of(image, form))


@pytest.mark.parametrize("form", [form for form in FORMS.values() if form.fields], ids=lambda form: form.id)
def test_a_clean_scan(form: Form) -> None:
    quality = measured(form=form)
    assert quality.paper_level > 230
    assert quality.contrast > 0.7
    assert quality.blur_mm <= 0.1
    assert quality.outside_mm == 0
    assert quality.lost_share == 0


@pytest.mark.parametrize("level", [60, 120, 200])
def test_paper_level(level: int) -> None:
    quality = measured(lambda image: (image * (level / 255)).astype(np.uint8))
    assert quality.paper_level == pytest.approx(level, abs=2)
    assert quality.contrast > 0.7, "darker paper is no fainter print"


@pytest.mark.parametrize("left", [0.5, 0.25, 0.12])
def test_contrast(left: float) -> None:
    clean = measured().contrast
    assert measured(lambda image: (255 - (255 - image) * left).astype(np.uint8)).contrast == pytest.approx(
        clean * left, rel=0.1
    )


@pytest.mark.parametrize("mm", [0.15, 0.25, 0.4, 0.6])
def test_blur(mm: float) -> None:
    quality = measured(lambda image: np.asarray(cv2.GaussianBlur(image, (0, 0), mm * DPI / 25.4), np.uint8))
    assert quality.blur_mm == pytest.approx(mm, abs=0.08)


@pytest.mark.parametrize("cut_mm", [0.0, 8.0, 20.0])
def test_outside(cut_mm: float) -> None:
    """The rightmost field ends 2 mm from the edge."""
    rightmost = max(spec.box.right for spec in CARD.fields)
    columns = round(cut_mm * DPI / 25.4)
    quality = measured(lambda image: image[:, : image.shape[1] - columns])
    expected = max(0.0, cut_mm - (CARD.size[0] - rightmost))
    assert quality.outside_mm == pytest.approx(expected, abs=0.2)


def test_lost_share() -> None:
    def covered(image: Image) -> Image:
        image[:, : image.shape[1] // 3] = 255
        return image

    assert measured(covered).lost_share == pytest.approx(1 / 3, abs=0.12)


GOOD = SheetQuality(paper_level=240, contrast=0.8, blur_mm=0.1, outside_mm=0, lost_share=0)


@pytest.fixture(scope="module")
def fit() -> Fit:
    return fit_of(straight(CARD, DPI).sheet.pixels)


def test_a_good_sheet_may_be_read(fit: Fit) -> None:
    assert judge(GOOD, fit, GATES) is None


@pytest.mark.parametrize("worse, reason, detail", [
    ({"paper_level": GATES.min_paper_level - 1}, Refusal.TOO_DARK, "69"),
    ({"contrast": GATES.min_contrast - 0.01}, Refusal.TOO_FAINT, "0.12"),
    ({"outside_mm": GATES.max_outside_mm + 3}, Refusal.CUT_OFF, "outside_mm 4"),
    ({"lost_share": 0.4}, Refusal.CUT_OFF, "not_found_percent 40"),
    ({"blur_mm": 0.8}, Refusal.BLURRED, "blur_mm 0.80"),
])  # fmt: skip
def test_each_gate_names_its_reason(fit: Fit, worse: dict[str, float], reason: Refusal, detail: str) -> None:
    verdict = judge(replace(GOOD, **worse), fit, GATES)
    assert verdict is not None
    assert verdict[0] is reason
    assert detail in verdict[1]


def test_the_residual_is_held_against_the_forms_own_tolerance(fit: Fit) -> None:
    bad = replace(fit, registration=replace(fit.registration, residual_mm=CARD.tolerance_mm + 0.01))
    verdict = judge(GOOD, bad, GATES)
    assert verdict is not None and verdict[0] is Refusal.BAD_FIT
    patient = replace(bad.registration, form=CARD.model_copy(update={"tolerance_mm": 1.0}))
    assert judge(GOOD, replace(bad, registration=patient), GATES) is None


def test_the_back_of_a_card_is_known_as_such() -> None:
    back = FORMS["revised-back"]
    image = straight(back, DPI).sheet.pixels
    verdict = judge(measure(image, fit_of(image, back)), fit_of(image, back), GATES)
    assert verdict is not None and verdict[0] is Refusal.BACK_SIDE


def test_gates_are_data_without_misspelt_keys() -> None:
    values = GATES.model_dump()
    with pytest.raises(ValidationError):
        Gates.model_validate({**values, "min_contrst": 1})
    with pytest.raises(ValidationError):
        GATES.min_contrast = 0  # type: ignore[misc]
    assert all(value > 0 for value in values.values())
