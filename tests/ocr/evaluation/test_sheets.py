"""Which fields are shown, and that their rows hold crop and ink."""

from __future__ import annotations

import numpy as np

from ocr.evaluation.sheets import PICTURE, choose, draw_sheet, key_of
from ocr.extract.reader import Crop
from ocr.forms.definition import load_forms
from tests.ocr.evaluation.scores import score, tick


def test_the_surest_wrong_and_the_least_sure_right_are_chosen() -> None:
    fields = [score(page=i, probability=i / 10, got="5120" if i % 2 else "1") for i in range(8)]
    unread = score(page=9, got=None, probability=0.99)
    chosen = choose([*fields, unread, tick(False, True, 1.0)], 2)
    assert {name: [f.page for f in group] for name, group in chosen.items()} == {
        "occupations-wrong": [6, 4],
        "occupations-right": [1, 3],
    }


def test_scores_order_what_was_never_calibrated() -> None:
    fields = [score(page=i, probability=0.0, score=s) for i, s in enumerate((0.5, 0.2, 0.9))]
    assert [field.page for field in choose(fields, 2)["occupations-right"]] == [1, 0]


def test_groups_without_mistakes_have_no_sheet_of_them() -> None:
    assert list(choose([score()], 5)) == ["occupations-right"]


def test_a_row_shows_the_crop_on_the_left_and_its_ink_on_the_right() -> None:
    spec = next(form for form in load_forms() if form.id == "revised-departure").by_name["occupation"]
    blank = np.full((60, 300), 255, np.uint8)
    pixels, ink = blank.copy(), np.zeros_like(blank)
    pixels[20:40, 100:106], ink[20:40, 100:106] = 0, 255
    field = score(struck="ПА", got="9999")
    crops = {key_of(field): Crop(spec, spec.box, pixels, ink, 200.0, ink)}
    sheet = draw_sheet([field, score(scan="gone.jpg")], crops)
    half = sheet.shape[1] // 2
    dark = (sheet < 90).all(axis=2)[: PICTURE[1]]
    assert sheet.shape[2] == 3
    assert 0.5 < dark[:, :half].sum() / dark[:, half:].sum() < 2
    assert dark[:, half:].sum() > 300
    words = (sheet < 90).all(axis=2)[PICTURE[1] + 14 :]
    assert words.sum() > 200
