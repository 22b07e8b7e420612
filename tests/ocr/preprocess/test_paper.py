"""Outlines of paper and the skew of print, found again after a known turn."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from ocr.forms.artwork import raster
from ocr.forms.definition import load_forms
from ocr.geometry import Points, apply, area, rect_quad, rotation
from ocr.preprocess.background import darkness, grey
from ocr.preprocess.paper import Skew, estimate_skew, fit_quad, paper_quads, turned_frame

FORMS = [form for form in load_forms() if form.fields]


def turned(image: NDArray[np.uint8], degrees: float) -> NDArray[np.uint8]:
    """An image turned clockwise about its centre, white around."""
    h, w = image.shape
    matrix = rotation(degrees, ((w - 1) / 2, (h - 1) / 2))[:2]
    return np.asarray(cv2.warpAffine(image, matrix, (w, h), borderValue=255), dtype=np.uint8)


def desk(quad: Points, size: tuple[int, int] = (480, 360), ground: int = 60, paper: int = 235) -> NDArray[np.uint8]:
    """A sheet of paper with some print, on a darker ground; drawn with corners to a 16th of a pixel."""
    image = np.full(size[::-1], ground, np.uint8)
    cv2.fillConvexPoly(image, np.rint(quad * 16).astype(np.int32), (paper,), cv2.LINE_AA, 4)
    middle = quad.mean(axis=0)
    for t in (-0.5, 0.0, 0.5):
        ends = [middle + (quad[i] - middle) * 0.6 + (quad[3] - quad[0]) * t * 0.5 for i in (0, 1)]
        cv2.line(image, *(tuple(int(v) for v in end) for end in ends), (40,), 2)
    return image


@settings(max_examples=20)
@given(st.floats(-6, 6), st.sampled_from(FORMS), st.booleans())
def test_skew_is_found_whichever_way_the_card_lies(degrees: float, form: object, on_its_side: bool) -> None:
    image = grey(raster(form, 75))  # type: ignore[arg-type]
    image = np.ascontiguousarray(np.rot90(image)) if on_its_side else image
    padded = cv2.copyMakeBorder(image, 30, 30, 30, 30, cv2.BORDER_CONSTANT, value=255)
    found = estimate_skew(darkness(turned(np.asarray(padded, np.uint8), degrees), 12))
    assert found.degrees == pytest.approx(degrees, abs=0.16)


@settings(max_examples=30)
@given(st.floats(-30, 30), st.floats(0.5, 0.9), st.integers(0, 10**6))
def test_paper_is_found_on_a_darker_ground(degrees: float, aspect: float, seed: int) -> None:
    quad = rect_quad(-130, -130 * aspect, 260, 260 * aspect) + np.random.default_rng(seed).uniform(-8, 8, (4, 2))
    quad = apply(rotation(degrees), quad) + np.array([240, 180])
    found = paper_quads(desk(quad))
    assert found
    best = min(found, key=lambda other: offset(other, quad))
    assert offset(best, quad) < 2.0
    assert area(best) > 0


def offset(found: Points, quad: Points) -> float:
    """Largest distance of a corner, whichever corner comes first."""
    return min(float(np.hypot(*(np.roll(found, k, axis=0) - quad).T).max()) for k in range(4))


def test_cut_corners_do_not_bend_the_sides() -> None:
    quad = apply(rotation(6), rect_quad(-150, -100, 300, 200)) + np.array([240, 180])
    image = desk(quad)
    for corner in (0, 2):
        at, to = quad[corner], [quad[(corner + k) % 4] for k in (1, 3)]
        cut = np.array([at, *(at + (other - at) * 0.1 for other in to)])
        cv2.fillConvexPoly(image, np.rint(cut).astype(np.int32), (60,))
    assert min(offset(found, quad) for found in paper_quads(image)) < 2.5


@pytest.mark.parametrize("level", [0, 128, 255])
def test_no_paper_where_all_is_alike(level: int) -> None:
    assert all(abs(area(quad)) > 0.9 * 359 * 479 for quad in paper_quads(np.full((360, 480), level, np.uint8)))


def test_small_paper_is_passed_over() -> None:
    small = rect_quad(200, 150, 90, 60)
    assert not any(offset(quad, small) < 10 for quad in paper_quads(desk(small)))


def test_a_round_thing_has_no_four_sides() -> None:
    t = np.linspace(0, 2 * np.pi, 400)
    assert fit_quad(np.c_[200 + 120 * np.cos(t), 150 + 120 * np.sin(t)]) is None


@given(st.integers(0, 10**6))
def test_quad_is_fitted_to_its_outline(seed: int) -> None:
    quad = rect_quad(20, 30, 300, 200) + np.random.default_rng(seed).uniform(-15, 15, (4, 2))
    t = np.linspace(0, 1, 150, endpoint=False)[:, None]
    outline = np.vstack([a + (b - a) * t for a, b in zip(quad, np.roll(quad, -1, 0), strict=True)])
    found = fit_quad(outline)
    assert found is not None
    assert offset(found, quad) < 0.7


def test_turned_frame() -> None:
    np.testing.assert_allclose(turned_frame((4, 2), Skew(0)), [[-0.5, -0.5], [3.5, -0.5], [3.5, 1.5], [-0.5, 1.5]])
    frame = turned_frame((40, 20), Skew(3))
    np.testing.assert_allclose(frame.mean(axis=0), [19.5, 9.5])
    assert frame[1, 1] > frame[0, 1]
