"""The thin-plate spline passes through what it is told, and knows how well it predicts."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ocr.geometry import Points, apply, rotation, scaling, translation
from ocr.preprocess.spline import fit_spline

seeds = st.integers(0, 2**32 - 1)
smoothings = st.floats(0, 1)


def sample(seed: int, count: int = 14) -> tuple[Points, Points]:
    """Places spread over a card, and offsets in mm."""
    rng = np.random.default_rng(seed)
    grid = np.stack(np.meshgrid(np.linspace(10, 140, 5), np.linspace(10, 100, 3)), -1).reshape(-1, 2)[:count]
    return grid + rng.uniform(-8, 8, grid.shape), rng.normal(0, 0.5, grid.shape)


@settings(max_examples=40)
@given(seeds)
def test_without_smoothing_it_passes_through_every_offset(seed: int) -> None:
    places, offsets = sample(seed)
    spline = fit_spline(places, offsets, 0.0).spline
    np.testing.assert_allclose(spline.at(places), offsets, atol=1e-7)


@settings(max_examples=25)
@given(seeds, smoothings)
def test_errors_are_those_of_leaving_one_out(seed: int, smoothing: float) -> None:
    places, offsets = sample(seed)
    errors = fit_spline(places, offsets, smoothing).errors
    for i in range(len(places)):
        rest = np.arange(len(places)) != i
        others = fit_spline(places[rest], offsets[rest], smoothing).spline
        assert errors[i] == pytest.approx(float(np.hypot(*(others.at(places[[i]]) - offsets[[i]])[0])), abs=1e-6)


@settings(max_examples=25)
@given(seeds, st.floats(0.001, 1), st.sets(st.integers(0, 13), max_size=6))
def test_dropping_places_is_fitting_the_rest(seed: int, smoothing: float, dropped: set[int]) -> None:
    places, offsets = sample(seed)
    out = np.isin(np.arange(len(places)), list(dropped))
    fit, fresh = fit_spline(places, offsets, smoothing).without(out), fit_spline(places[~out], offsets[~out], smoothing)
    np.testing.assert_allclose(fit.spline.weights, fresh.spline.weights, atol=1e-7)
    np.testing.assert_allclose(fit.errors, fresh.errors, atol=1e-7)
    np.testing.assert_allclose(fit.spread, fresh.spread, atol=1e-7)


@given(seeds, smoothings, st.floats(-5, 5), st.floats(0.98, 1.02))
def test_a_straight_map_is_followed_exactly_everywhere(seed: int, smoothing: float, turn: float, scale: float) -> None:
    places, _ = sample(seed)
    straight = translation(1, -2) @ rotation(turn) @ scaling(scale, 1)
    fit = fit_spline(places, apply(straight, places) - places, smoothing)
    far = np.array([[-40.0, 200.0], [75.0, 50.0], [300.0, -20.0]])
    np.testing.assert_allclose(fit.spline.at(far), apply(straight, far) - far, atol=1e-6)
    assert fit.errors.max() < 1e-6


def test_smoothing_trusts_single_offsets_less() -> None:
    places, offsets = sample(3)
    misses = [np.abs(fit_spline(places, offsets, s).spline.at(places) - offsets).mean() for s in (0.0, 0.03, 0.3, 3.0)]
    assert misses == sorted(misses)
    assert misses[-1] > 10 * misses[0] + 0.05


def test_less_is_known_of_lonely_places() -> None:
    places, offsets = sample(1, 15)
    lonely = np.vstack([places, [[400.0, 300.0]]])
    spread = fit_spline(lonely, np.vstack([offsets, [[0.0, 0.0]]]), 0.03).spread
    assert spread.argmax() == 15
    assert spread[15] > 3 * np.median(spread)
    assert np.median(spread) == pytest.approx(1, abs=0.1)


def test_places_on_a_line_are_refused() -> None:
    line = np.c_[np.arange(6.0) * 10, np.full(6, 20.0)]
    with pytest.raises(np.linalg.LinAlgError):
        fit_spline(line, np.zeros((6, 2)), 0.03)
