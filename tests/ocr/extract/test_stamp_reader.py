"""Dates and checkpoints on rubber stamps of several layouts."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from ocr.extract.framing import Gray
from ocr.extract.network import LineLogits, Network
from ocr.extract.reader import Crop
from ocr.extract.stamp import rotated
from ocr.extract.stamp_reader import StampReader
from ocr.forms.definition import load_forms
from ocr.forms.printed_words import FONTS_DIR
from ocr.lexicon.decode_posteriors import decode_posteriors
from ocr.lexicon.lexicon import load_lexicon
from ocr.preprocess.crop_zone import crop_size
from ocr.reading import FieldState
from tests.ocr.extract.drawn import DPI, MARGIN, crop_of
from tests.ocr.extract.test_stamp import stamp


def stamped(field: str, ink: NDArray[np.uint8]) -> Crop:
    """A field of the old card with ink in its zone, on white paper."""
    spec = next(f for f in load_forms() if f.id == "card-2008").by_name[field]
    rect = spec.box.grown(MARGIN)
    w, h = crop_size(rect, DPI)
    pixels = np.full((h, w), 245, np.uint8)
    pixels[: ink.shape[0], : ink.shape[1]] -= (ink[:h, :w] * 0.7).astype(np.uint8)
    return crop_of(spec, rect, pixels, np.full((h, w), 255, np.uint8))


def face(lines: list[tuple[str, int]], font_name: str) -> NDArray[np.uint8]:
    """A stamp without a frame, its lines one under the other, each at its place across, 255 = ink."""
    image = Image.new("L", (520, 96))
    draw = ImageDraw.Draw(image)
    font = ImageFont.truetype(FONTS_DIR / font_name, 26)
    for i, (text, x) in enumerate(lines):
        draw.text((x, 18 + 30 * i), text, font=font, fill=255, anchor="lm")
    return rotated(np.asarray(image, np.uint8), 2.0, 1.0)


FONT = "DejaVuSansCondensed-Bold.ttf"
LAYOUTS = [
    [("ХУДЖАНД ВОКЗАЛ", 60), ("ВЫЕЗД", 20), ("24.05.2017", 260)],
    [("24.05.2017", 160), ("КУЛМА", 180)],
    [("ТОҶИКИСТОН", 150), ("24 05 2017", 170)],
]


@pytest.mark.parametrize("lines", LAYOUTS)
@pytest.mark.parametrize("font", sorted(p.name for p in FONTS_DIR.glob("*.ttf")))
def test_the_date_is_found_wherever_it_stands(lines: list[tuple[str, int]], font: str) -> None:
    (raw,) = StampReader().read([stamped("crossing_date", face(lines, font))])
    assert "".join(filter(str.isdigit, raw.text)) == "24052017"
    assert raw.state is FieldState.READ and raw.posteriors is not None


PLACES = [
    ([("ХУДЖАНД ВОКЗАЛ", 60), ("ВЫЕЗД", 20), ("16.02.2018", 260)], "TJ-R2"),
    ([("16.02.2018", 160), ("КУЛМА", 180)], "TJ-C1"),
    ([("ТОҶИКИСТОН", 150), ("ПАТАР", 60), ("16.02.2018", 260)], "TJ-U5"),
    ([("КПП ФОТЕХОБОД", 100), ("16.02.2018", 60), ("ВЪЕЗД", 360)], "TJ-U2"),
    ([("САРАЗМ", 30), ("16.02.2018", 260)], "TJ-U4"),
]


@pytest.mark.parametrize(("lines", "code"), PLACES)
def test_the_checkpoint_is_found_among_all_words(lines: list[tuple[str, int]], code: str) -> None:
    (raw,) = StampReader().read([stamped("checkpoint", face(lines, FONT))])
    assert raw.posteriors is not None and not any(map(str.isdigit, raw.text))
    assert decode_posteriors(raw.posteriors, load_lexicon("checkpoints"))[0].value == code


@pytest.mark.parametrize("degrees", [-3.0, 0.0, 4.0])
def test_a_turned_stamp_is_read(degrees: float) -> None:
    place, day = StampReader().read([stamped(name, stamp(degrees)) for name in ("checkpoint", "crossing_date")])
    assert (place.text, day.text) == ("ХУДЖАНД ВОКЗАЛ", "16.02.2018")


class Counting(Network):
    """The shipped network, with a count of what it is shown."""

    shown = 0

    def lines(self, strips: Sequence[Gray]) -> list[LineLogits]:
        self.shown += len(strips)
        return super().lines(strips)


def test_fields_in_one_zone_are_shown_once_and_other_stamps_by_themselves() -> None:
    network = Counting()
    reader = StampReader(lambda: network)
    reader.read([stamped("checkpoint", stamp(0.0)), stamped("crossing_date", stamp(0.0))])
    assert network.shown == 4  # the upper line; the lower one, its date and its word
    one, other = reader.read([stamped("checkpoint", stamp(0.0)), stamped("checkpoint", face(LAYOUTS[1], FONT))])
    assert (one.text, other.text) == ("ХУДЖАНД ВОКЗАЛ", "КУЛМА")


def test_an_unstamped_zone_is_empty_and_asks_no_network() -> None:
    def none() -> None:
        raise AssertionError("no network is needed")

    empty = [stamped(name, stamp(0.0) * 0) for name in ("checkpoint", "crossing_date")]
    assert {raw.state for raw in StampReader(none).read(empty)} == {FieldState.EMPTY}  # type: ignore[arg-type]
