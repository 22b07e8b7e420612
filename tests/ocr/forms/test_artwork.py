"""What is drawn lies at its millimetre, in the PDF as in pixels."""

from __future__ import annotations

from datetime import date

import numpy as np
import pypdfium2
import pytest
import zxingcpp
from numpy.typing import NDArray

from ocr.forms.artwork import raster
from ocr.forms.definition import FieldKind, FieldSpec, Form, Panel, Rect, Rule, Text, load_forms
from ocr.forms.drawing import form_pdf
from ocr.forms.printed_words import POINTS_PER_MM
from ocr.forms.serial import parse_payload, serial_number

FORMS = load_forms()
RESOLUTIONS = (100, 150, 200, 300, 400)
ROWS = tuple(8 + 8.13 * i for i in range(6))


def form_of(**parts: object) -> Form:
    """A card that bears nothing but these parts."""
    return Form.model_validate(
        {
            "id": "test-card",
            "version": "1",
            "code": "TT",
            "side": "departure",
            "title_ru": "т",
            "title_tg": "т",
            "title_en": "t",
            "valid_from": date(2020, 1, 1),
            "size": (100, 70),
            **parts,
        }
    )


def ink(form: Form, dpi: float, around: Rect) -> tuple[NDArray[np.float64], float]:
    """Centre of gravity in mm, and the area in mm², of what is printed in a rectangle."""
    scale = dpi / 25.4
    y0, y1, x0, x1 = (int(v * scale) for v in (around.y, around.bottom, around.x, around.right))
    part = 1 - raster(form, dpi)[y0:y1, x0:x1].min(axis=2) / 255
    y, x = np.mgrid[y0:y1, x0:x1]
    centre = np.array([(part * x).sum(), (part * y).sum()]) / part.sum()
    return (centre + 0.5) / scale, float(part.sum() / scale**2)


@pytest.mark.parametrize("dpi", RESOLUTIONS)
def test_filled_rectangles_lie_at_their_millimetre(dpi: float) -> None:
    boxes = [Rect(x=10.03 + 17.07 * i, y=9.11 + 13.13 * j, w=4.5, h=2.7) for i in range(5) for j in range(4)]
    form = form_of(panels=tuple(Panel(box=box, colour="#000000") for box in boxes))
    for box in boxes:
        centre, area = ink(form, dpi, box.grown(2))
        np.testing.assert_allclose(centre, [box.x + box.w / 2, box.y + box.h / 2], atol=0.05)
        assert area == pytest.approx(box.w * box.h, rel=0.04)


@pytest.mark.parametrize("dpi", RESOLUTIONS)
def test_lines_lie_at_their_millimetre(dpi: float) -> None:
    form = form_of(rules=tuple(Rule(start=(10, y), end=(80, y), width=0.2) for y in ROWS))
    for y in ROWS:
        centre, area = ink(form, dpi, Rect(x=5, y=y - 2, w=80, h=4))
        np.testing.assert_allclose(centre, [45, y], atol=0.05)
        assert area == pytest.approx(70 * 0.2, rel=0.35)


@pytest.mark.parametrize("dpi", RESOLUTIONS)
def test_words_lie_where_the_press_prints_them(dpi: float) -> None:
    form = form_of(texts=tuple(Text(at=(10.0 + y / 9, y), text="Ҷинс, ноҳия", size=5) for y in ROWS))
    for y in ROWS:
        around = Rect(x=5, y=y - 3, w=60, h=5)
        np.testing.assert_allclose(ink(form, dpi, around)[0], ink(form, 1000, around)[0], atol=0.05)


@pytest.mark.parametrize("align, side", [("left", 0), ("centre", 0.5), ("right", 1)])
def test_words_are_aligned(align: str, side: float) -> None:
    form = form_of(texts=(Text(at=(50, 30), text="НННН", size=12, align=align),))
    columns = np.flatnonzero(raster(form, 300).min(axis=(0, 2)) < 128) * 25.4 / 300
    assert columns[0] * (1 - side) + columns[-1] * side == pytest.approx(50, abs=0.6)


def test_comb_cells_are_drawn_where_the_form_says() -> None:
    spec = FieldSpec(name="a", kind=FieldKind.COMB, box=Rect(x=10, y=20, w=30, h=6), cells=5, label_ru="", label_tg="")
    form = form_of(fields=(spec,))
    for x in (10, 16, 22, 28, 34, 40):
        np.testing.assert_allclose(ink(form, 300, Rect(x=x - 2, y=21, w=4, h=4))[0], [x, 23], atol=0.05)


@pytest.mark.parametrize("dpi", (50, 150, 300))
@pytest.mark.parametrize("form", FORMS, ids=lambda form: form.id)
def test_raster_covers_the_card(form: Form, dpi: float) -> None:
    image = raster(form, dpi)
    assert image.dtype == np.uint8
    height, width = image.shape[:2]
    np.testing.assert_allclose([width * 25.4 / dpi, height * 25.4 / dpi], form.size, atol=25.4 / dpi)
    assert width * 25.4 / dpi >= form.size[0] - 1e-6
    assert not image.flags.writeable
    assert (image[0, 0] == 255).all()


@pytest.mark.parametrize("form", FORMS, ids=lambda form: form.id)
def test_pdf_has_the_cards_size_and_its_words(form: Form) -> None:
    page = pypdfium2.PdfDocument(form_pdf(form))[0]
    np.testing.assert_allclose(page.get_size(), np.array(form.size) * POINTS_PER_MM, atol=0.01)
    words = page.get_textpage().get_text_bounded()
    for text in form.texts:
        assert text.text in words
    for spec in form.fields:
        assert not spec.label_at or f"{spec.label_ru} / {spec.label_tg}" in words


@pytest.mark.parametrize("form", [f for f in FORMS if "card_no" in f.by_name], ids=lambda form: form.id)
def test_serial_is_printed_in_its_field_only(form: Form) -> None:
    serial = serial_number(31415)
    blank, numbered = raster(form, 300), raster(form, 300, serial)
    rows, columns = np.nonzero((blank != numbered).any(axis=2))
    box = form.by_name["card_no"].box.grown(0.2)
    assert len(rows)
    assert columns.min() * 25.4 / 300 > box.x and columns.max() * 25.4 / 300 < box.right
    assert rows.min() * 25.4 / 300 > box.y and rows.max() * 25.4 / 300 < box.bottom
    if form.by_name["card_no"].kind is FieldKind.BARCODE:
        (code,) = zxingcpp.read_barcodes(np.ascontiguousarray(numbered), zxingcpp.BarcodeFormat.QRCode)
        said = parse_payload(code.text)
        assert said is not None
        assert (said.form_code, said.version, said.serial) == (form.code, form.version, serial)
    else:
        words = pypdfium2.PdfDocument(form_pdf(form, serial))[0].get_textpage().get_text_bounded()
        assert serial in words


def test_the_same_card_is_drawn_once() -> None:
    assert raster(FORMS[0], 150) is raster(FORMS[0], 150)
