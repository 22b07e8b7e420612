"""The watch stops readers that exceed their target error, soon, and hardly ever others."""

from __future__ import annotations

import numpy as np
import pytest

from ocr.confidence.drift import FALSE_ALARM, is_broken, is_rate_odd

TARGET_ERROR = 0.003


def stopped(rng: np.random.Generator, worlds: int, before: int, audits: int, share: float) -> float:
    """Share of readers stopped that kept the target error `before` and then are wrong in a `share` of audits."""
    shares = np.r_[np.full(before, TARGET_ERROR), np.full(audits, share)]
    audits = (rng.uniform(size=len(shares)) >= shares for _ in range(worlds))
    return float(np.mean([is_broken((right, TARGET_ERROR) for right in world) for world in audits]))


def test_a_reader_that_just_keeps_its_target_error_is_hardly_ever_stopped() -> None:
    assert stopped(np.random.default_rng(1), 300, 0, 1000, TARGET_ERROR) <= 2 * FALSE_ALARM


@pytest.mark.parametrize(("times", "before", "audits"), [(10, 0, 300), (30, 0, 60), (30, 1000, 130)])
def test_a_reader_that_breaks_it_is_stopped_soon(times: int, before: int, audits: int) -> None:
    assert stopped(np.random.default_rng(2), 100, before, audits, times * TARGET_ERROR) > 0.85


def test_a_stop_lasts_however_well_it_goes_later() -> None:
    assert is_broken([(False, TARGET_ERROR)] * 3 + [(True, TARGET_ERROR)] * 5000)


def test_an_error_weighs_more_where_the_target_error_is_smaller() -> None:
    outcomes = [False, *[True] * 30, False, False]
    assert is_broken((right, 0.0014) for right in outcomes)
    assert not is_broken((right, 0.01) for right in outcomes)


def test_nothing_audited_proves_nothing() -> None:
    assert not is_broken([])


def test_rates_far_from_the_measured_one_are_odd_once_there_are_enough() -> None:
    assert is_rate_odd(25, 100, 0.9) and is_rate_odd(90, 100, 0.2)
    assert not is_rate_odd(80, 100, 0.9) and not is_rate_odd(0, 3, 0.9) and not is_rate_odd(0, 0, 0.9)
