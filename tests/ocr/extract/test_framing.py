from __future__ import annotations

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ocr.extract.framing import INNER, LONGEST, ROWS, SIDE, SPREAD, Gray, boxes, picture, strip

BOX = 51
EDGES = [10.0 + 39 * i for i in range(6)]


def _comb() -> Gray:
    return np.zeros((75, 220), np.uint8)


@given(st.integers(12, 60), st.integers(4, 60), st.integers(0, 30), st.integers(0, 30))
def test_a_character_comes_out_centred_and_of_one_size(h: int, w: int, x: int, y: int) -> None:
    ink = np.zeros((100, 100), np.uint8)
    ink[y : y + h, x : x + w] = 255
    seen = picture(ink, BOX)
    rows, columns = np.flatnonzero(seen.max(axis=1) > 127), np.flatnonzero(seen.max(axis=0) > 127)
    assert seen.shape == (SIDE, SIDE)
    expected = INNER * max(h, w) / max(h, w, 0.36 * BOX)
    assert abs(max(np.ptp(rows), np.ptp(columns)) + 1 - expected) <= 2
    assert abs(rows.mean() - (SIDE - 1) / 2) <= 1
    assert abs(columns.mean() - (SIDE - 1) / 2) <= 1


def test_a_full_stop_stays_small() -> None:
    ink = np.zeros((60, 60), np.uint8)
    cv2.circle(ink, (30, 40), 3, 255, -1)
    assert np.count_nonzero(picture(ink, BOX) > 127) < (INNER / 2) ** 2


def test_no_ink_gives_an_empty_picture() -> None:
    assert not picture(np.zeros((40, 40), np.uint8), BOX).any()


def test_a_letter_that_reaches_into_the_next_box_stays_whole() -> None:
    ink = _comb()
    cv2.line(ink, (20, 20), (54, 60), 255, 4)  # box 0 ends at 49
    parts = boxes(ink, EDGES, 12, 12 + BOX)
    assert np.count_nonzero(parts[0]) == np.count_nonzero(ink)
    assert not any(part.any() for part in parts[1:])


def test_letters_joined_over_several_boxes_are_cut_at_the_edges() -> None:
    ink = _comb()
    cv2.line(ink, (15, 40), (120, 40), 255, 4)
    parts = boxes(ink, EDGES, 12, 12 + BOX)
    assert [part.any() for part in parts] == [True, True, True, False, False]
    assert sum(np.count_nonzero(part) for part in parts) == np.count_nonzero(ink)


def test_writing_above_or_below_the_comb_is_nobodys() -> None:
    ink = _comb()
    cv2.line(ink, (20, 0), (40, 2), 255, 2)
    assert not any(part.any() for part in boxes(ink, EDGES, 12, 12 + BOX))


@given(st.integers(2, 5), st.integers(30, 60))
def test_each_character_lands_in_its_own_box(count: int, size: int) -> None:
    ink = _comb()
    for i in range(count):
        cv2.ellipse(ink, (30 + 39 * i, 37), (min(14, size // 3), size // 2), 0, 0, 360, 255, 3)
    parts = boxes(ink, EDGES, 12, 12 + BOX)
    assert [part.any() for part in parts] == [i < count for i in range(5)]


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
