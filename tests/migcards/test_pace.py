"""The time that is left is honest from the first minute."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from migcards.pace import KEPT, STEP_S, Pace


def after(seconds: float, rate: float, start: float = 8.0, known: int = 0) -> Pace:
    """The pace of a run that takes `start` seconds to begin, told ten times a second."""
    pace = Pace()
    for tenth in range(int(10 * seconds)):
        pace = pace.at(tenth / 10, max(0, int((tenth / 10 - start) * rate)))
    return pace


@given(st.floats(0.5, 400), st.floats(0, 20))
def test_after_a_minute_the_time_left_is_right_to_a_tenth(rate: float, start: float) -> None:
    left = after(60.0, rate, start).left_s(100_000)
    assert left == pytest.approx(100_000 / rate, rel=0.1)


def test_nothing_is_promised_before_anything_is_known() -> None:
    assert Pace().left_s(10) is None
    assert Pace().at(3.0, 0).moments == ()
    assert Pace().at(3.0, 1).left_s(10) is None
    assert Pace().at(3.0, 1).at(3.0 + STEP_S, 1).left_s(10) is None, "a run that stands still"


def test_a_run_that_slows_down_is_believed_within_two_minutes() -> None:
    pace = after(600.0, 20.0)
    last = pace.moments[-1]
    for second in range(1, 200):
        pace = pace.at(last[0] + second, last[1] + second)
    assert pace.rate == pytest.approx(1.0)
    assert len(pace.moments) == KEPT
