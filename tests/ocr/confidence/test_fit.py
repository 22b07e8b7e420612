"""Scales and thresholds from labelled readings and from operation."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given

from ocr.confidence.calibration import Calibration, load_calibration, save_calibration
from ocr.confidence.fit import Key, ScoredReading, fit, grouped, isotonic, refit
from ocr.confidence.labelled_scores import LabelledScores
from ocr.errors import BadInputError
from tests.ocr.confidence.readings import READINGS, arrays

KEY = Key("marks", "1", "one_of")
DAY = date(2024, 1, 2)


def calibration(count: int = 4000, target_errors: Iterable[float] = (0.0014, 0.003, 0.01)) -> Calibration:
    """A reader that is always right above 0.6 and half of the time below."""
    rng = np.random.default_rng(5)
    scores = rng.uniform(size=count)
    right = (scores > 0.6) | (rng.uniform(size=count) < 0.5)
    return fit({KEY: LabelledScores.full(scores, right)}, made=DAY, data="invented", target_errors=target_errors)


def stood(scores: Iterable[float], wrong: int, unlabelled: int = 0) -> LabelledScores:
    """Accepted readings of which the first are audited, some of them wrong."""
    values = np.array([*scores])
    labelled = np.arange(len(values)) < len(values) - unlabelled
    return LabelledScores(values, np.arange(len(values)) >= wrong, labelled, np.ones(len(values), bool))


@given(READINGS)
def test_isotonic_rises_and_stays_off_certainty(readings: list[tuple[float, bool]]) -> None:
    x, p = isotonic(*arrays(readings))
    assert np.all(np.diff(x) > 0)
    assert np.all(np.diff(p) >= 0)
    assert np.all((p > 0) & (p < 1))


def test_isotonic_finds_the_true_probability_also_from_a_weighted_sample() -> None:
    rng = np.random.default_rng(4)
    scores = rng.uniform(size=40_000)
    right = rng.uniform(size=40_000) < scores**2
    asked = np.linspace(0.1, 0.9, 9)
    x, p = isotonic(scores, right)
    assert np.interp(asked, x, p) == pytest.approx(asked**2, abs=0.06)
    share = np.where(right, 0.2, 0.8)  # wrong ones are seen more often, which the weights make up for
    taken = rng.uniform(size=40_000) < share
    x, p = isotonic(scores[taken], right[taken], 1 / share[taken])
    assert np.interp(asked, x, p) == pytest.approx(asked**2, abs=0.06)


def test_readings_are_grouped_by_reader_the_version_that_counts_and_kind() -> None:
    samples = [
        ScoredReading("zxing", "2.2.0", "printed barcode", 0.5, True),
        ScoredReading("zxing", "2.3.1", "printed barcode", 0.6, None, stood=True),
        ScoredReading("marks", "1", "one_of", 0.7, False),
        ScoredReading("marks", "2", "one_of", 0.7, False),
    ]
    groups = grouped(samples)
    assert list(groups) == [KEY, Key("marks", "2", "one_of"), Key("zxing", "2", "printed barcode")]
    codes = groups[Key("zxing", "2", "printed barcode")]
    assert (codes.labelled.tolist(), codes.stood.tolist()) == ([True, False], [False, True])


def test_a_group_at_a_coarser_level_is_measured_beside_its_value() -> None:
    samples = [
        ScoredReading("stamp", "1", "stamp date", 0.5, False),
        ScoredReading("stamp", "1", "stamp date by month", 0.9, True, value_score=0.5),
    ]
    groups = grouped(samples)
    value, month = (groups[Key("stamp", "1", f"stamp date{end}")] for end in ("", " by month"))
    assert value.value_scores is None
    assert month.value_scores is not None and month.value_scores.tolist() == value.scores.tolist() == [0.5]


def test_a_threshold_for_every_target_error_and_the_strictest_that_suffices_is_used() -> None:
    (scale,) = calibration(4000).scales  # some 1,600 readings without error prove 0.2 %, not 0.14 %
    assert [k.target_error for k in scale.kept] == [0.0014, 0.003, 0.01]
    assert scale.threshold(0.0014) is None and scale.threshold(0.00001) is None
    assert scale.threshold(0.005) == scale.threshold(0.003) is not None
    own = calibration(4000, (0.003, 0.2)).scales[0]
    strict, loose = own.threshold(0.003), own.threshold(0.2)
    assert strict is not None and loose is not None and loose.share > strict.share


def test_decisions_that_prove_a_threshold_replace_it_and_too_few_keep_the_present_one() -> None:
    now = calibration()
    before = now.scales[0].threshold(0.003)
    few = refit(now, {KEY: stood(np.linspace(0.7, 1, 50), 0)}, made=DAY, data="x")
    assert few.scales[0] == now.scales[0]
    many = refit(now, {KEY: stood(np.linspace(0.7, 1, 5000), 0)}, made=DAY, data="x")
    found = many.scales[0].threshold(0.003)
    assert found is not None and found != before and found.score == pytest.approx(0.7)


def test_a_threshold_that_the_audit_refutes_is_taken_away() -> None:
    now = calibration()
    refuted = refit(now, {KEY: stood(np.linspace(0.7, 1, 400), 8, unlabelled=100)}, made=DAY, data="x")
    assert refuted.scales[0].threshold(0.003) is None
    other = refit(now, {Key("marks", "1", "word"): stood([0.9], 1)}, made=DAY, data="x")
    assert other.by_key["marks", "one_of"] == now.scales[0]
    assert other.by_key["marks", "word"].threshold(0.01) is None


def test_a_new_version_of_a_reader_inherits_nothing() -> None:
    new = refit(calibration(), {Key("marks", "2", "one_of"): stood([0.9] * 20, 0)}, made=DAY, data="x")
    assert (new.scales[0].version, new.scales[0].threshold(0.01)) == ("2", None)


def test_calibration_survives_its_file_and_its_fingerprint_names_its_content(tmp_path: Path) -> None:
    path = tmp_path / "c.json"
    save_calibration(calibration(), path)
    assert load_calibration(path) == calibration()
    assert load_calibration(path).fingerprint == calibration().fingerprint != calibration(3999).fingerprint
    path.write_text("{}", "utf-8")
    with pytest.raises(BadInputError):
        load_calibration(path)
    with pytest.raises(BadInputError, match="cannot be written"):
        save_calibration(calibration(), tmp_path)
