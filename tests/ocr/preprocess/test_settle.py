"""Print that registration left beside its place is brought there, and what lies right is left alone."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from fixtures.mapping import Mapping, Stretch
from ocr.forms.artwork import raster
from ocr.forms.definition import Form, load_forms
from ocr.geometry import Points, mm_to_pixels, rect_quad
from ocr.preprocess import settle
from ocr.preprocess.background import grey
from ocr.preprocess.crop_zone import Registration, to_sheet
from ocr.preprocess.settle import block_shifts, lay
from ocr.preprocess.shifts import NO_SHIFTS, Shifts
from ocr.preprocess.spline import Spline
from ocr.scan import ScanId
from ocr.sheet import Sheet

DPI = 200.0
STILL = Spline(np.zeros((1, 2)), np.zeros((4, 2)))
FORMS = {form.id: form for form in load_forms()}


def scanned(form: Form, mapping: Mapping, written: int = 0) -> Sheet:
    """The blank form as it lies in a scan at 300 dpi, with some strokes of a pen."""
    page = grey(raster(form, 400.0)).copy()
    rng = np.random.default_rng(written)
    for _ in range(written):
        x, y = rng.integers(0, page.shape[1] - 40), rng.integers(0, page.shape[0] - 40)
        page[y : y + 40, x : x + 6] = 60
    size = (round(form.size[0] * 300 / 25.4), round(form.size[1] * 300 / 25.4))
    places = mapping.sources(size, 400.0)

    pixels = cv2.remap(page, places[..., 0], places[..., 1], cv2.INTER_LINEAR, borderValue=(255,))
    noise = np.random.default_rng(5).normal(0, 3, pixels.shape)
    return Sheet(np.clip(pixels + noise, 0, 255).astype(np.uint8), np.eye(3), ScanId("0" * 64, 0), 300.0)


def corners(form: Form) -> Points:
    return np.vstack([rect_quad(*spec.box.xywh) for spec in form.fields if spec.kind.is_text])


def farthest(registration: Registration, mapping: Mapping) -> float:
    """Distance in mm between where field corners lie and where they are thought to lie, exceeded by a tenth of them."""
    points = corners(registration.form)
    away = to_sheet(registration, points) - mapping.points(points)
    return float(np.percentile(np.hypot(*away.T), 90) / 300 * 25.4)


@pytest.mark.parametrize("form", ["card-2008", "revised-departure"])
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_stretch_that_registration_missed_is_found(form: str, seed: int) -> None:
    which = FORMS[form]
    mapping = Mapping(mm_to_pixels(300), Stretch.of(np.random.default_rng(seed), 0.4, which.size))
    registration = Registration(which, mapping.matrix, STILL, 0.0, 0)
    card = lay(scanned(which, mapping, written=60), registration, DPI)
    assert farthest(card.registration, mapping) < 0.8 * farthest(registration, mapping)
    assert np.abs(block_shifts(card.dark, which, DPI)).max() < settle.SETTLED_MM


def test_a_card_that_lies_right_is_laid_once(monkeypatch: pytest.MonkeyPatch) -> None:
    which, mapping = FORMS["card-2008"], Mapping(mm_to_pixels(300), None)
    cuts = []
    cut = settle.cut
    monkeypatch.setattr(settle, "cut", lambda *args: cuts.append(args) or cut(*args))
    card = lay(scanned(which, mapping, written=60), Registration(which, mapping.matrix, STILL, 0.0, 0), DPI)
    assert len(cuts) == 1
    assert card.registration.shifts is NO_SHIFTS
    assert card.dark.shape == card.pixels.shape == raster(which, DPI).shape[:2]


def test_a_shift_of_the_whole_print_is_measured() -> None:
    which = FORMS["card-2008"]
    moved = Mapping(mm_to_pixels(300) @ np.array([[1, 0, 0.07], [0, 1, -0.07], [0, 0, 1.0]]), None)
    card = lay(scanned(which, moved), Registration(which, mm_to_pixels(300), STILL, 0.0, 0), DPI)
    assert card.registration.shifts is NO_SHIFTS  # too little to lay it anew
    across, down = np.median(block_shifts(card.dark, which, DPI), axis=(0, 1))
    assert 0.03 < across < 0.08  # few lines are upright, and what does not say counts as no shift
    assert -0.08 < down < -0.05


def test_nothing_is_told_of_blank_paper() -> None:
    which = FORMS["card-2008"]
    assert not block_shifts(np.zeros(raster(which, DPI).shape[:2], np.uint8), which, DPI).any()


def test_shifts_are_bilinear_between_centres_and_constant_beyond() -> None:
    shifts = Shifts(np.array([[[0.0, 0.0], [0.4, 0.2]]], np.float32), (100.0, 50.0))
    found = shifts.at(np.array([[25.0, 10.0], [50.0, 40.0], [75.0, 0.0], [100.0, 50.0], [0.0, 0.0]]))
    assert found == pytest.approx(np.array([[0, 0], [0.2, 0.1], [0.4, 0.2], [0.4, 0.2], [0, 0]]), abs=0.01)


def test_shifts_add_up() -> None:
    finer = np.full((3, 5, 2), 0.1, np.float32)
    both = NO_SHIFTS.plus(finer, (148.0, 105.0)).plus(finer, (148.0, 105.0))
    assert both.at(np.array([[70.0, 50.0]])) == pytest.approx(np.array([[0.2, 0.2]]))
