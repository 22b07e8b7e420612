from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from ocr.errors import ToolMissingError
from ocr.extract.engine import PytesseractBinding, TesserocrBinding, Words, tessdata
from ocr.extract.reader import Crop
from ocr.extract.tesseract import TesseractReader, framed
from ocr.reading import FieldState
from tests.ocr.extract.drawn import draw
from tests.ocr.extract.test_stamp import stamp


class Fake:
    """An engine that says what it is told and counts how often it is asked."""

    version = "fake"

    def __init__(self, words: Words | Exception) -> None:
        self._words, self.asked = words, 0

    def words(self, image: NDArray[np.uint8], allowed: str) -> Words:
        self.asked += 1
        if isinstance(self._words, Exception):
            raise self._words
        return self._words


def _written() -> Crop:
    return draw("revised-departure", "surname", [[(10, 33), (13, 38)], [(15, 33), (17, 38)]])[0]


def test_a_blank_field_never_reaches_the_engine() -> None:
    fake = Fake([("X", 1.0)])
    raw = TesseractReader(lambda _: fake).read([draw("revised-departure", "surname", [])[0]])[0]
    assert (raw.state, raw.text, fake.asked) == (FieldState.EMPTY, "", 0)


def test_a_failing_crop_leaves_the_others_alone() -> None:
    good = TesseractReader(lambda _: Fake([("АЛИ", 0.9)]))
    broken = replace(_written(), ink=np.zeros((3, 3, 2), np.uint8))
    states = [raw.state for raw in good.read([_written(), broken, _written()])]
    assert states == [FieldState.READ, FieldState.UNREAD, FieldState.READ]
    raw = TesseractReader(lambda _: Fake(RuntimeError("timeout"))).read([_written()])[0]
    assert (raw.state, raw.score) == (FieldState.UNREAD, 0.0)


def test_missing_language_data_say_what_to_install(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("TESSDATA_PREFIX", str(tmp_path))
    with pytest.raises(ToolMissingError, match="apt-get install tesseract-ocr-xyz"):
        tessdata(("xyz",))


def test_framed_ink_is_black_on_white_with_a_margin() -> None:
    ink = np.zeros((50, 80), np.uint8)
    ink[20:30, 40:60] = 255
    image = framed(ink)
    assert image.shape == (34, 44)
    assert (image[0] == 255).all()
    assert image[17, 22] == 0
    assert framed(ink * 0).min() == 255


@pytest.mark.parametrize("make", [TesserocrBinding, PytesseractBinding])
def test_both_bindings_read_type(make: type[TesserocrBinding] | type[PytesseractBinding]) -> None:
    engine = make(("rus",))
    text = " ".join(word for word, _ in engine.words(255 - stamp(0.0, frame=False)[20:60, 60:], ""))
    assert "ВОКЗАЛ" in text
    digits = engine.words(255 - stamp(0.0, frame=False)[60:100, 100:260], "0123456789.")
    assert all(set(word) <= set("0123456789.") for word, _ in digits)
    assert engine.version.startswith(("4.", "5."))
