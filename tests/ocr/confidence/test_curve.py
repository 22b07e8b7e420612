"""Curves agree with counting, and stated probabilities are held against what was right."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ocr.confidence.curve import expected_calibration_error, risk_curve
from tests.ocr.confidence.readings import READINGS, arrays


@given(READINGS)
def test_curve_agrees_with_counting(readings: list[tuple[float, bool]]) -> None:
    scores, right = arrays(readings)
    for point in risk_curve(scores, right):
        taken = scores >= point.threshold
        assert point.accepted == pytest.approx(taken.mean())
        assert point.wrong == pytest.approx((~right[taken]).mean())


@given(READINGS)
def test_curve_ends_with_everything_accepted(readings: list[tuple[float, bool]]) -> None:
    scores, right = arrays(readings)
    curve = risk_curve(scores, right, points=5)
    assert len(curve) <= 5
    assert curve[-1].accepted == 1
    assert curve[-1].wrong == pytest.approx((~right).mean())


@given(READINGS, st.data())
def test_a_weight_counts_a_reading_so_many_times(readings: list[tuple[float, bool]], data: st.DataObject) -> None:
    scores, right = arrays(readings)
    times = np.array(data.draw(st.lists(st.integers(1, 5), min_size=len(scores), max_size=len(scores))))
    repeated = risk_curve(np.repeat(scores, times), np.repeat(right, times))
    weighted = risk_curve(scores, right, weights=times)
    for one, other in zip(repeated, weighted, strict=True):
        assert (one.accepted, one.wrong) == pytest.approx((other.accepted, other.wrong))


def test_calibration_error_is_zero_for_honest_and_large_for_boastful_probabilities() -> None:
    right = np.tile([True, True, True, False], 100)
    assert expected_calibration_error(np.full(400, 0.75), right, bins=1) == pytest.approx(0)
    assert expected_calibration_error(np.full(400, 0.95), right, bins=1) == pytest.approx(0.2)
    with pytest.raises(ValueError, match="no readings"):
        expected_calibration_error([], [])
