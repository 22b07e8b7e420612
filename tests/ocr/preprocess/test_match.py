"""Correlation finds a pattern to a fraction of a pixel, and never on blank paper."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from ocr.geometry import parabola_vertex
from ocr.preprocess.match import best_places, correlate, normalised, spectra, window_norms

Image = NDArray[np.float32]


def texture(seed: int, shape: tuple[int, int] = (60, 80)) -> Image:
    noise = np.random.default_rng(seed).random(shape, dtype=np.float32)
    return np.asarray(cv2.GaussianBlur(noise, (0, 0), 1.5), dtype=np.float32)


def match(image: Image, template: Image, turned: bool = False) -> Image:
    unit, norm = normalised(template)
    size = (template.shape[0], template.shape[1])
    return correlate(image[None], spectra(unit[None], image.shape), np.array([norm]), size, turned)[0]


def best_place(surface: Image) -> tuple[float, float, float]:
    [(x, y)], [peak] = best_places(surface[None])
    return x, y, peak


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
    images = np.stack([texture(seed, (20, 24)), texture(seed + 1, (20, 24)) + 1])
    both = window_norms(images, (height, width))
    assert both.shape == (2, 21 - height, 25 - width)
    image, norms = images[1], both[1]
    for y, x in ((0, 0), (20 - height, 24 - width), (5, 7)):
        window = image[y : y + height, x : x + width]
        assert norms[y, x] == pytest.approx(float(np.linalg.norm(window - window.mean())), abs=1e-4)


@given(st.integers(0, 10**6), st.integers(2, 12), st.integers(2, 12))
def test_correlation_is_that_of_each_window(seed: int, height: int, width: int) -> None:
    """Also of a template upside down, and of a stack of images with a template each."""
    images = np.stack([texture(seed, (20, 24)), texture(seed + 1, (20, 24))])
    templates = np.stack([texture(seed + 2, (height, width)), texture(seed + 3, (height, width))])
    units, norms = zip(*map(normalised, templates), strict=True)
    patterns = spectra(np.stack(units), (20, 24))
    for turned in (False, True):
        match = correlate(images, patterns, np.array(norms), (height, width), turned)
        for n, (y, x) in enumerate(((0, 0), (20 - height, 24 - width))):
            window = images[n, y : y + height, x : x + width]
            unit = units[n][::-1, ::-1] if turned else units[n]
            expected = float((window * unit).sum()) / max(float(np.linalg.norm(window - window.mean())), norms[n] / 4)
            assert match[n, y, x] == pytest.approx(expected, abs=1e-3)


@given(st.integers(0, 10**6))
def test_best_places_lie_on_parabolas(seed: int) -> None:
    surfaces = np.stack([texture(seed + i, (9, 11)) for i in range(3)])
    places, peaks = best_places(surfaces)
    for surface, (px, py), peak in zip(surfaces, places, peaks, strict=True):
        y, x = np.unravel_index(surface.argmax(), surface.shape)
        assert peak == surface.max()
        assert abs(px - x) <= 0.5 and abs(py - y) <= 0.5
        if 0 < x < 10:
            assert px - x == pytest.approx(parabola_vertex(*surface[y, x - 1 : x + 2].tolist()), abs=1e-4)


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
