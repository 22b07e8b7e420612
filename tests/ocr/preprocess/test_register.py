"""A rough guess becomes an exact place, or nothing."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from fixtures.mapping import Mapping
from ocr.forms.definition import Form, load_forms
from ocr.geometry import rotation, scaling, translation
from ocr.preprocess.identify import Pose
from ocr.preprocess.model import form_model
from ocr.preprocess.plane import MIN_ANCHORS
from ocr.preprocess.register import Fit, register
from ocr.preprocess.view import View
from tests.ocr.preprocess.scans import Made, random_map, scanned, scribbled, spoilt, straight, worst_mm

FRONTS = [form for form in load_forms() if form.fields]
each_form = pytest.mark.parametrize("form", FRONTS, ids=lambda form: form.id)


def seen(image: NDArray[np.uint8]) -> View:
    return View(np.ascontiguousarray(image), np.eye(3), None, 1.0)


def found(
    made: Made, form: Form, shift: tuple[float, float] = (0, 0), turn: float = 0.0, grow: float = 1.0
) -> Fit | None:
    """Register from the truth's homography, misplaced by millimetres, degrees and a factor about the card's middle."""
    middle = (form.size[0] / 2, form.size[1] / 2)
    slip = translation(*shift) @ rotation(turn, middle) @ scaling(grow)
    return register(seen(made.sheet.pixels), Pose(form, made.mapping.matrix @ slip, 0, 1.0))


@each_form
@pytest.mark.parametrize(
    "shift, turn, grow", [((0, 0), 0, 1), ((2, -1.5), 0, 1), ((-1, 1), 0.6, 1), ((0.5, 0), -0.4, 1.006)]
)
def test_misplaced_guesses_end_in_the_same_place(
    form: Form, shift: tuple[float, float], turn: float, grow: float
) -> None:
    made = straight(form, 150)
    fit = found(made, form, shift, turn, grow)
    assert fit is not None
    assert worst_mm(fit.registration, made) < 0.06
    assert fit.registration.residual_mm < 0.05
    assert fit.score > 0.95


@each_form
@pytest.mark.parametrize("grow", [0.94, 1.06])
def test_a_guess_of_the_wrong_size_leads_on_from_where_it_is_right(form: Form, grow: float) -> None:
    """Round the middle of the card the anchors lie within reach; at its ends they are twice as far away."""
    made = spoilt(straight(form, 150), np.random.default_rng(4))
    middle = translation(form.size[0] / 2, form.size[1] / 2)
    slip = middle @ scaling(grow) @ np.linalg.inv(middle)
    fit = register(seen(made.sheet.pixels), Pose(form, made.mapping.matrix @ slip, 0, 1.0))
    assert fit is not None
    assert fit.share > 0.95
    assert worst_mm(fit.registration, made) < 0.1


@each_form
@pytest.mark.parametrize("seed", [1, 2])
def test_scribbles_skew_shear_and_stretch(form: Form, seed: int) -> None:
    rng = np.random.default_rng(seed)
    made = spoilt(scanned(scribbled(form, rng), form, random_map(form, rng, stretch=0.8), 200), rng)
    fit = found(made, form, (1, -1))
    assert fit is not None
    assert worst_mm(fit.registration, made, near_print_mm=12) < 0.3
    assert 0.01 < fit.registration.residual_mm < 0.2


@each_form
def test_perspective_takes_a_homography(form: Form) -> None:
    rng = np.random.default_rng(3)
    made = scanned(scribbled(form, rng), form, random_map(form, rng, stretch=0, perspective=0.06), 200)
    affine = Mapping(made.mapping.matrix * [[1, 1, 1], [1, 1, 1], [0, 0, 1]])
    assert np.abs(affine.matrix - made.mapping.matrix).max() > 0
    fit = found(made, form)
    assert fit is not None
    assert worst_mm(fit.registration, made) < 0.15


def test_anchors_under_a_blot_and_a_few_false_ones_are_left_out() -> None:
    """Part of the card is painted over, and one place shows print that has moved by a millimetre."""
    form = FRONTS[0]
    made = straight(form, 200)
    image = made.sheet.pixels.copy()
    image[200:330, 300:520] = 60
    patch = image[575:625, 600:720].copy()
    image[575:625, 600:720] = np.roll(patch, 8, axis=1)
    fit = register(seen(image), Pose(form, made.mapping.matrix, 0, 1.0))
    assert fit is not None
    assert fit.share < 0.97
    assert worst_mm(fit.registration, made) < 0.15


def test_one_stray_anchor_does_not_bend_the_paper() -> None:
    """The print around one anchor beside a field lies half a millimetre off, as ink can make it seem to."""
    form = FRONTS[0]
    made = straight(form, 200)
    image = made.sheet.pixels.copy()
    anchors = form_model(form).anchors
    nearest = anchors[np.hypot(*(anchors - (38.0, 31.2)).T).argmin()]
    x, y = (round(v * 200 / 25.4) for v in nearest)
    patch = image[y - 24 : y + 24, x - 36 : x + 36]
    patch[:] = np.roll(patch, 4, axis=1)
    fit = register(seen(image), Pose(form, made.mapping.matrix, 0, 1.0))
    assert fit is not None
    assert worst_mm(fit.registration, made) < 0.1


@each_form
def test_nothing_is_found_on_blank_or_noisy_paper(form: Form) -> None:
    made = straight(form, 100)
    noise = np.random.default_rng(0).normal(230, 20, made.sheet.pixels.shape).clip(0, 255).astype(np.uint8)
    for image in (np.full_like(noise, 255), noise):
        assert register(seen(image), Pose(form, made.mapping.matrix, 0, 1.0)) is None


def test_a_form_without_print_is_nowhere() -> None:
    empty = FRONTS[0].model_copy(update={"id": "empty", "rules": (), "texts": (), "panels": (), "fields": ()})
    made = straight(FRONTS[0], 150)
    assert register(seen(made.sheet.pixels), Pose(empty, made.mapping.matrix, 0, 1.0)) is None


def test_upside_down_is_not_believed() -> None:
    form = FRONTS[0]
    made = straight(form, 150)
    fit = register(seen(made.sheet.pixels[::-1, ::-1]), Pose(form, made.mapping.matrix, 0, 1.0))
    assert fit is None or fit.score < 0.3


def test_the_laid_out_sheet_is_the_blank_card_again() -> None:
    """In the frame and at the resolution of the model, whatever the scan's."""
    form = FRONTS[0]
    made = straight(form, 200)
    fit = register(seen(made.sheet.pixels), Pose(form, made.mapping.matrix, 0, 1.0))
    assert fit is not None
    fine = form_model(form).fine
    assert fit.laid.shape == fine.shape and fit.laid.dtype == np.float32
    assert np.corrcoef(fit.laid.ravel(), fine.ravel())[0, 1] > 0.97


def test_only_what_is_in_the_picture_counts() -> None:
    form = FRONTS[0]
    made = straight(form, 150)
    width = made.sheet.size[0]
    fit = register(seen(made.sheet.pixels[:, : round(0.7 * width)]), Pose(form, made.mapping.matrix, 0, 1.0))
    assert fit is not None
    assert fit.share > 0.9
    assert len(fit.kept) >= MIN_ANCHORS
    assert len(fit.offsets) == len(fit.kept)
