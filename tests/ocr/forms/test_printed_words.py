"""Where a form's words stand, and what is printed of its zones."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from ocr.forms.artwork import raster
from ocr.forms.definition import FieldKind, FieldSpec, Form, Option, Rect, Text, load_form, load_forms
from ocr.forms.printed_words import CAPITALS, extent, printed_over, printed_words

VISITOR = load_form(Path(__file__).with_name("visitor_card.toml"))
BOX = Rect(x=20, y=20, w=40, h=8)


def form(spec: FieldSpec, *texts: Text) -> Form:
    heads = {"id": "a", "version": "1", "code": "AA", "title_ru": "", "valid_from": "2020-01-01", "size": (80, 60)}
    return Form.model_validate(heads | {"fields": (spec,), "texts": texts})


def dark(card: Form, x: float, y: float, reach: float = 0.3) -> bool:
    """Whether something is printed near a place, all in millimetres."""
    dpi = 300.0
    left, top = (round((v - reach) * dpi / 25.4) for v in (x, y))
    size = round(2 * reach * dpi / 25.4)
    return bool(raster(card, dpi)[top : top + size, left : left + size].min() < 150)


@pytest.mark.parametrize("align", ["left", "centre", "right"])
def test_the_extent_is_that_of_the_ink(align: str) -> None:
    text = Text.model_validate({"at": (35, 30), "text": "НАПИСЬ", "align": align, "size": 9})
    card = form(FieldSpec(name="a", kind=FieldKind.SIGNATURE, box=Rect(x=60, y=50, w=5, h=5), label_ru=""), text)
    rows, columns = np.nonzero(raster(card, 600.0)[: round(40 / 25.4 * 600), :, 0] < 128)
    place = extent(text)
    seen = np.array([columns.min(), rows.min(), columns.max() + 1, rows.max() + 1])
    assert seen / 600 * 25.4 == pytest.approx(np.array([place.x, place.y, place.right, place.bottom]), abs=0.35)
    assert place.h == pytest.approx(CAPITALS * 9 / 72 * 25.4)


@pytest.mark.parametrize("card", [*load_forms(), VISITOR], ids=lambda card: card.id)
def test_nothing_is_printed_over_the_zones_of_forms_that_work(card: Form) -> None:
    assert list(printed_over(card)) == []


@pytest.mark.parametrize(
    "text, over",
    [
        (Text(at=(22, 26), text="x"), True),
        (Text(at=(22, 19.5), text="x"), False),
        (Text(at=(22, 30.5), text="x"), False),
        (Text(at=(22, 21), text="x"), True),
        (Text(at=(8, 26), text="длинные слова"), True),
        (Text(at=(20, 26), text="длинные слова", align="right"), False),
    ],
)
def test_words_over_a_zone_are_found(text: Text, over: bool) -> None:
    spec = FieldSpec(name="a", kind=FieldKind.COMB, box=BOX, cells=5, alphabet="latin", label_ru="")
    assert [name for _, name in printed_over(form(spec, text))] == ["a"] * over
    stamp = spec.model_copy(update={"entry": "stamp"})
    assert list(printed_over(form(stamp, text))) == []


FRAMES = {"cells": (True, True, True), "line": (False, True, False), "box": (True, True, False)}


@pytest.mark.parametrize("frame", ["cells", "line", "box", "none"])
def test_frames_are_printed_as_the_form_says(frame: str) -> None:
    keys = {"name": "a", "kind": "comb", "box": BOX, "cells": 5, "frame": frame, "alphabet": "latin", "label_ru": ""}
    spec = FieldSpec.model_validate(keys)
    places = ((24, 20), (24, 28), (28, 24))  # upper edge, lower edge, between two cells
    assert tuple(dark(form(spec), *place) for place in places) == FRAMES.get(frame, (False, False, False))
    assert len(spec.cell_boxes()) == 5


def test_frames_have_defaults_by_what_is_written() -> None:
    def frame(**keys: object) -> str:
        return FieldSpec.model_validate({"name": "a", "kind": "line", "box": BOX, "label_ru": ""} | keys).printed_frame

    assert frame() == frame(kind="signature") == "line"
    assert frame(cells=4) == "cells"
    assert frame(entry="stamp") == frame(entry="printed") == frame(kind="barcode") == "none"


@pytest.mark.parametrize("box", [True, False])
@pytest.mark.parametrize("label", [True, False])
def test_options_print_their_box_and_label_unless_told_not_to(box: bool, label: bool) -> None:
    option = Option(code="Y", label="НННННН", box=Rect(x=22, y=22, w=4, h=4), print_box=box, print_label=label)
    card = form(FieldSpec(name="a", kind=FieldKind.ONE_OF, box=BOX, options=(option,), label_ru=""))
    assert dark(card, 24, 22) is box
    assert dark(card, 29, 24.5, 1.0) is label
    assert len(list(printed_words(card))) == label


def test_a_label_is_printed_where_it_has_a_place() -> None:
    spec = FieldSpec(name="a", kind=FieldKind.LINE, box=BOX, alphabet="latin", label_ru="имя")
    assert list(printed_words(form(spec))) == []
    placed = spec.model_copy(update={"label_at": (20.0, 19.0)})
    assert [(words.text.text, words.field) for words in printed_words(form(placed))] == [("имя", "a")]
    both = placed.model_copy(update={"label_tg": "ном"})
    assert [words.text.text for words in printed_words(form(both))] == ["имя / ном"]
