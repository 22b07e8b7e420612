"""The right form, way up and place come first among the guesses."""

from __future__ import annotations

import itertools
from dataclasses import replace

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ocr.forms.definition import Form, load_forms
from ocr.geometry import apply, mm_to_pixels, pixel_scaling, rect_quad, rotation, translation
from ocr.preprocess.identify import Pose, best_first, pose_groups
from ocr.preprocess.view import VIEW_DPI, View, reduced, view_of
from tests.ocr.preprocess.scans import Made, distance_px, random_map, scanned, scribbled, sheet_of, straight

FORMS = load_forms()
FRONTS = [form for form in FORMS if form.fields]
each_form_and_turn = pytest.mark.parametrize(
    "form, turn", [(FRONTS[i % 3], 90 * (i % 4)) for i in range(6)], ids=lambda value: getattr(value, "id", value)
)


@given(st.integers(50, 900), st.integers(50, 900), st.integers(1, 60))
def test_reduction_drops_less_than_a_pixel(width: int, height: int, factor: int) -> None:
    small, back = reduced(np.zeros((height, width), np.uint8), factor)
    h, w = small.shape
    used = min(factor, width, height)
    assert (h, w) == (height // used, width // used)
    np.testing.assert_allclose(
        apply(back, rect_quad(-0.5, -0.5, w, h)), rect_quad(-0.5, -0.5, w * used, h * used), atol=1e-6
    )


def test_reduction_puts_things_where_the_matrix_says() -> None:
    image = np.zeros((602, 901), np.uint8)
    image[300:330, 600:630] = 255
    small, back = reduced(image, 3)
    y, x = np.nonzero(small > 128)
    np.testing.assert_allclose(apply(back, [[x.mean(), y.mean()]]), [[614.5, 314.5]], atol=0.5)


@pytest.mark.parametrize("shape, dpi, factor", [
    ((5200, 3700), 600.0, 4),
    ((2620, 1900), 300.0, 2),
    ((800, 600), 230.0, 1),
    ((2400, 1700), 1200.0, 3),
    ((800, 600), None, 1),
    ((3508, 2480), None, 2),
])  # fmt: skip
def test_view_is_reduced_to_what_registration_needs(shape: tuple[int, int], dpi: float | None, factor: int) -> None:
    """By whole pixels; a resolution that would leave too little is not believed."""
    view = view_of(sheet_of(np.zeros((*shape, 3), np.uint8), dpi))
    assert view.image.shape == (shape[0] // factor, shape[1] // factor)
    assert view.factor == factor
    assert view.dpi == (None if dpi is None else pytest.approx(dpi / factor))
    assert view.dpi is None or view.dpi >= VIEW_DPI


@pytest.mark.parametrize("scale", [0.7, 1.0, 2.3, 5.0])
def test_the_view_is_laid_where_the_matrix_says(scale: float) -> None:
    """From whichever level of the pyramid it is taken, also where sides are odd."""
    image = np.full((805, 1203), 255, np.uint8)
    cv2.circle(image, (601, 403), 60, (0,), -1)
    view = View(image, np.eye(3), None, 1.0)
    to_image = translation(400, 250) @ rotation(5) @ pixel_scaling(scale)
    dark = 255.0 - view.laid(to_image, (round(600 / scale), round(500 / scale)))
    y, x = np.indices(dark.shape)
    centre = [[float((dark * axis).sum() / dark.sum()) for axis in (x, y)]]
    np.testing.assert_allclose(apply(to_image, centre), [[601, 403]], atol=0.15)


def first_good(made: Made, forms: list[Form]) -> tuple[Pose, int]:
    """The best guess of the first group that holds a likely one, and the group's number."""
    for number, poses in enumerate(pose_groups(view_of(made.sheet), forms)):
        if poses and poses[0].score > 0.5:
            return poses[0], number
    raise AssertionError("no likely guess")


@each_form_and_turn
def test_card_on_a_dark_ground(form: Form, turn: int) -> None:
    rng = np.random.default_rng(turn)
    made = scanned(scribbled(form, rng), form, random_map(form, rng, turn), 100, ground=20)
    pose, group = first_good(made, FORMS)
    assert (pose.form.id, pose.rotation, group) == (form.id, turn, 1)
    assert distance_px(pose.matrix, made.mapping.matrix, form) < 3.0 * 100 / 25.4


@each_form_and_turn
def test_card_somewhere_on_a_white_page_of_known_resolution(form: Form, turn: int) -> None:
    rng = np.random.default_rng(10 + turn)
    mapping = random_map(form, rng, turn, skew=3)
    made = scanned(scribbled(form, rng), form, mapping, 100, border=35, stated=100)
    pose, group = first_good(made, FORMS)
    assert (pose.form.id, pose.rotation, group) == (form.id, turn, 0)
    assert distance_px(pose.matrix, made.mapping.matrix, form) < 3.5 * 100 / 25.4


def test_resolution_that_nobody_states_is_tried_last() -> None:
    form = FRONTS[0]
    rng = np.random.default_rng(1)
    made = scanned(scribbled(form, rng), form, random_map(form, rng, skew=2), 150, border=40)
    best, group = first_good(made, FORMS)
    assert (best.form.id, best.rotation, group) == (form.id, 0, 3)


def test_a_card_that_is_cut_off_is_found_after_whole_ones() -> None:
    form = FRONTS[0]
    made = straight(form, 150)
    sheet = sheet_of(made.sheet.pixels[:, : round(0.75 * made.sheet.size[0])], 150)
    groups = list(itertools.islice(pose_groups(view_of(sheet), FORMS), 3))
    assert not groups[0]
    assert any(distance_px(p.matrix, made.mapping.matrix, form) < 18 for p in groups[2] if p.form == form)


def test_near_repetitions_are_left_out() -> None:
    form = FRONTS[0]
    pose = Pose(form, mm_to_pixels(100), 0, 0.5)
    near = replace(pose, matrix=translation(4, 0) @ pose.matrix, score=0.6)
    far = replace(pose, matrix=translation(40, 0) @ pose.matrix, score=0.4)
    turned = replace(pose, rotation=180, score=0.9)
    assert best_first([pose, near, far, turned]) == [turned, near, far]


def test_forms_larger_than_the_picture_are_passed_over() -> None:
    tiny = sheet_of(np.full((60, 80), 255, np.uint8), 200)
    assert all(pose.score < 0.5 for poses in pose_groups(view_of(tiny), FORMS) for pose in poses)


@pytest.mark.parametrize("seed", range(3))
def test_no_guess_leaves_most_of_the_card_outside_the_picture(seed: int) -> None:
    """Blank space that transforms are padded with is no place for a card."""
    rng = np.random.default_rng(seed)
    made = scanned(scribbled(FRONTS[0], rng), FRONTS[0], random_map(FRONTS[0], rng, skew=0.5), 75, stated=75, border=9)
    height, width = made.sheet.pixels.shape
    reach = 0.42 * max(max(form.size) for form in FORMS) * 75 / 25.4
    for pose in (pose for poses in itertools.islice(pose_groups(view_of(made.sheet), FORMS), 3) for pose in poses):
        corners = apply(pose.matrix, rect_quad(0, 0, *pose.form.size))
        assert (corners > -reach).all() and (corners < np.array([width, height]) + reach).all()


def test_exact_scan_is_placed_within_a_millimetre() -> None:
    made = straight(FRONTS[1], 100)
    pose, _ = first_good(made, FORMS)
    assert pose.form.id == FRONTS[1].id
    assert distance_px(pose.matrix, made.mapping.matrix, pose.form) < 1.0 * 100 / 25.4
