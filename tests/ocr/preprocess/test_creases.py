"""A card whose strips lie aside along creases is followed, and any other is left as it is."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from ocr.forms.definition import Form, load_forms
from ocr.preprocess.creases import find_creases
from ocr.preprocess.gates import load_gates
from ocr.preprocess.locate import Located, locate
from ocr.preprocess.model import HALF_DPI, form_model
from ocr.preprocess.shifts import NO_SHIFTS, Shifts
from ocr.sheet import Sheet
from tests.ocr.preprocess.scans import scribbled, sheet_of

FORMS = load_forms()
FRONTS = [form for form in FORMS if form.fields]
CREASES = ((33.0, 2.5), (72.0, -2.0))
"""Where creases run across the card, and how far the paper lies aside there, in millimetres."""

_HALF_MM = 11.0


def aside(places: NDArray[np.float64]) -> NDArray[np.float64]:
    """How far the paper lies lower at places from the left: as roofs over the creases."""
    return np.asarray(sum(high * np.maximum(0, 1 - np.abs(places - at) / _HALF_MM) for at, high in CREASES))


def folded(card: NDArray[np.uint8], dpi: float) -> NDArray[np.uint8]:
    """The card with its columns moved down by what they lie aside."""
    away = np.rint(aside((np.arange(card.shape[1]) + 0.5) / dpi * 25.4) * dpi / 25.4).astype(int)
    rows = np.clip(np.arange(card.shape[0])[:, None] - away, 0, card.shape[0] - 1)
    return np.ascontiguousarray(np.take_along_axis(card, rows, axis=0))


def sheet(form: Form, *, creased: bool, turned: bool = False) -> Sheet:
    card = scribbled(form, np.random.default_rng(3))
    lying = np.ascontiguousarray(card.T) if turned else card
    bent = folded(lying, 200.0) if creased else lying
    return sheet_of(bent.T if turned else bent, 200.0)


@pytest.mark.parametrize("form", FRONTS, ids=lambda form: form.id)
@pytest.mark.parametrize("turned", [False, True])
def test_creases_from_edge_to_edge_are_followed(form: Form, turned: bool) -> None:
    located = locate(sheet(form, creased=True, turned=turned), FORMS, load_gates())
    assert isinstance(located, Located), located
    middles = np.array([(spec.box.x + spec.box.w / 2, spec.box.y + spec.box.h / 2) for spec in form.fields])
    there = located.registration.stretch.at(middles) + located.registration.shifts.at(middles)
    expected = aside(middles[:, int(turned)])
    off = np.abs(there[:, int(not turned)] - expected)
    assert np.percentile(off, 80) < 0.4


def test_a_flat_card_has_no_creases() -> None:
    located = locate(sheet(FRONTS[0], creased=False), FORMS, load_gates())
    assert isinstance(located, Located)
    assert located.registration.shifts is NO_SHIFTS
    art = form_model(FRONTS[0]).half_unit
    noise = np.random.default_rng(1).normal(0, float(art.std()), art.shape).astype(np.float32)
    assert find_creases(art + noise, art, HALF_DPI, FRONTS[0].size) is None


def test_what_lies_aside_is_moved_back() -> None:
    art = form_model(FRONTS[0]).fine
    grid = np.zeros((1, 60, 2), np.float32)
    grid[0, :, 1] = aside((np.arange(60) + 0.5) / 60 * FRONTS[0].size[0])
    back = Shifts(grid, FRONTS[0].size).straightened(
        folded((art * 255).astype(np.uint8), 150.0).astype(np.float32), 150.0
    )
    inner = slice(40, -40)
    assert np.corrcoef(back[inner].ravel(), art[inner].ravel())[0, 1] > 0.9
