"""Estimates are right on average whatever the machine says, and their intervals hold as often as they promise."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.sparse import csr_array

from estimation.intervals import count_intervals, difference_margins
from tests.estimation.worlds import SHARES, Floats, World, world

CELLS = csr_array(np.eye(len(SHARES)))


def calibrated(top: Floats, first: NDArray[np.int64]) -> Floats:
    return top


def too_sure(top: Floats, first: NDArray[np.int64]) -> Floats:
    return top**3


def fond_of_one(top: Floats, first: NDArray[np.int64]) -> Floats:
    """Reads the commonest code into half of the cards where it is not."""
    return np.where(first == 0, top / 2, top)


MACHINES = (calibrated, too_sure, fond_of_one)


def covered(made: World, drawn: int, rounds: int) -> tuple[float, Floats]:
    """The share of intervals that hold the truth, and the bias of each count in standard errors."""
    rng = np.random.default_rng(drawn)
    hits, errors = [], []
    for _ in range(rounds):
        ends = count_intervals(made.drawn(drawn, rng), CELLS)
        hits += [one.lower <= true <= one.upper for one, true in zip(ends, made.truth, strict=True)]
        errors.append([one.estimate - true for one, true in zip(ends, made.truth, strict=True)])
    return float(np.mean(hits)), np.mean(errors, axis=0) / np.std(errors, axis=0)


@pytest.mark.parametrize("machine", MACHINES)
@pytest.mark.parametrize("drawn", [60, 300, 900])
def test_intervals_hold_the_truth_as_often_as_promised(machine: object, drawn: int) -> None:
    rounds = 150
    share, bias = covered(world(1500, machine, seed=drawn), drawn, rounds)  # type: ignore[arg-type]
    assert 0.93 <= share <= 0.99
    assert np.abs(bias).max() < 4 / rounds**0.5, "more than chance: the estimates are not right on average"


def test_the_raw_probabilities_of_a_bad_machine_would_mislead() -> None:
    """What the correction is for: the test above would see it if it were left out."""
    made = world(1500, fond_of_one, seed=1)
    raw, truth = made.settled + made.predicted.sum(axis=0), made.truth
    corrected = np.mean([made.drawn(300, rng).totals(CELLS) for rng in map(np.random.default_rng, range(40))], axis=0)
    assert abs(raw[0] - truth[0]) > 10 * abs(corrected[0] - truth[0])


def test_what_is_all_keyed_is_known() -> None:
    made = world(200, too_sure, seed=5)
    cards = made.drawn(200, np.random.default_rng(0))
    ends = count_intervals(cards, CELLS)
    assert [(one.lower, one.estimate, one.upper) for one in ends] == [(true, true, true) for true in made.truth]
    assert difference_margins(cards, CELLS).max() == 0


def test_a_difference_has_the_margin_that_its_errors_have() -> None:
    made, rng = world(1500, too_sure, seed=9), np.random.default_rng(3)
    of = csr_array(np.eye(len(SHARES))[:, [0]] - np.eye(len(SHARES))[:, [1]])
    truth = float(made.truth[0] - made.truth[1])
    hits = []
    for _ in range(200):
        cards = made.drawn(150, rng)
        hits.append(abs(float(cards.totals(of)[0]) - truth) <= float(difference_margins(cards, of)[0]))
    assert 0.91 <= np.mean(hits) <= 0.99


def test_keying_more_is_expected_to_narrow_what_it_does_narrow() -> None:
    made, rng = world(3000, calibrated, seed=4), np.random.default_rng(1)
    cards = made.drawn(100, rng)
    now, planned = cards.variances_at(0.05, CELLS), cards.variances_at(0.5, CELLS)
    assert (planned < now).all() and cards.variances_at(1e6, CELLS).max() == 0
    more = made.drawn(int(np.minimum(1, 0.5 * made.size).sum()), rng)
    seen = more.variances(CELLS)[0]
    assert 0.5 < seen.sum() / planned.sum() < 2


def test_what_is_sure_has_no_variance_below_nothing() -> None:
    """Shares that add up to one do so but for the computer's rounding, which no margin may be the root of."""
    rng = np.random.default_rng(5)
    for _ in range(20):
        made = World(rng.dirichlet(np.ones(7), 200), rng.integers(0, 7, 200), np.zeros(7))
        cards, whole = made.drawn(0, rng), csr_array(np.ones((7, 1)))
        assert cards.variances(whole)[0] >= 0
        assert difference_margins(cards, whole) == pytest.approx(0, abs=1e-3)
