from __future__ import annotations

from datetime import date
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binom

from ocr.confidence.calibration import (
    PROMISE,
    STRICT_PROMISE,
    Calibration,
    Sample,
    fit,
    isotonic,
    kind_of,
    load_calibration,
    promise,
    save_calibration,
)
from ocr.confidence.curve import expected_calibration_error, risk_curve
from ocr.confidence.threshold import smallest_threshold, upper_bound
from ocr.errors import BadInputError
from ocr.form import FieldSpec, load_forms
from ocr.reading import FieldState

READINGS = st.lists(st.tuples(st.integers(0, 20).map(lambda n: n / 20), st.booleans()), min_size=1, max_size=80)


def _arrays(readings: list[tuple[float, bool]]) -> tuple[np.ndarray, np.ndarray]:
    return np.array([s for s, _ in readings]), np.array([r for _, r in readings])


def _field(name: str) -> FieldSpec:
    return next(form for form in load_forms() if form.id == "revised-departure").by_name[name]


@given(READINGS)
def test_curve_agrees_with_counting(readings: list[tuple[float, bool]]) -> None:
    scores, right = _arrays(readings)
    for point in risk_curve(scores, right):
        taken = scores >= point.threshold
        assert point.accepted == pytest.approx(taken.mean())
        assert point.wrong == pytest.approx((~right[taken]).mean())


@given(READINGS)
def test_curve_ends_with_everything_accepted(readings: list[tuple[float, bool]]) -> None:
    scores, right = _arrays(readings)
    curve = risk_curve(scores, right, points=5)
    assert len(curve) <= 5
    assert curve[-1].accepted == 1
    assert curve[-1].wrong == pytest.approx((~right).mean())


def test_calibration_error_is_zero_for_honest_and_large_for_boastful_probabilities() -> None:
    right = np.tile([True, True, True, False], 100)
    assert expected_calibration_error(np.full(400, 0.75), right, bins=1) == pytest.approx(0)
    assert expected_calibration_error(np.full(400, 0.95), right, bins=1) == pytest.approx(0.2)
    with pytest.raises(ValueError, match="no readings"):
        expected_calibration_error([], [])


@given(st.integers(1, 3000), st.data())
def test_upper_bound_is_the_share_at_which_so_few_errors_are_a_5_percent_chance(n: int, data: st.DataObject) -> None:
    k = data.draw(st.integers(0, min(n - 1, 40)))
    bound = upper_bound(k, n)
    assert k / n < bound < 1
    assert binom.cdf(k, n, bound) == pytest.approx(0.05, abs=1e-6)


def test_upper_bound_of_no_evidence_is_one_and_nonsense_is_refused() -> None:
    assert upper_bound(0, 0) == 1
    with pytest.raises(ValueError, match="no share"):
        upper_bound(3, 2)


@given(READINGS, st.sampled_from([0.02, 0.1, 0.3]))
def test_threshold_is_the_smallest_that_keeps_the_promise(readings: list[tuple[float, bool]], limit: float) -> None:
    scores, right = _arrays(readings)
    found = smallest_threshold(scores, right, limit)

    def bound_at(score: float) -> float:
        taken = scores >= score
        return upper_bound(int((~right[taken]).sum()), int(taken.sum()))

    lower = scores if found is None else scores[scores < found.score]
    assert all(bound_at(s) > limit for s in lower)
    assert found is None or bound_at(found.score) == pytest.approx(found.bound) <= limit


def test_a_strict_promise_needs_enough_readings() -> None:
    assert smallest_threshold(np.ones(900), np.ones(900, bool), 0.003) is None
    assert smallest_threshold(np.ones(1100), np.ones(1100, bool), 0.003) is not None


@given(READINGS)
def test_isotonic_rises_and_stays_off_certainty(readings: list[tuple[float, bool]]) -> None:
    x, p = isotonic(*_arrays(readings))
    assert np.all(np.diff(x) > 0)
    assert np.all(np.diff(p) >= 0)
    assert np.all((p > 0) & (p < 1))


def test_isotonic_finds_the_true_probability() -> None:
    rng = np.random.default_rng(4)
    scores = rng.uniform(size=20_000)
    x, p = isotonic(scores, rng.uniform(size=20_000) < scores**2)
    asked = np.linspace(0.1, 0.9, 9)
    assert np.interp(asked, x, p) == pytest.approx(asked**2, abs=0.06)


def _calibration(n: int = 4000) -> Calibration:
    rng = np.random.default_rng(5)
    scores = rng.uniform(size=n)
    right = (scores > 0.6) | (rng.uniform(size=n) < 0.5)
    samples = [Sample("marks", "one_of", float(s), bool(r)) for s, r in zip(scores, right, strict=True)]
    return fit(samples, made=date(2024, 1, 2), data="invented")


def test_unmeasured_reader_or_kind_is_never_accepted() -> None:
    calibration = _calibration()
    assert calibration.judge("marks", _field("education"), FieldState.READ, 1.0).accepted
    assert not calibration.judge("other", _field("education"), FieldState.READ, 1.0).accepted
    assert not calibration.judge("marks", _field("surname"), FieldState.READ, 1.0).accepted
    assert not calibration.judge("marks", _field("education"), FieldState.EMPTY, 1.0).accepted
    assert not calibration.judge("marks", _field("education"), FieldState.UNREAD, 1.0).accepted


def test_a_stricter_promise_accepts_fewer() -> None:
    calibration = _calibration(4000)  # some 1,600 readings without error prove 0.2 %, not 0.14 %
    assert promise("sex") == STRICT_PROMISE < PROMISE == promise("education")
    assert calibration.judge("marks", _field("education"), FieldState.READ, 0.99).accepted
    assert not calibration.judge("marks", _field("sex"), FieldState.READ, 0.99).accepted
    assert calibration.scales[0].threshold(1e-5) is None


def test_probability_rises_with_score() -> None:
    calibration = _calibration()
    low, high = (calibration.judge("marks", _field("sex"), FieldState.READ, s).probability for s in (0.2, 0.9))
    assert 0.4 < low < 0.6
    assert high > 0.99


def test_stamps_words_and_empty_zones_are_kinds_of_their_own() -> None:
    old = next(form for form in load_forms() if form.id == "card-2008").by_name["sex"]
    kinds = {
        kind_of(_field("sex"), FieldState.READ),
        kind_of(_field("sex"), FieldState.EMPTY),
        kind_of(old, FieldState.READ),
        kind_of(_field("birth_date"), FieldState.READ),
        kind_of(_field("crossing_date"), FieldState.READ),
    }
    assert len(kinds) == 5


def test_calibration_survives_its_file(tmp_path: Path) -> None:
    path = tmp_path / "c.json"
    save_calibration(_calibration(), path)
    assert load_calibration(path) == _calibration()
    path.write_text("{}", "utf-8")
    with pytest.raises(BadInputError):
        load_calibration(path)


def test_without_a_file_nothing_is_accepted(tmp_path: Path) -> None:
    calibration = load_calibration(tmp_path / "none.json")
    assert not calibration.judge("marks", _field("education"), FieldState.READ, 1.0).accepted
