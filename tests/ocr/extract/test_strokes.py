from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ocr.extract.strokes import strokes


@given(st.integers(0, 10**6), st.integers(1, 40), st.integers(1, 60))
def test_numbers_and_statistics_agree(seed: int, h: int, w: int) -> None:
    ink = np.random.default_rng(seed).choice([0, 90, 91, 255], (h, w), p=[0.6, 0.1, 0.1, 0.2]).astype(np.uint8)
    labels, stats = strokes(ink, 90)
    assert np.array_equal(labels > 0, ink > 90)
    assert labels.max() == len(stats) - 1
    for number, (left, top, width, height, area) in enumerate(stats[1:].tolist(), 1):
        rows, columns = np.nonzero(labels == number)
        assert (columns.min(), rows.min(), len(rows)) == (left, top, area)
        assert (np.ptp(columns) + 1, np.ptp(rows) + 1) == (width, height)


@pytest.mark.parametrize("side", [509, 511, 513, 600])
def test_many_strokes_have_numbers_of_their_own(side: int) -> None:
    dots = np.zeros((side, side), np.uint8)
    dots[::2, ::2] = 255
    labels, stats = strokes(dots, 90)
    assert len(stats) - 1 == len(np.unique(labels)) - 1 == ((side + 1) // 2) ** 2
