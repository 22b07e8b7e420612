"""The right form, way up and place come first among the guesses."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ocr.forms.definition import Form, load_forms
from ocr.geometry import apply, mm_to_pixels, rect_quad, translation
from ocr.preprocess.identify import Pose, best_first, pose_groups
from ocr.preprocess.view import VIEW_DPI, VIEW_PX, reduced, view_of
from tests.ocr.preprocess.scans import Made, distance_px, random_map, scanned, scribbled, sheet_of, straight

FORMS = load_forms()
FRONTS = [form for form in FORMS if form.fields]
each_form_and_turn = pytest.mark.parametrize(
    "form, turn", [(FRONTS[i % 3], 90 * (i % 4)) for i in range(6)], ids=lambda value: getattr(value, "id", value)
)


@given(st.integers(50, 900), st.integers(50, 900), st.floats(40, 1200))
def test_reduction_keeps_the_edges(width: int, height: int, longer: float) -> None:
    small, back = reduced(np.zeros((height, width), np.uint8), longer)
    h, w = small.shape
    assert max(h, w) <= max(longer, 1) + 1
    corners = apply(back, rect_quad(-0.5, -0.5, w, h))
    np.testing.assert_allclose(corners, rect_quad(-0.5, -0.5, width, height), atol=1e-6)


def test_reduction_puts_things_where_the_matrix_says() -> None:
    image = np.zeros((600, 900), np.uint8)
    image[300:330, 600:630] = 255
    small, back = reduced(image, 300)
    y, x = np.nonzero(small > 128)
    np.testing.assert_allclose(apply(back, [[x.mean(), y.mean()]]), [[614.5, 314.5]], atol=0.5)


@pytest.mark.parametrize("shape, dpi, longest", [
    ((2400, 1700), 600.0, 800),
    ((800, 600), 230.0, 800),
    ((800, 600), None, 800),
    ((4400, 3000), None, VIEW_PX),
])  # fmt: skip
def test_view_is_reduced_to_what_registration_needs(shape: tuple[int, int], dpi: float | None, longest: float) -> None:
    view = view_of(sheet_of(np.zeros((*shape, 3), np.uint8), dpi))
    assert view.image.ndim == 2
    assert max(view.image.shape) == pytest.approx(longest, abs=1)
    assert view.factor == pytest.approx(max(shape) / max(view.image.shape), rel=0.01)
    assert view.dpi == (None if dpi is None else pytest.approx(dpi / view.factor))
    if dpi and dpi > 1.2 * VIEW_DPI:
        assert view.dpi == pytest.approx(VIEW_DPI)


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
    assert (pose.form.id, pose.rotation, group) == (form.id, turn, 0)
    assert distance_px(pose.matrix, made.mapping.matrix, form) < 3.0 * 100 / 25.4


@each_form_and_turn
def test_card_somewhere_on_a_white_page_of_known_resolution(form: Form, turn: int) -> None:
    rng = np.random.default_rng(10 + turn)
    mapping = random_map(form, rng, turn, skew=3)
    made = scanned(scribbled(form, rng), form, mapping, 100, border=35, stated=100)
    groups = list(pose_groups(view_of(made.sheet), FORMS))
    pose = groups[1][0]
    assert (pose.form.id, pose.rotation) == (form.id, turn)
    assert distance_px(pose.matrix, made.mapping.matrix, form) < 3.5 * 100 / 25.4


def test_resolution_that_nobody_states_is_tried_last() -> None:
    form = FRONTS[0]
    rng = np.random.default_rng(1)
    made = scanned(scribbled(form, rng), form, random_map(form, rng, skew=2), 150, border=40)
    groups = list(pose_groups(view_of(made.sheet), FORMS))
    assert len(groups) == 3
    best = groups[2][0]
    assert (best.form.id, best.rotation) == (form.id, 0)
    assert best.score > 0.5


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


def test_exact_scan_is_placed_within_a_millimetre() -> None:
    made = straight(FRONTS[1], 100)
    pose, _ = first_good(made, FORMS)
    assert pose.form.id == FRONTS[1].id
    assert distance_px(pose.matrix, made.mapping.matrix, pose.form) < 1.0 * 100 / 25.4
