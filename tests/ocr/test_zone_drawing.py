"""Zones are drawn where they lie, over a copy."""

from __future__ import annotations

import numpy as np
import pytest

from ocr.forms.artwork import raster
from ocr.forms.definition import Form, load_forms
from ocr.geometry import rect_quad
from ocr.zone_drawing import GREEN, ORANGE, PREVIEW_DPI, Zone, draw_form_zones, draw_zones


@pytest.mark.parametrize("shape", [(200, 300), (200, 300, 3)])
def test_zones_are_outlined_and_tinted_over_a_copy(shape: tuple[int, ...]) -> None:
    page = np.full(shape, 255, np.uint8)
    drawn = draw_zones(page, [Zone(rect_quad(100, 50, 80, 40), GREEN), Zone(rect_quad(10, 150, 30, 30), ORANGE)], 18)
    assert drawn.shape == (200, 300, 3)
    assert (page == 255).all()
    assert tuple(drawn[50, 140][::-1]) == GREEN
    assert tuple(drawn[165, 10][::-1]) == ORANGE
    assert 200 < drawn[70, 140].min() < 255
    assert (drawn[20, 250] == 255).all()


def test_words_stand_above_their_zone() -> None:
    page = np.full((200, 300, 3), 255, np.uint8)
    quad = rect_quad(100, 100, 80, 40)
    named, plain = (draw_zones(page, [Zone(quad, GREEN, words)], 18) for words in ("Ҷинс", ""))
    rows, columns = np.nonzero((named != plain).any(axis=2))
    assert len(rows) > 50
    assert rows.min() > 70 and rows.max() <= 105
    assert columns.min() >= 95 and columns.max() < 160


@pytest.mark.parametrize("form", [f for f in load_forms() if f.fields], ids=lambda form: form.id)
def test_preview_shows_every_zone(form: Form) -> None:
    blank, drawn = raster(form, PREVIEW_DPI), draw_form_zones(form)
    assert drawn.shape == blank.shape
    for spec in form.fields:
        x, y, w, h = (round(v * PREVIEW_DPI / 25.4) for v in spec.box.xywh)
        assert (drawn[y : y + h, x : x + w] != blank[y : y + h, x : x + w]).any(axis=2).mean() > 0.5
