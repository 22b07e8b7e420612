"""Figures of a group, counted by hand."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binomtest

from ocr.confidence.curve import expected_calibration_error
from ocr.evaluation.figures import figures, most_accepted, reliability, wilson
from tests.ocr.evaluation.scores import score, tick


def test_shares_are_counted_over_the_right_denominators() -> None:
    row = figures("sex", [tick(True, True, 0.9), tick(False, True, 0.8), tick(True, False, 0.4), tick(True, True, 1)])
    assert (row.count, row.exact, row.accepted) == (4, 0.75, 0.75)
    assert row.wrong == pytest.approx(1 / 3)
    assert row.wrong_bound is not None and row.wrong_bound > 1 / 3
    assert row.exact_low < 0.75 < row.exact_high
    assert (row.curve[-1].accepted, row.curve[-1].wrong) == (1.0, 0.25)
    assert (row.cer, row.reachable, row.beside) == (None, None, None)
    assert row.at_target_error == 0.5


def test_handwriting_says_what_is_reachable_and_what_another_reader_got() -> None:
    fields = [
        score(got="5120", decoded="5120", beside=""),
        score(got="5120", decoded="?", beside="5120"),
        score(got=None, decoded="5120", beside=""),
    ]
    row = figures("occupation", fields)
    assert row.exact == row.reachable == pytest.approx(2 / 3)
    assert row.beside == pytest.approx(1 / 3)
    assert sum(b.count for b in row.bins) == 2
    mixed = figures("country", [*fields, tick(True, True)])
    assert (mixed.reachable, mixed.beside) == (None, None)


def test_a_group_has_the_strictest_target_error_of_its_fields() -> None:
    row = figures("all", [score(target_error=0.01), score(target_error=0.0014, got="1", probability=0.5)])
    assert (row.target_error, row.at_target_error) == (0.0014, 0.5)


def test_a_group_that_was_never_read_has_no_curve() -> None:
    row = figures("occupation", [score(got=None)])
    assert (row.curve, row.bins, row.ece, row.wrong, row.at_target_error) == ((), (), None, None, 0)


@given(st.integers(1, 400).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_wilson_s_interval_is_scipy_s_and_holds_the_share(counts: tuple[int, int]) -> None:
    part, whole = counts
    low, high = wilson(part, whole)
    expected = binomtest(part, whole).proportion_ci(0.95, "wilson")
    assert (low, high) == pytest.approx((expected.low, expected.high), abs=1e-6)
    assert 0 <= low <= part / whole <= high <= 1


@pytest.mark.parametrize(("part", "whole"), [(0, 0), (2, 1), (-1, 1)])
def test_what_is_no_share_has_no_interval(part: int, whole: int) -> None:
    with pytest.raises(ValueError, match="no share"):
        wilson(part, whole)


def test_the_most_accepted_looks_past_an_early_error() -> None:
    probabilities, right = np.linspace(1, 0.5, 6), [True, False, True, True, True, False]
    assert most_accepted(probabilities, right, 0.2) == 5
    assert most_accepted(probabilities, right, 0.1) == 1
    assert most_accepted([], [], 0.1) == 0


@given(st.lists(st.tuples(st.floats(0, 1), st.booleans()), min_size=1, max_size=60))
def test_bins_hold_every_reading_once_and_agree_with_the_calibration_error(pairs: list[tuple[float, bool]]) -> None:
    stated, right = np.array([p for p, _ in pairs]), np.array([r for _, r in pairs])
    bins = reliability(stated, right, 10)
    assert sum(b.count for b in bins) == len(pairs)
    assert max(b.count for b in bins) - min(b.count for b in bins) <= 1
    error = sum(abs(b.stated - b.observed) * b.count for b in bins) / len(pairs)
    assert error == pytest.approx(expected_calibration_error(stated, right, bins=10))
    assert all(b.low <= b.observed <= b.high for b in bins)


def test_what_waits_at_any_score_is_in_no_curve() -> None:
    fields = [score(got="5120", value="5120"), score(got="?", value="7212"), score(got=None, value="7212")]
    row = figures("trades", fields)
    assert [field.judged for field in fields] == [True, False, False]
    assert [(point.accepted, point.wrong) for point in row.curve] == [(1.0, 0.0)]
    assert row.exact == pytest.approx(1 / 3)
