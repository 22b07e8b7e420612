"""Fields that do not look as their form says."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from ocr.extract.reader import Crop, Raw
from ocr.extract.unlike import is_unlike_form, left_to_people
from ocr.forms.definition import Entry
from ocr.reading import FieldState
from tests.ocr.extract.drawn import BLACK, Scene, Stroke, blank, crop_of, draw

FORM = "revised-departure"
LETTERS: list[Stroke] = [[(10.0, 33.0), (13.2, 38.0)], [(15.0, 38.2), (15.2, 32.6), (18.0, 33.0), (18.1, 38.3)]]
ART = blank(FORM, "surname")


@pytest.mark.parametrize("mode", ["colour", "grey", "bitonal"])
@pytest.mark.parametrize("shift", [(0.0, 0.0), (0.3, -0.3), (-0.35, 0.2)])
def test_print_a_little_beside_its_place_is_as_the_form_says(shift: tuple[float, float], mode: str) -> None:
    crop, _ = draw(FORM, "surname", LETTERS, Scene(BLACK, shift_mm=shift, mode=mode))
    assert not is_unlike_form(crop)


@pytest.mark.parametrize("shift", [(1.2, 1.2), (-1.4, 1.0)])
def test_print_that_lies_elsewhere_leaves_the_field_to_people(shift: tuple[float, float]) -> None:
    crop, _ = draw(FORM, "surname", LETTERS, Scene(BLACK, shift_mm=shift))
    assert left_to_people(crop, Raw(FieldState.READ, "А", 1.0)).state is FieldState.DOUBTFUL
    assert left_to_people(crop, Raw(FieldState.EMPTY, "", 1.0)).state is FieldState.DOUBTFUL


def test_lines_that_the_scanner_dropped_are_no_reason_to_doubt() -> None:
    spec = draw(FORM, "surname", [])[0]
    white = np.full_like(spec.pixels, 255)
    assert not is_unlike_form(crop_of(spec.spec, spec.rect, white, blank(FORM, "surname")))


def _screened(shown: float) -> Crop:
    """A field under the dots of a coarse halftone screen; `shown` is how dark they are."""
    crop, _ = draw(FORM, "surname", LETTERS, Scene(BLACK))
    y, x = np.indices(crop.pixels.shape[:2])
    dots = ((x % 11 < 3) & (y % 9 < 3))[..., None]
    return crop_of(crop.spec, crop.rect, np.where(dots, crop.pixels * (1 - shown), crop.pixels).astype(np.uint8), ART)


def test_a_halftone_among_the_ink_leaves_the_field_to_people() -> None:
    assert is_unlike_form(_screened(0.8))
    assert not is_unlike_form(_screened(0.02))


def test_a_field_that_is_all_ink_is_left_to_people() -> None:
    """A copier's dark ground all over a field for a signature was accepted as one."""
    crop, _ = draw(FORM, "surname", LETTERS, Scene(BLACK))
    flooded = replace(crop, ink=np.where(np.indices(crop.ink.shape)[1] % 10 < 7, 255, 0).astype(np.uint8))
    assert is_unlike_form(flooded)
    assert left_to_people(flooded, Raw(FieldState.READ, "Y", 1.0)).state is FieldState.DOUBTFUL


def test_a_stamp_may_lie_on_anything() -> None:
    crop = _screened(0.8)
    raw = Raw(FieldState.READ, "А", 1.0)
    stamped = replace(crop, spec=crop.spec.model_copy(update={"entry": Entry.STAMP}))
    assert left_to_people(stamped, raw) is raw


@pytest.mark.parametrize("state", [FieldState.CORRECTED, FieldState.UNREAD, FieldState.DOUBTFUL])
def test_what_goes_to_people_anyhow_keeps_its_state(state: FieldState) -> None:
    assert left_to_people(_screened(0.8), Raw(state, "А", 0.5)).state is state
