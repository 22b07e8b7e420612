"""Matrices do what they say, and their inverses undo it."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from ocr.geometry import (
    Matrix,
    Points,
    apply,
    area,
    as_quad,
    fit_affine,
    mm_to_pixels,
    pixel_scaling,
    quad_to_quad,
    rect_quad,
    rotation,
    scaling,
    translation,
)

SQUARE = rect_quad(0, 0, 100, 100)
degrees = st.floats(-360, 360)
lengths = st.floats(-300, 300)
points = arrays(np.float64, (6, 2), elements=lengths)
jitter = arrays(np.float64, (4, 2), elements=st.floats(-24, 24))


@st.composite
def matrices(draw: st.DrawFn) -> Matrix:
    """Homographies as scanners and phones make them."""
    matrix = translation(draw(lengths), draw(lengths)) @ rotation(draw(degrees)) @ scaling(draw(st.floats(0.2, 20)))
    matrix[2, :2] = draw(st.floats(-2e-4, 2e-4)), draw(st.floats(-2e-4, 2e-4))
    return matrix


@given(matrices(), points)
def test_inverse_undoes(matrix: Matrix, pts: Points) -> None:
    back = apply(np.linalg.inv(matrix), apply(matrix, pts))
    np.testing.assert_allclose(back, pts, atol=1e-6)


@given(matrices(), matrices(), points)
def test_product_is_one_after_the_other(first: Matrix, second: Matrix, pts: Points) -> None:
    first[2, :2] = 0  # keeps points off the second map's line at infinity
    first[:2] /= 50
    np.testing.assert_allclose(apply(second @ first, pts), apply(second, apply(first, pts)), rtol=1e-6, atol=1e-6)


def test_line_at_infinity_is_not_clipped() -> None:
    matrix = np.array([[1.0, 0, 1], [0, 1, 1], [1, 0, 0]])
    assert np.isinf(apply(matrix, [0.0, 5.0])).all()


def test_apply_takes_one_point() -> None:
    np.testing.assert_allclose(apply(translation(2, 3), (1, 1)), [[3, 4]])


def test_rotation_is_clockwise_on_the_screen() -> None:
    np.testing.assert_allclose(apply(rotation(90), [[1, 0]]), [[0, 1]], atol=1e-12)


@given(degrees, lengths, lengths)
def test_rotation_keeps_its_centre_and_distances(angle: float, x: float, y: float) -> None:
    turn = rotation(angle, (x, y))
    np.testing.assert_allclose(apply(turn, [[x, y]]), [[x, y]], atol=1e-9)
    moved = apply(turn, [[x + 3, y + 4]])[0] - (x, y)
    assert np.hypot(*moved) == pytest.approx(5)


@given(st.floats(50, 1200))
def test_paper_edge_is_half_a_pixel_before_the_first_centre(dpi: float) -> None:
    np.testing.assert_allclose(
        apply(mm_to_pixels(dpi), [[0, 0], [25.4, 50.8]]), [[-0.5, -0.5], [dpi - 0.5, 2 * dpi - 0.5]]
    )


@given(st.floats(0.05, 20), st.floats(0.05, 20), st.integers(1, 500), st.integers(1, 500))
def test_a_picture_of_another_size_has_the_same_edges(sx: float, sy: float, width: int, height: int) -> None:
    edges = [[-0.5, -0.5], [width - 0.5, height - 0.5]]
    np.testing.assert_allclose(apply(pixel_scaling(sx, sy), edges), [edges[0], [width * sx - 0.5, height * sy - 0.5]])
    np.testing.assert_array_equal(pixel_scaling(sx), pixel_scaling(sx, sx))


@given(jitter, jitter)
def test_quad_to_quad_is_exact(a: Points, b: Points) -> None:
    src, dst = SQUARE + a, SQUARE * (3.0, 2.0) + b
    np.testing.assert_allclose(apply(quad_to_quad(src, dst), src), dst, atol=1e-6)


def test_quad_to_quad_needs_as_many_corners() -> None:
    with pytest.raises(ValueError):
        quad_to_quad(SQUARE, SQUARE[:3])


@given(matrices(), arrays(np.float64, (9, 2), elements=st.floats(-0.4, 0.4)))
def test_fit_affine_recovers(matrix: Matrix, noise: Points) -> None:
    matrix[2] = 0, 0, 1
    src = np.stack(np.meshgrid([0, 50, 100], [0, 50, 100]), -1).reshape(-1, 2) + noise
    np.testing.assert_allclose(fit_affine(src, apply(matrix, src)), matrix, rtol=1e-6, atol=1e-6)


def test_fit_affine_weighs() -> None:
    src = np.vstack([SQUARE, [[50, 50]]])
    dst = apply(translation(1, 2), src)
    dst[4] += 40
    weights = np.array([1.0, 1, 1, 1, 0])
    np.testing.assert_allclose(fit_affine(src, dst, weights), translation(1, 2), atol=1e-9)
    assert np.abs(fit_affine(src, dst) - translation(1, 2)).max() > 1


def test_fit_affine_refuses_a_line() -> None:
    line = np.array([[0.0, 0], [1, 1], [2, 2], [3, 3]])
    with pytest.raises(np.linalg.LinAlgError):
        fit_affine(line, line)


@given(lengths, lengths, st.floats(0.1, 300), st.floats(0.1, 300), degrees)
def test_area(x: float, y: float, w: float, h: float, angle: float) -> None:
    quad = apply(rotation(angle), rect_quad(x, y, w, h))
    assert area(quad) == pytest.approx(w * h, rel=1e-6, abs=1e-6)
    assert area(quad[::-1]) == pytest.approx(-w * h, rel=1e-6, abs=1e-6)


def test_quads_run_clockwise_from_the_top_left() -> None:
    assert as_quad(rect_quad(1, 2, 3, 4)) == ((1.0, 2.0), (4.0, 2.0), (4.0, 6.0), (1.0, 6.0))
