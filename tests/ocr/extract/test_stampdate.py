"""Dates on rubber stamps of several layouts."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from ocr.extract.stamp import rotated
from ocr.extract.stampdate import StampDateReader
from ocr.forms.printed_words import FONTS_DIR
from ocr.reading import FieldState
from tests.ocr.extract.test_stamp import stamp
from tests.ocr.extract.test_tesseract import stamped


def face(lines: list[tuple[str, int]], font_name: str) -> NDArray[np.uint8]:
    """A stamp without a frame, its lines one under the other, each at its place across, 255 = ink."""
    image = Image.new("L", (520, 96))
    draw = ImageDraw.Draw(image)
    font = ImageFont.truetype(FONTS_DIR / font_name, 26)
    for i, (text, x) in enumerate(lines):
        draw.text((x, 18 + 30 * i), text, font=font, fill=255, anchor="lm")
    return rotated(np.asarray(image, np.uint8), 2.0, 1.0)


LAYOUTS = [
    [("ХУДЖАНД ВОКЗАЛ", 60), ("ВЫЕЗД", 20), ("16.02.2018", 260)],
    [("16.02.2018", 160), ("КУЛМА", 180)],
    [("ТОҶИКИСТОН", 150), ("16 02 2018", 170)],
]


@pytest.mark.parametrize("lines", LAYOUTS)
@pytest.mark.parametrize("font", sorted(p.name for p in FONTS_DIR.glob("*.ttf")))
def test_the_date_is_found_wherever_it_stands(lines: list[tuple[str, int]], font: str) -> None:
    (raw,) = StampDateReader().read([stamped("crossing_date", face(lines, font))])
    assert "".join(filter(str.isdigit, raw.text)) == "16022018"
    assert raw.state is FieldState.READ and raw.posteriors is not None


@pytest.mark.parametrize("degrees", [-3.0, 0.0, 4.0])
def test_a_turned_stamp_is_read(degrees: float) -> None:
    (raw,) = StampDateReader().read([stamped("crossing_date", stamp(degrees))])
    assert raw.text == "16.02.2018"


def test_an_unstamped_zone_is_empty_and_asks_no_network() -> None:
    def none() -> None:
        raise AssertionError("no network is needed")

    (raw,) = StampDateReader(none).read([stamped("crossing_date", stamp(0.0) * 0)])  # type: ignore[arg-type]
    assert raw.state is FieldState.EMPTY
