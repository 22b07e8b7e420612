"""A zone cut from a known drawing under a known map shows what the drawing shows there."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from fixtures.mapping import Mapping, Stretch
from ocr.forms.definition import Rect, load_forms
from ocr.geometry import Points, apply, mm_to_pixels, rotation, scaling, translation
from ocr.preprocess.crop_zone import Registration, crop_size, cut, resample, sheet_lean, to_sheet, zone_quads
from ocr.preprocess.spline import Spline, fit_spline
from ocr.scan import ScanId
from ocr.sheet import Sheet
from tests.ocr.extract.drawn import crop_to_mm

SCAN = ScanId("0" * 64, 0)
MM = mm_to_pixels(25.4)
"""From millimetres to the pixels of a raster with one pixel a millimetre."""

STILL = Spline(np.zeros((1, 2)), np.zeros((4, 2)))


FORM = next(f for f in load_forms() if f.id == "card-2008")


def drawing(mm: Points) -> NDArray[np.float64]:
    """Grey level at places (..., 2): a misplacement by 0.05 mm changes it by up to 8."""
    return np.asarray(128 + 50 * np.sin(mm[..., 0] * 2 * np.pi / 4) + 50 * np.sin(mm[..., 1] * 2 * np.pi / 5))


def picture(mapping: Mapping, size: tuple[int, int]) -> Sheet:
    """The drawing as it lies in a scan."""
    mm = mapping.sources(size, 25.4) + 0.5
    return Sheet(np.rint(drawing(mm)).astype(np.uint8), np.eye(3), SCAN, None)


def registered(mapping: Mapping) -> Registration:
    grid = np.stack(np.meshgrid(np.linspace(0, 148, 16), np.linspace(0, 105, 12)), -1).reshape(-1, 2)
    moved = np.zeros_like(grid) if mapping.stretch is None else mapping.stretch.at(grid)
    return Registration(FORM, mapping.matrix, fit_spline(grid, moved, 0.0).spline, 0.0, 0)


def expected(rect: Rect, dpi: float) -> NDArray[np.float64]:
    width, height = crop_size(rect, dpi)
    pixels = np.stack(np.meshgrid(np.arange(width), np.arange(height)), -1).reshape(-1, 2)
    return drawing(apply(crop_to_mm(rect, dpi), pixels)).reshape(height, width)


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 10**6), st.floats(-180, 180), st.sampled_from([150.0, 200.0]), st.sampled_from([150.0, 200.0]))
def test_cut_recovers_the_drawing(seed: int, turn: float, scanned: float, wanted: float) -> None:
    rng = np.random.default_rng(seed)
    matrix = translation(560, 560) @ scaling(scanned / 25.4) @ rotation(turn) @ translation(-74, -52)
    matrix[2, :2] = rng.uniform(-1e-4, 1e-4, 2) * (scanned / 200)
    mapping = Mapping(matrix, Stretch.of(rng, 0.8, (148, 105)))
    rect = Rect(x=rng.uniform(10, 60), y=rng.uniform(10, 60), w=rng.uniform(15, 70), h=rng.uniform(5, 25))
    crop = cut(picture(mapping, (1120, 1120)), registered(mapping), rect, wanted)
    assert np.abs(crop - expected(rect, wanted)).max() < 6


def test_stretch_matters() -> None:
    mapping = Mapping(mm_to_pixels(200), Stretch.of(np.random.default_rng(1), 0.8, (148, 105)))
    rect = Rect(x=40, y=30, w=50, h=8)
    sheet = picture(mapping, (1170, 830))
    straight = Registration(FORM, mapping.matrix, STILL, 0.0, 0)
    assert np.abs(cut(sheet, straight, rect, 200) - expected(rect, 200)).max() > 20
    assert np.abs(cut(sheet, registered(mapping), rect, 200) - expected(rect, 200)).max() < 6


@pytest.mark.parametrize("channels", [(), (3,)])
def test_outside_of_the_sheet_is_white(channels: tuple[int, ...]) -> None:
    sheet = Sheet(np.zeros((400, 400, *channels), np.uint8), np.eye(3), SCAN, None)
    still = Registration(FORM, mm_to_pixels(100), STILL, 0.0, 0)
    crop = cut(sheet, still, Rect(x=90, y=10, w=40, h=5), 100)
    assert crop.shape[2:] == channels
    inside = round((400 / 100 * 25.4 - 90) / 25.4 * 100)
    assert (crop[:, : inside - 2] == 0).all()
    assert (crop[:, inside + 2 :] == 255).all()


def test_thin_strokes_do_not_vanish() -> None:
    """Lines of one pixel every eight, at 600 dpi, keep their share of ink at 200 dpi wherever they fall."""
    lines = np.full((1200, 1200), 255, np.uint8)
    lines[:, ::8] = 0
    crop = resample(lines, translation(0.3, 0.3) @ scaling(3), (390, 390))[5:-5, 5:-5]
    assert crop.mean() == pytest.approx(255 * 7 / 8, abs=3)
    assert crop.min() > 60


def test_to_sheet_adds_the_stretch_before_the_matrix() -> None:
    rng = np.random.default_rng(2)
    mapping = Mapping(rotation(30) @ scaling(8), Stretch.of(rng, 0.6, (148, 105)))
    points = rng.uniform(5, 100, (30, 2))
    error = to_sheet(registered(mapping), points) - mapping.points(points)
    assert np.abs(error).max() < 8 * 0.02


def test_zone_quad_runs_clockwise_from_the_forms_top_left() -> None:
    upside_down = Registration(FORM, translation(1000, 800) @ rotation(180), STILL, 0.0, 180)
    quad = zone_quads(upside_down, [Rect(x=10, y=20, w=30, h=5)])[0]
    np.testing.assert_allclose(quad, [[990, 780], [960, 780], [960, 775], [990, 775]], atol=1e-9)


def test_a_sheets_pixels_cannot_be_changed() -> None:
    sheet = Sheet(np.zeros((3, 5), np.uint8), np.eye(3), SCAN, None)
    assert sheet.size == (5, 3)
    with pytest.raises(ValueError):
        sheet.pixels[0, 0] = 1


@pytest.mark.parametrize("turned", [0.0, 90.0, 180.0, 270.0])
@pytest.mark.parametrize("askew", [-3.0, 0.0, 2.0])
def test_the_sheet_leans_against_the_card_as_the_card_lies_askew(turned: float, askew: float) -> None:
    card = Registration(FORM, rotation(turned + askew) @ scaling(8.0), STILL, 0.0, int(turned))
    assert sheet_lean(card) == pytest.approx(-np.tan(np.deg2rad(askew)), abs=1e-6)
