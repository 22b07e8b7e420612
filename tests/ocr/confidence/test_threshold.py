"""Thresholds keep their target error: by the bound, and in simulated worlds."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from math import ceil

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy.stats import binom

from ocr.confidence.labelled_scores import LabelledScores, count_above
from ocr.confidence.threshold import EDGE, LEVEL, lower_bound, lowest_threshold, upper_bound
from tests.ocr.confidence.readings import READINGS, arrays, error_at, operation


@given(st.integers(1, 3000), st.data())
def test_upper_bound_is_the_share_at_which_so_few_errors_are_a_5_percent_chance(n: int, data: st.DataObject) -> None:
    k = data.draw(st.integers(0, min(n - 1, 40)))
    bound = upper_bound(k, n)
    assert lower_bound(k, n) <= k / n < bound < 1
    assert binom.cdf(k, n, bound) == pytest.approx(0.05, abs=1e-6)
    if k:
        assert binom.sf(k - 1, n, lower_bound(k, n)) == pytest.approx(0.05, abs=1e-6)


def test_upper_bound_of_no_evidence_is_one_and_nonsense_is_refused() -> None:
    assert upper_bound(0, 0) == 1
    assert lower_bound(0, 0) == 0
    with pytest.raises(ValueError, match="no share"):
        upper_bound(3, 2)


@given(READINGS, st.sampled_from([0.02, 0.1, 0.3]))
def test_what_a_threshold_says_of_itself_is_so(readings: list[tuple[float, bool]], limit: float) -> None:
    scores, right = arrays(readings)
    found = lowest_threshold(LabelledScores.full(scores, right), limit)
    if found is None:
        whole = upper_bound(int((~right).sum()), len(right)) <= limit
        assert not whole or edge(scores, right, limit) > EDGE * limit
        return
    taken = scores >= found.score
    assert (found.accepted, found.labelled, found.wrong) == (taken.sum(), taken.sum(), (~right[taken]).sum())
    assert upper_bound(found.wrong, found.accepted) == pytest.approx(found.bound) <= limit
    assert found.share == pytest.approx(taken.mean())
    assert edge(scores[taken], right[taken], limit) <= EDGE * limit + 1e-9


def edge(scores: NDArray[np.float64], right: NDArray[np.bool_], limit: float) -> float:
    """Largest share wrong of the least sure, by hand: as many as bear one error, a tenth, and doublings between."""
    fewest, tenth = ceil(1 / (EDGE * limit)), len(scores) // 10
    sizes = {max(fewest, tenth), *(fewest * 2**k for k in range(12) if k == 0 or fewest * 2**k <= tenth)}
    lowest = (np.sort(scores)[min(len(scores), size) - 1] for size in sizes)
    return max(float(1 - right[scores <= score].mean()) for score in lowest)


def test_groups_that_are_sure_because_of_their_values_pay_for_no_others() -> None:
    """Of the groups with a doubtful value each tenth is wrong, however surely their groups are read."""
    count = 5000
    doubtful = np.arange(count) % 25 == 0
    wrong = doubtful & (np.arange(count) % 250 == 0)
    values = np.where(doubtful, 0.4, np.linspace(1, 0.9, count))
    evidence = LabelledScores.full(np.linspace(1, 0.9, count), ~wrong)
    assert lowest_threshold(evidence, 0.01) is not None
    assert lowest_threshold(replace(evidence, value_scores=values), 0.01) is None
    sound = LabelledScores.full(evidence.scores, ~(wrong & (np.arange(count) > 4000)))
    assert lowest_threshold(replace(sound, value_scores=values), 0.01) is not None


def test_a_level_is_proven_by_doubtful_values_not_by_sure_ones_alone() -> None:
    scores, right = np.full(5000, 0.99), np.ones(5000, bool)
    for doubtful, proven in ((19, False), (20, True)):
        values = np.where(np.arange(5000) < doubtful, 0.5, 0.99)
        found = lowest_threshold(replace(LabelledScores.full(scores, right), value_scores=values), 0.01)
        assert (found is not None) is proven


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 10_000), st.sampled_from([0.003, 0.01]), st.floats(0.02, 0.5))
def test_a_threshold_does_not_reach_into_scores_that_are_often_wrong(seed: int, limit: float, bad: float) -> None:
    """Five thousand sure readings that are never wrong pay for no others, however few."""
    rng = np.random.default_rng(seed)
    scores = np.concatenate([np.linspace(1, 0.9, 5000), np.linspace(0.5, 0, 400)])
    right = np.concatenate([np.ones(5000, bool), rng.random(400) > bad])
    found = lowest_threshold(LabelledScores.full(scores, right), limit)
    assert found is not None
    if bad > 30 * limit:
        assert found.accepted < 5000 + 250


def test_the_edge_is_weighed_by_what_its_labels_speak_for() -> None:
    """One wrong among few audited readings speaks for all that were not audited."""
    stood = np.arange(10_000) < 5000
    labelled = ~stood | (np.arange(10_000) % 50 == 0)
    right = np.ones(10_000, bool)
    counts = count_above(LabelledScores(np.zeros(10_000), right, labelled, stood))
    assert counts.edge_error(0, 100) == 0
    right[[0, 5000]] = False
    counts = count_above(LabelledScores(np.zeros(10_000), right, labelled, stood))
    assert counts.edge_error(0, 10_000) == pytest.approx(0.5 / 100 + 0.5 / 5000)


def test_a_strict_target_error_needs_enough_readings() -> None:
    assert lowest_threshold(LabelledScores.full(np.ones(900), np.ones(900, bool)), 0.003) is None
    assert lowest_threshold(LabelledScores.full(np.ones(1100), np.ones(1100, bool)), 0.003) is not None
    assert lowest_threshold(LabelledScores.full([], []), 0.003) is None


def test_two_errors_among_the_surest_do_not_end_the_search() -> None:
    scores = np.linspace(1, 0, 12_000)
    right = np.ones(12_000, bool)
    right[[3, 700]] = False
    found = lowest_threshold(LabelledScores.full(scores, right), 0.003)
    assert found is not None and found.share == 1


def test_audited_readings_alone_prove_a_threshold_and_unaudited_ones_prove_nothing() -> None:
    count = 100_000
    scores, right, stood = np.linspace(0.5, 1, count), np.ones(count, bool), np.ones(count, bool)
    labelled = np.arange(count) % 50 == 0
    found = lowest_threshold(LabelledScores(scores, right, labelled, stood), 0.003)
    assert found is not None and (found.accepted, found.labelled) == (count, 2000)
    assert found.bound == pytest.approx(upper_bound(0, 2000))
    assert lowest_threshold(LabelledScores(scores, right, np.zeros(count, bool), stood), 0.003) is None


def test_below_the_present_threshold_the_bounds_of_both_strata_are_mixed_by_their_size() -> None:
    stood = np.arange(40_000) < 30_000
    right = np.ones(40_000, bool)
    right[35_000] = False
    evidence = LabelledScores(np.where(stood, 0.9, 0.4), right, ~stood | (np.arange(40_000) < 2000), stood)
    found = lowest_threshold(evidence, 0.003)
    level = 1 - (1 - LEVEL) / 2
    assert found is not None and found.score == 0.4
    assert found.bound == pytest.approx(0.75 * upper_bound(0, 2000, level) + 0.25 * upper_bound(1, 10_000, level))


def test_labels_speak_for_their_stratum() -> None:
    evidence = operation(np.random.default_rng(1), 2000, present=0.5, audit=0.2)
    for stratum in (evidence.stood, ~evidence.stood):
        assert evidence.weights[stratum].sum() == pytest.approx(stratum.sum())
    assert not evidence.weights[~evidence.labelled].any()


def test_a_few_wrong_among_the_very_surest_do_not_end_the_search() -> None:
    """Of the surest quarter eleven were wrong, too many for 1 %; of the half no others, so it is proven there."""
    right = np.ones(3000, bool)
    right[:550:50] = False
    found = lowest_threshold(LabelledScores.full(np.linspace(1, 0, 3000), right), 0.01)
    assert found is not None and found.share == 1
    right[:1500:50] = False
    assert lowest_threshold(LabelledScores.full(np.linspace(1, 0, 3000), right), 0.01) is None


def test_the_target_error_is_exceeded_in_5_percent_of_worlds_at_most() -> None:
    """A reader always a little worse than its target error: the search from the low end is fooled thrice as often."""
    rng, worlds = np.random.default_rng(11), 400
    fooled = from_below = 0
    for _ in range(worlds):
        scores, right = rng.uniform(size=1500), rng.uniform(size=1500) >= 0.01
        fooled += lowest_threshold(LabelledScores.full(scores, right), 0.00999) is not None
        errors = np.cumsum(~right[np.argsort(-scores)])
        from_below += any(upper_bound(int(errors[n - 1]), n) <= 0.00999 for n in range(300, 1501, 20))
    assert fooled <= binom.ppf(0.99, worlds, 1 - LEVEL)
    assert from_below > 1.5 * worlds * (1 - LEVEL)


@pytest.mark.parametrize(
    "error",
    [
        lambda rank: np.full_like(rank, 0.01),
        lambda rank: np.where(rank < 0.3, 0.0101, np.where(rank < 0.5, 0.0098, 0.0102)),
        lambda rank: np.where(rank < 0.2, 0.03, 0.006),
        lambda rank: 0.003 + 0.05 * rank**3,
    ],
    ids=["always", "here and there", "on top", "rising"],
)
def test_starting_anew_keeps_the_promise_too(error: Callable[[NDArray[np.float64]], NDArray[np.float64]]) -> None:
    """Enough readings for all starts; the share truly wrong above the threshold exceeds 1 % in one world of twenty."""
    rng, worlds, count = np.random.default_rng(5), 300, 4000
    rank = (np.arange(count) + 0.5) / count
    true = np.cumsum(error(rank)) / np.arange(1, count + 1)
    broken = 0
    for _ in range(worlds):
        evidence = LabelledScores.full(1 - rank, rng.uniform(size=count) >= error(rank))
        found = lowest_threshold(evidence, 0.00999)
        broken += found is not None and true[found.accepted - 1] > 0.00999
    assert broken <= binom.ppf(0.99, worlds, 1 - LEVEL)


@pytest.mark.parametrize("present", [0.3, 0.45])
def test_thresholds_from_operation_keep_the_target_error_whatever_the_present_one_is(present: float) -> None:
    rng, worlds, found, broken = np.random.default_rng(4), 100, 0, 0
    for _ in range(worlds):
        evidence = operation(rng, 8000, present, audit=0.1)
        threshold = lowest_threshold(evidence, 0.01)
        if threshold is not None:
            found += 1
            broken += bool(error_at(evidence.scores[evidence.scores >= threshold.score]).mean() > 0.01)
    assert found > worlds / 2
    assert broken <= worlds * (1 - LEVEL)
