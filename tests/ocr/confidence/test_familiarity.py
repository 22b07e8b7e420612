"""What is called familiar: cards like those measured, and no others."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ocr.confidence.acceptance import AcceptancePolicy, Distrust, Uncalibrated
from ocr.confidence.calibration import Calibration
from ocr.confidence.familiarity import FEWEST, KEPT, learn_looks
from ocr.forms.definition import load_forms
from ocr.reading import FieldState, Why

Looks = list[tuple[float, ...]]


def cards(count: int, seed: int, spread: float = 1.0, off: float = 0.0) -> Looks:
    """Looks of cards with correlated numbers of very different size; `off` moves the first, in standard deviations."""
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(count, 5)) * spread
    x[:, 1] = 0.8 * x[:, 0] + 0.6 * x[:, 1]
    x[:, 0] += off
    return [tuple(row) for row in (x * (1, 10, 0.01, 3, 1) + (5, -70, 0, 1, 0)).tolist()]


@settings(max_examples=20, deadline=None)
@given(st.integers(FEWEST, 800), st.integers(0, 999))
def test_nearly_all_measured_cards_are_familiar(count: int, seed: int) -> None:
    looks = cards(count, seed)
    familiar = learn_looks(looks)
    assert familiar is not None
    assert sum(not familiar.knows(look) for look in looks) <= (1 - KEPT) * count


@settings(max_examples=10, deadline=None)
@given(st.integers(0, 999))
def test_other_cards_of_the_same_kind_are_familiar(seed: int) -> None:
    familiar = learn_looks(cards(1000, seed))
    assert familiar is not None
    assert sum(not familiar.knows(look) for look in cards(1000, seed + 1000)) < 25


@pytest.mark.parametrize(("off", "least"), [(3.0, 0.25), (6.0, 0.98)])
def test_cards_far_off_in_one_number_are_not(off: float, least: float) -> None:
    familiar = learn_looks(cards(1000, 1))
    assert familiar is not None
    assert np.mean([not familiar.knows(look) for look in cards(500, 2, off=off)]) > least


def test_units_do_not_matter() -> None:
    looks = cards(300, 3)
    scaled = [tuple(100 * x for x in look) for look in looks]
    one, other = learn_looks(looks), learn_looks(scaled)
    assert one is not None
    assert other is not None
    assert one.distance(looks[0]) == pytest.approx(other.distance(scaled[0]), rel=1e-2)


def test_a_number_that_never_varies_is_borne() -> None:
    familiar = learn_looks([(*look, 1.0) for look in cards(200, 4)])
    assert familiar is not None
    assert familiar.knows((*cards(1, 5)[0], 1.0))


def test_too_few_cards_tell_nothing() -> None:
    assert learn_looks(cards(FEWEST - 1, 6)) is None


def test_nothing_of_an_unfamiliar_card_stands() -> None:
    familiar = learn_looks(cards(500, 7))
    calibration = Calibration(made=date(2026, 1, 1), data="", familiar=familiar)
    again = Calibration.model_validate_json(calibration.model_dump_json())
    policy = AcceptancePolicy(again)
    usual, strange = cards(1, 8)[0], cards(1, 8, off=20)[0]
    assert policy.knows(usual)
    assert policy.knows(None)
    assert not policy.knows(strange)
    assert Uncalibrated().knows(strange)
    spec = load_forms()[0].fields[0]
    acceptance = Distrust(policy).assess("marks", "1", spec, FieldState.READ, 1.0)
    assert (acceptance.accepted, acceptance.reason) == (False, Why.UNFAMILIAR)
    assert not Distrust(policy).knows(usual)
