"""Correlation finds a pattern to a fraction of a pixel, and never on blank paper."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from ocr.preprocess.match import best_place, correlate, integrals, normalised, norms_near, window_norms

Image = NDArray[np.float32]


def texture(seed: int, shape: tuple[int, int] = (60, 80)) -> Image:
    noise = np.random.default_rng(seed).random(shape, dtype=np.float32)
    return np.asarray(cv2.GaussianBlur(noise, (0, 0), 1.5), dtype=np.float32)


def match(image: Image, template: Image) -> Image:
    unit, norm = normalised(template)
    return correlate(image, unit, window_norms(image, (template.shape[0], template.shape[1])), norm)


@given(st.integers(0, 10**6))
def test_template_has_mean_0_and_norm_1(seed: int) -> None:
    template = texture(seed) * 3 + 1
    unit, norm = normalised(template)
    assert abs(float(unit.mean())) < 1e-5
    assert float(np.linalg.norm(unit)) == pytest.approx(1, abs=1e-4)
    np.testing.assert_allclose(unit * norm, template - template.mean(), atol=1e-3)


def test_flat_template_has_no_norm() -> None:
    unit, norm = normalised(np.full((5, 5), 0.3, np.float32))
    assert norm == pytest.approx(0, abs=1e-5)
    assert np.isfinite(unit).all()


@given(st.integers(0, 10**6), st.integers(2, 12), st.integers(2, 12))
def test_window_norms_are_those_of_each_window(seed: int, height: int, width: int) -> None:
    image = texture(seed, (20, 24))
    norms = window_norms(image, (height, width))
    assert norms.shape == (21 - height, 25 - width)
    for y, x in ((0, 0), (20 - height, 24 - width), (5, 7)):
        window = image[y : y + height, x : x + width]
        assert norms[y, x] == pytest.approx(float(np.linalg.norm(window - window.mean())), abs=1e-4)
    near = norms_near(integrals(image), (height, width), slice(2, 6), slice(1, 5))
    np.testing.assert_array_equal(near, norms[2:6, 1:5])


@given(st.integers(0, 10**6), st.integers(0, 40), st.integers(0, 50), st.floats(0.3, 3), st.floats(0, 1))
def test_a_pattern_is_found_whatever_its_contrast(seed: int, y: int, x: int, gain: float, level: float) -> None:
    image = texture(seed)
    template = image[y : y + 20, x : x + 30] * gain + level
    found = match(image, template)
    at_x, at_y, peak = best_place(found)
    assert (round(at_x), round(at_y)) == (x, y)
    assert peak == pytest.approx(1, abs=0.02)
    assert found.max() < 1.01


def test_blank_paper_matches_nothing() -> None:
    rng = np.random.default_rng(0)
    paper = rng.normal(0, 0.002, (60, 80)).astype(np.float32)
    assert match(paper, texture(1)[:20, :30] * 4).max() < 0.2


@given(st.floats(-0.45, 0.45), st.floats(-0.45, 0.45))
def test_places_are_found_to_a_fraction_of_a_pixel(dx: float, dy: float) -> None:
    image = np.asarray(cv2.GaussianBlur(texture(5, (80, 100)), (0, 0), 2), np.float32)
    moved = cv2.warpAffine(image, np.array([[1, 0, dx], [0, 1, dy]]), (100, 80), flags=cv2.INTER_CUBIC)
    x, y, _ = best_place(match(np.asarray(moved, np.float32), image[30:50, 40:70]))
    assert x == pytest.approx(40 + dx, abs=0.15)
    assert y == pytest.approx(30 + dy, abs=0.15)


def test_a_place_on_the_border_is_whole() -> None:
    surface = np.zeros((5, 5), np.float32)
    surface[0, 4] = 1
    assert best_place(surface) == (4, 0, 1)
