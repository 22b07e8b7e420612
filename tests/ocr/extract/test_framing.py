from __future__ import annotations

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ocr.extract.framing import (
    LONGEST,
    PARTS_OF_CELL,
    ROWS,
    SPREAD,
    STRIDE,
    CombStrip,
    Gray,
    comb_strip,
    strip,
    windows,
)

BOX = 51
EDGES = [10.0 + 39 * i for i in range(6)]


def _comb() -> Gray:
    return np.zeros((75, 220), np.uint8)


def _framed(ink: Gray) -> CombStrip:
    found = comb_strip(ink, EDGES, 12, 12 + BOX)
    assert found is not None
    return found


def test_a_comb_without_ink_has_no_strip() -> None:
    assert comb_strip(_comb(), EDGES, 12, 12 + BOX) is None


def test_writing_above_or_below_the_comb_is_nobodys() -> None:
    ink = _comb()
    cv2.line(ink, (20, 0), (40, 2), 255, 2)
    assert comb_strip(ink, EDGES, 12, 12 + BOX) is None


@given(st.integers(0, 4), st.integers(0, 4), st.integers(12, 46))
def test_the_strip_shows_the_inked_cells_and_where_they_lie(first: int, more: int, height: int) -> None:
    last, ink = min(4, first + more), _comb()
    for i in range(first, last + 1):
        cv2.ellipse(ink, (round(EDGES[i] + 19.5), 37), (8, height // 2), 0, 0, 360, 255, 3)
    framed = _framed(ink)
    assert (framed.first, len(framed.edges)) == (first, last - first + 2)
    assert len(framed.strip) == ROWS
    for i in range(first, last + 1):
        middle = (framed.edges[i - first] + framed.edges[i - first + 1]) / 2
        columns = np.flatnonzero(framed.strip.max(axis=0) > 127)
        own = columns[(columns > framed.edges[i - first]) & (columns < framed.edges[i - first + 1])]
        assert abs((own[0] + own[-1]) / 2 - middle) < 1.5


def test_a_letter_that_reaches_into_the_next_box_stays_whole() -> None:
    ink = _comb()
    cv2.line(ink, (20, 20), (60, 60), 255, 4)  # cell 0 ends at 49
    framed = _framed(ink)
    parts, _ = cv2.connectedComponents((framed.strip > 60).view(np.uint8))
    assert parts == 2 and len(framed.edges) == 3


@given(st.integers(1, 12), st.floats(12, 40), st.floats(0, 9))
def test_windows_weigh_each_part_of_each_cell(cells: int, pitch: float, start: float) -> None:
    edges = tuple(start + pitch * np.arange(cells + 1))
    weights = windows(edges, round(edges[-1]) + 4)
    steps = STRIDE * (np.arange(weights.shape[1]) + 0.5)
    assert weights.shape[0] == PARTS_OF_CELL * cells
    assert weights.sum(axis=1) == pytest.approx(1, abs=1e-4)
    middles = (weights * steps).sum(axis=1)
    assert (np.diff(middles) > 0).all()
    assert middles[1] == pytest.approx(edges[0] + pitch / 2, abs=2)


@pytest.mark.parametrize("height", [16, 24, 36, 50])
def test_writing_of_any_size_comes_to_one_height(height: int) -> None:
    ink = np.zeros((120, 400), np.uint8)
    for x in range(20, 320, height):
        cv2.rectangle(ink, (x, 60), (x + height // 2, 60 + height), 255, 3)
    seen = strip(ink, 200)
    rows = np.flatnonzero(seen.max(axis=1) > 127)
    assert len(seen) == ROWS
    assert 2.2 * SPREAD < len(rows) < 4 * SPREAD
    assert abs(rows.mean() - (ROWS - 1) / 2) < 1.5


def test_a_strip_is_neither_empty_nor_endless() -> None:
    assert strip(np.zeros((60, 300), np.uint8), 200).shape == (ROWS, ROWS)
    ink = np.zeros((40, 4000), np.uint8)
    ink[15:25:4, 5:3990:7] = 255
    assert strip(ink, 200).shape == (ROWS, LONGEST)
