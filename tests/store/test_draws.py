"""The order of the draws: at random over cards, the same everywhere, large doubts first."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import kstest

from store.draws import number_of, size_of
from tests.store.cards import scan

SHARES = st.dictionaries(st.text("abc", max_size=2), st.floats(0, 1), max_size=4).map(
    lambda found: {code: share / max(1.0, sum(found.values())) for code, share in found.items()}
)


def test_numbers_are_uniform_and_always_the_same() -> None:
    numbers = [number_of(scan(n)) for n in range(2000)]
    assert kstest(numbers, "uniform").pvalue > 0.01
    assert numbers[:3] == [number_of(scan(n)) for n in range(3)]
    assert abs(np.corrcoef(numbers[:-1], numbers[1:])[0, 1]) < 0.1


@given(SHARES)
def test_a_size_is_a_chance_at_level_one(shares: dict[str, float]) -> None:
    assert 0 < size_of(shares) <= 1


def test_more_doubt_is_drawn_sooner() -> None:
    assert size_of({"M": 0.5, "F": 0.5}) > size_of({"M": 0.9, "F": 0.1}) > size_of({"M": 1.0}) > 0
    assert size_of({}) == 1
