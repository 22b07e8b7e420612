"""Bands of dirty rollers go, and what is written across them stays."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from ocr.extract.bands import without_bands

DPI = 200.0
SCALE = DPI / 25.4
SHAPE = (round(105 * SCALE), round(148 * SCALE))
CLEAR = np.full(SHAPE, 255, np.uint8)
PEN = 150


def banded(degrees: float, level: int = 70) -> NDArray[np.uint8]:
    """Paper with five bands of about a millimetre, turned clockwise from the level."""
    dark = np.zeros(SHAPE, np.uint8)
    middle = np.array([SHAPE[1] / 2, SHAPE[0] / 2])
    along = np.array([np.cos(np.deg2rad(degrees)), np.sin(np.deg2rad(degrees))])
    for away in (-120, -60, 0, 50, 130):
        at = middle + away * along[::-1] * (-1, 1)
        ends = [tuple(np.rint(at + side * 3000 * along).astype(int).tolist()) for side in (-1, 1)]
        cv2.line(dark, ends[0], ends[1], (level,), 8)
    return np.asarray(cv2.GaussianBlur(dark, (0, 0), 1.0), np.uint8)


def written(dark: NDArray[np.uint8]) -> tuple[NDArray[np.uint8], NDArray[np.bool_]]:
    """The same with letters across it, and where these are."""
    letters = np.zeros(SHAPE, np.uint8)
    for i in range(8):
        cv2.putText(letters, "AHOX", (60 + 120 * i, 120 + 80 * i), cv2.FONT_HERSHEY_SIMPLEX, 1.6, (PEN,), 4)
    share = (1 - dark / 255) * (1 - letters / 255)
    return np.rint(255 * (1 - share)).astype(np.uint8), letters == PEN


@pytest.mark.parametrize("degrees", [0.0, 90.0, 1.5, 88.5, -2.5])
def test_bands_go_and_letters_across_them_stay(degrees: float) -> None:
    dark, inked = written(banded(degrees))
    lean = float(np.tan(np.deg2rad(degrees if abs(degrees) < 45 else degrees - 90)))
    left = without_bands(dark, CLEAR, DPI, lean)
    paper = cv2.dilate(inked.astype(np.uint8), np.ones((5, 5), np.uint8)) == 0
    assert np.percentile(dark[paper], 98) > 60
    assert np.percentile(left[paper], 99.5) < 25
    assert np.abs(np.percentile(left[inked], (1, 50)) - PEN).max() < 20


def test_without_bands_nothing_changes() -> None:
    dark, _ = written(np.zeros(SHAPE, np.uint8))
    noise = np.random.default_rng(1).normal(0, 6, SHAPE)
    dark = np.clip(dark + noise, 0, 255).astype(np.uint8)
    assert np.array_equal(without_bands(dark, CLEAR, DPI), dark)


def test_a_long_stroke_of_a_pen_is_no_band() -> None:
    dark = np.zeros(SHAPE, np.uint8)
    cv2.line(dark, (100, 300), (100 + round(50 * SCALE), 300), (PEN,), 4)
    assert np.array_equal(without_bands(dark, CLEAR, DPI), dark)


def test_writing_along_a_line_is_no_band() -> None:
    dark = np.zeros(SHAPE, np.uint8)
    cv2.putText(dark, "mumunmumunmumunmumunmumun", (40, 300), cv2.FONT_HERSHEY_SIMPLEX, 1.8, (PEN,), 5)
    assert np.array_equal(without_bands(dark, CLEAR, DPI), dark)


def test_shoulders_of_a_printed_line_are_no_band() -> None:
    """A band is not believed where print hides most of it."""
    dark, clear = np.zeros(SHAPE, np.uint8), CLEAR.copy()
    cv2.line(dark, (50, 300), (1000, 300), (120,), 9)
    cv2.line(clear, (50, 300), (1000, 300), (0,), 7)
    assert np.array_equal(without_bands(dark, clear, DPI, 0.01), dark)


def test_what_is_too_dark_to_see_through_is_left() -> None:
    dark = banded(90.0, level=230)
    left = without_bands(dark, CLEAR, DPI)
    assert np.array_equal(left[dark > 220], dark[dark > 220])


def test_in_a_part_of_a_card_no_stroke_is_long_enough() -> None:
    dark, clear = (np.ascontiguousarray(image[:80, :200]) for image in (banded(90.0), CLEAR))
    assert np.array_equal(without_bands(dark, clear, DPI), dark)
