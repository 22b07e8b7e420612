from __future__ import annotations

import cv2
import numpy as np
import pytest

from ocr.extract.ink import beyond_print, is_empty, recover, writing_mm2
from ocr.extract.printed import printed
from ocr.preprocess.background import ink_darkness
from tests.ocr.extract.drawn import BLACK, BLUE, DPI, FAINT, Scene, blank, draw

SCALE = DPI / 25.4
LETTERS = [
    [(10.0, 33.0), (13.2, 38.0)],
    [(13.2, 33.2), (10.2, 38.1)],
    [(15.0, 38.2), (15.2, 32.6), (18.0, 33.0), (18.1, 38.3)],
    [(19.2, 35.5), (24.6, 35.3)],  # crosses the line between two cells
    [(26.0, 33.0), (27.0, 40.0), (28.5, 36.0)],  # crosses the lower line
]
OLD = [[(30.0, 12.0), (32.0, 18.4), (34.0, 13.0)], [(36.0, 16.0), (40.0, 16.2), (39.0, 13.0)]]


def _kept_and_left(form: str, field: str, strokes: list, scene: Scene) -> tuple[float, float]:
    """Share of the true ink found, and ink found elsewhere as a share of the true ink."""
    crop, truth = draw(form, field, strokes, scene)
    found = crop.ink > 110
    true = truth > 127
    near = cv2.dilate(true.astype(np.uint8), np.ones((5, 5), np.uint8)) > 0
    return float((found & true).sum() / true.sum()), float((found & ~near).sum() / true.sum())


@pytest.mark.parametrize("mode", ["colour", "grey", "bitonal"])
@pytest.mark.parametrize("shift", [(0.0, 0.0), (0.1, -0.1), (-0.1, 0.1)])
def test_letters_in_a_comb_are_kept_and_its_lines_go(mode: str, shift: tuple[float, float]) -> None:
    kept, left = _kept_and_left("revised-departure", "surname", LETTERS, Scene(BLUE, shift_mm=shift, mode=mode))
    assert kept > 0.9
    assert left < 0.04


@pytest.mark.parametrize("shift", [(0.0, 0.0), (0.1, 0.1), (0.0, -0.1)])
def test_letters_on_a_black_line_are_kept_and_it_goes(shift: tuple[float, float]) -> None:
    kept, left = _kept_and_left("card-2008", "surname", OLD, Scene(BLACK, shift_mm=shift, mode="grey"))
    assert kept > 0.9
    assert left < 0.03


def test_a_faint_pen_comes_out_strong() -> None:
    crop, truth = draw("revised-departure", "surname", LETTERS, Scene(FAINT, noise=4))
    ink = crop.ink
    assert np.median(ink[truth > 250]) > 200


def test_strokes_stay_in_one_piece_across_lines() -> None:
    crossing = [[(19.2, 35.5), (24.6, 35.3)]]
    crop, _ = draw("revised-departure", "surname", crossing, Scene(BLACK, mode="bitonal"))
    ink = crop.ink
    assert cv2.connectedComponents((ink > 90).astype(np.uint8))[0] == 2


@pytest.mark.parametrize("mode", ["colour", "grey", "bitonal"])
@pytest.mark.parametrize("shift", [(0.0, 0.0), (0.06, -0.06), (-0.06, 0.06)])
@pytest.mark.parametrize("place", [("revised-departure", "surname"), ("card-2008", "purpose")])
def test_an_empty_field_holds_nothing(place: tuple[str, str], mode: str, shift: tuple[float, float]) -> None:
    crop, _ = draw(*place, [], Scene(shift_mm=shift, mode=mode, noise=4))
    assert is_empty(crop.ink, crop.dpi)


def test_one_thin_figure_is_writing_and_dust_is_not() -> None:
    one, _ = draw("revised-return", "stay_months", [[(115.5, 129.5), (115.6, 133.5)]], Scene(width_mm=0.35))
    dust = [[(x, 131.0), (x + 0.15, 131.1)] for x in (116.0, 118.0, 121.0)]
    dirty, _ = draw("revised-return", "stay_months", dust)
    assert not is_empty(one.ink, one.dpi)
    assert is_empty(dirty.ink, dirty.dpi)


def test_a_streak_through_the_crop_is_dropped_and_a_letter_is_not() -> None:
    streak = [[(40.0, 20.0), (40.3, 50.0)]]
    crop, _ = draw("revised-departure", "surname", [*streak, [(50.0, 33.0), (50.2, 38.0)]], Scene(width_mm=0.25))
    ink = crop.ink
    columns = ink.max(axis=0)
    at = round((40.15 - crop.rect.x) * SCALE)
    assert columns[at - 4 : at + 5].max() < 90
    assert columns[round((50.1 - crop.rect.x) * SCALE)] > 200


def test_writing_reaching_in_from_the_next_field_does_not_count() -> None:
    ink = np.zeros((75, 400), np.uint8)
    cv2.line(ink, (100, 74), (104, 66), 255, 4)
    assert writing_mm2(ink, DPI) == 0
    cv2.line(ink, (100, 74), (120, 20), 255, 4)
    assert writing_mm2(ink, DPI) > 2


def test_a_wide_shadow_is_paper() -> None:
    crop, truth = draw("revised-departure", "surname", LETTERS, Scene(BLACK, mode="grey"))
    shade = np.linspace(0.45, 1.0, crop.pixels.shape[1])[None]
    dark = ink_darkness((crop.pixels * shade).astype(np.uint8), DPI)
    ink = recover(dark, printed(blank("revised-departure", "surname"), DPI), DPI)
    assert (ink[truth > 127] > 110).mean() > 0.9
    assert (ink[cv2.dilate(truth, np.ones((7, 7), np.uint8)) == 0] > 110).mean() < 0.003


def test_artwork_of_another_size_is_refused() -> None:
    with pytest.raises(ValueError, match="artwork"):
        beyond_print(np.zeros((10, 10), np.uint8), printed(blank("revised-departure", "surname"), DPI), DPI)
