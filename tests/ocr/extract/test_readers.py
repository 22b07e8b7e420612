from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import cv2
import numpy as np
import pytest

from ocr.extract.barcode import BarcodeReader
from ocr.extract.marks import SignatureReader
from ocr.extract.printed_reader import PrintedReader
from ocr.extract.reader import Crop, Raw
from ocr.extract.readers import Readers
from ocr.forms.artwork import raster
from ocr.forms.definition import Form
from ocr.geometry import mm_to_pixels
from ocr.preprocess.crop_zone import crop_size, resample
from ocr.reading import FieldState
from tests.ocr.extract.drawn import DPI, MARGIN, blank, crop_of, crop_to_mm, draw, form, ring

SERIAL = "000000018"
NEW, OLD = "revised-departure", "card-2008"


def _printed(which: Form, field: str, serial: str | None = SERIAL) -> Crop:
    spec = which.by_name[field]
    rect = spec.box.grown(MARGIN)
    to_raster = mm_to_pixels(2 * DPI) @ crop_to_mm(rect, DPI)
    pixels = resample(raster(which, 2 * DPI, serial), to_raster, crop_size(rect, DPI))
    return crop_of(spec, rect, pixels, blank(which.id, field))


class Named:
    """A reader that gives its name to every crop."""

    version = "0"

    def __init__(self, name: str) -> None:
        self.name = name
        self.batches: list[int] = []

    def read(self, crops: Sequence[Crop]) -> list[Raw]:
        self.batches.append(len(crops))
        return [Raw(FieldState.READ, f"{self.name} {crop.spec.name}", 1.0) for crop in crops]


def test_every_field_goes_to_its_reader_in_one_batch_and_order_is_kept() -> None:
    fakes = [Named(name) for name in ("marks", "barcode", "signature", "printed", "stamp", "hand")]
    readers = Readers(**{fake.name: fake for fake in fakes})
    which = form(NEW)
    nothing = np.zeros((4, 4), np.uint8)
    crops = [Crop(spec, spec.box, nothing, nothing, DPI, nothing) for spec in which.fields]
    got = readers.read_fields(crops)
    assert [raw.text.split()[1] for raw, _, _ in got] == [spec.name for spec in which.fields]
    by_field = {raw.text.split()[1]: name for raw, name, _ in got}
    assert by_field["sex"] == "marks"
    assert by_field["card_no"] == "barcode"
    assert by_field["signature"] == "signature"
    assert by_field["surname"] == "hand"
    assert by_field["checkpoint"] == by_field["crossing_date"] == "stamp"
    assert readers.for_field(form(OLD).by_name["card_no"]).name == "printed"
    assert {fake.name: len(fake.batches) for fake in fakes} == dict.fromkeys(by_field.values(), 1) | {"printed": 0}


def test_reading_no_fields_gives_nothing() -> None:
    assert Readers().read_fields([]) == []


def test_barcode_of_a_crop() -> None:
    raw = BarcodeReader().read([_printed(form(NEW), "card_no")])[0]
    assert (raw.state, raw.text, raw.score) == (FieldState.READ, SERIAL, 1.0)


def test_missing_and_ruined_barcodes_differ() -> None:
    good = _printed(form(NEW), "card_no")
    ruined = good.pixels.copy()
    ruined[20:110, 20:70] = 120
    crops = [_printed(form(NEW), "card_no", None), replace(good, pixels=ruined)]
    assert [raw.state for raw in BarcodeReader().read(crops)] == [FieldState.EMPTY, FieldState.UNREAD]


def test_noisy_code_is_read() -> None:
    good = _printed(form(NEW), "card_no")
    noisy = cv2.GaussianBlur(good.pixels.astype(np.float64), (0, 0), 1.2) * 0.5 + 70
    noisy += np.random.default_rng(3).normal(0, 12, noisy.shape)
    crop = replace(good, pixels=np.clip(noisy, 0, 255).astype(np.uint8))
    raw = BarcodeReader().read([crop])[0]
    assert (raw.state, raw.text) == (FieldState.READ, SERIAL)


def test_a_code_whose_check_digit_is_wrong_is_not_read() -> None:
    raw = BarcodeReader().read([_printed(form(NEW), "card_no", "000000017")])[0]
    assert (raw.state, raw.text) == (FieldState.UNREAD, "")


def test_printed_serial_of_the_old_card() -> None:
    raw, wrong, none = PrintedReader().read([_printed(form(OLD), "card_no", no) for no in (SERIAL, "000000017", None)])
    assert (raw.state, raw.text) == (FieldState.READ, SERIAL)
    assert (wrong.state, wrong.text) == (FieldState.DOUBTFUL, "000000017")
    assert none.state is FieldState.EMPTY


@pytest.mark.parametrize("form_id", [NEW, OLD])
def test_signature_presence(form_id: str) -> None:
    box = form(form_id).by_name["signature"].box
    signed, _ = draw(form_id, "signature", [ring(box.x + 4 + 3 * i, box.y + 2, 4, 5)[:45] for i in range(5)])
    empty, _ = draw(form_id, "signature", [])
    yes, no = SignatureReader().read([signed, empty])
    assert (yes.state, yes.text) == (FieldState.READ, "Y")
    assert (no.state, no.text) == (FieldState.EMPTY, "")
    assert min(yes.score, no.score) > 0.9
