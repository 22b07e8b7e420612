"""What a form looks like to the machine."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from ocr.forms.definition import Form, load_forms
from ocr.geometry import MM_PER_INCH, apply, mm_to_pixels, rect_quad
from ocr.preprocess.match import best_places, correlate, spectra
from ocr.preprocess.model import COARSE_DPI, FINE_DPI, MAX_ANCHORS, PATCH_MM, form_model

FORMS = load_forms()
each_form = pytest.mark.parametrize("form", FORMS, ids=lambda form: form.id)


@each_form
def test_pictures_cover_the_card(form: Form) -> None:
    model = form_model(form)
    for picture, dpi in ((model.coarse, COARSE_DPI), (model.fine, FINE_DPI)):
        assert picture.dtype == np.float32
        assert picture.min() >= 0 and picture.max() <= 1.001
        np.testing.assert_allclose(np.array(picture.shape[::-1]) * MM_PER_INCH / dpi, form.size, atol=MM_PER_INCH / dpi)


@each_form
def test_anchors_lie_on_the_card_with_their_patches(form: Form) -> None:
    model = form_model(form)
    count = len(model.anchors)
    assert 24 <= count <= MAX_ANCHORS
    assert len(model.patches) == len(model.norms) == len(model.safe) == count
    assert len(model.half_patches) == len(model.half_norms) == count
    half = np.array(PATCH_MM) / 2 - 0.2
    assert (model.anchors > half).all()
    assert (model.anchors < np.array(form.size) - half).all()
    np.testing.assert_allclose(model.patches.mean(axis=(1, 2)), 0, atol=1e-4)
    np.testing.assert_allclose(np.linalg.norm(model.patches, axis=(1, 2)), 1, atol=1e-3)
    assert (model.norms > 0.5).all()


@each_form
def test_anchors_are_spread(form: Form) -> None:
    """None has another nearer than 5 mm, and few places of a filled card are far from one."""
    anchors = form_model(form).anchors
    distance = np.hypot(*(anchors[:, None] - anchors[None]).transpose(2, 0, 1)) + 100 * np.eye(len(anchors))
    assert distance.min() > 5
    if form.fields:
        grid = np.stack(np.meshgrid(*(np.arange(5, side, 5) for side in form.size)), -1).reshape(-1, 2)
        nearest = np.hypot(*(grid[:, None] - anchors[None]).transpose(2, 0, 1)).min(axis=1)
        assert np.median(nearest) < 8
        assert np.percentile(nearest, 90) < 22


@pytest.mark.parametrize("form", [form for form in FORMS if form.fields], ids=lambda form: form.id)
def test_print_reaches_into_every_corner_of_a_filled_card(form: Form) -> None:
    """Paper stretches; where nothing is printed, nothing tells how far."""
    anchors = form_model(form).anchors
    distance = np.hypot(*(rect_quad(0, 0, *form.size)[:, None] - anchors[None]).transpose(2, 0, 1))
    assert distance.min(axis=1).max() < 15


@each_form
def test_each_anchor_is_found_on_its_own_form_and_nowhere_near(form: Form) -> None:
    """A safe anchor is the only place like it within 4 mm, even on a slightly blurred and noisy copy."""
    model = form_model(form)
    rng = np.random.default_rng(4)
    copy = cv2.GaussianBlur(model.fine, (0, 0), 0.8) + rng.normal(0, 0.02, model.fine.shape)
    reach = round(4.0 * FINE_DPI / MM_PER_INCH)
    padded = np.pad(copy, reach + 40).astype(np.float32)
    ph, pw = model.patches.shape[1:]
    for i in np.flatnonzero(model.safe):
        x, y = np.rint(apply(mm_to_pixels(FINE_DPI), model.anchors[i])[0]).astype(int) + 40 + reach
        top, left = y - ph // 2 - reach, x - pw // 2 - reach
        window = np.ascontiguousarray(padded[top : top + ph + 2 * reach, left : left + pw + 2 * reach])
        match = correlate(window[None], spectra(model.patches[[i]], window.shape), model.norms[[i]], (ph, pw))
        [found], _ = best_places(match)
        assert np.hypot(found[0] - reach, found[1] - reach) < 1.5, model.anchors[i]


def test_rows_of_comb_cells_are_no_anchors() -> None:
    """The middle of a comb looks like its neighbour cells: few safe anchors may lie there."""
    form = next(f for f in FORMS if f.id == "revised-departure")
    model = form_model(form)
    safe = model.anchors[model.safe]
    inside = 0
    for spec in form.fields:
        if spec.cells and spec.cells > 8:
            low = np.array([spec.box.x + 12, spec.box.y + 1])
            high = np.array([spec.box.right - 12, spec.box.bottom - 1])
            inside += int(((safe > low) & (safe < high)).all(axis=1).sum())
    assert inside <= 0.1 * len(safe)


def test_a_form_without_print_has_no_anchors() -> None:
    empty = FORMS[0].model_copy(update={"id": "empty", "rules": (), "texts": (), "panels": (), "fields": ()})
    model = form_model(empty)
    assert model.anchors.shape == (0, 2)
    assert model.coarse.max() == 0


def test_a_model_is_built_once() -> None:
    assert form_model(FORMS[0]) is form_model(FORMS[0])
