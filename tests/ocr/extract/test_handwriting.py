from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import cv2
import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFont

from ocr.extract.framing import ROWS, CombStrip, Gray
from ocr.extract.handwriting import IMPOSSIBLE, HandwritingReader
from ocr.extract.network import MODELS, LineLogits, Network, inputs, load_network
from ocr.extract.reader import Crop, Raw
from ocr.forms.artwork import raster
from ocr.geometry import mm_to_pixels
from ocr.lexicon.alphabets import STRUCK, SYMBOLS
from ocr.lexicon.posteriors import BLANK, COLUMN
from ocr.preprocess.crop_zone import crop_size, resample
from ocr.reading import FieldState
from tests.ocr.extract.drawn import DPI, MARGIN, blank, crop_of, crop_to_mm, form

FONT = MODELS.parent / "fonts" / "DejaVuSansCondensed.ttf"
INK = (150, 60, 25)
COMB, LINE = ("revised-departure", "surname"), ("card-2008", "surname")


def _crop(of: tuple[str, str], text: str, height: float = 3.6) -> Crop:
    """A field with text written into it in blue, one letter a box where it has boxes."""
    which = form(of[0])
    spec = which.by_name[of[1]]
    rect = spec.box.grown(MARGIN)
    to_raster = mm_to_pixels(2 * DPI) @ crop_to_mm(rect, DPI)
    page = resample(raster(which, 2 * DPI, None), to_raster, crop_size(rect, DPI))
    scale = DPI / 25.4
    image = Image.fromarray(page)
    pen = ImageDraw.Draw(image)
    font = ImageFont.truetype(FONT, round(height * scale / 0.73))
    base = (spec.box.bottom - rect.y - 1.2) * scale
    for i, character in enumerate(text):
        if spec.cells:
            pen.text(
                ((MARGIN + (i + 0.5) * spec.box.w / spec.cells) * scale, base), character, (150, 60, 25), font, "ms"
            )
    if not spec.cells:
        pen.text(((MARGIN + 2) * scale, base), text, INK, font, "ls")
    return crop_of(spec, rect, np.asarray(image, np.uint8), blank(*of))


class Scripted(Network):
    """A network that answers what the test says: one answer for each cell shown, or steps along a line."""

    def __init__(self, cells: str = "", line: Sequence[str] = (), kind: int = 0) -> None:
        self.version = "scripted"
        self._answers, self._steps, self._kind = cells, line, kind

    def combs(self, combs: Sequence[CombStrip]) -> list[Any]:
        assert [len(comb.edges) - 1 for comb in combs] == [len(self._answers)]
        return [np.stack([_peak(c) for c in self._answers])]

    def lines(self, strips: Sequence[Gray]) -> list[LineLogits]:
        kind = np.zeros(3, np.float32)
        kind[self._kind] = 5
        return [LineLogits(np.stack([_peak(c) for c in self._steps]), kind) for _ in strips]


def _peak(character: str) -> Any:
    logits = np.zeros(1 + len(SYMBOLS), np.float32)
    logits[BLANK if character == "_" else COLUMN[character]] = 12
    return logits


def _read(crop: Crop, network: Network) -> Raw:
    return HandwritingReader(lambda: network).read([crop])[0]


def test_an_empty_field_needs_no_network() -> None:
    for of in (COMB, LINE):
        raw = HandwritingReader(lambda: pytest.fail("asked")).read([_crop(of, "")])[0]
        assert (raw.state, raw.text, raw.posteriors) == (FieldState.EMPTY, "", None)


def test_boxes_keep_their_places_and_every_step_sums_to_one() -> None:
    raw = _read(_crop(COMB, "РА ЕВ"), Scripted(cells="РА_ЕВ"))
    cells = form(COMB[0]).by_name[COMB[1]].cells
    assert raw.text == "РА ЕВ"
    assert raw.state is FieldState.READ
    assert raw.posteriors is not None
    assert raw.posteriors.logp.shape == (2 * (cells or 0) + 1, 1 + len(SYMBOLS))
    assert np.allclose(np.exp(raw.posteriors.logp.astype(np.float64)).sum(axis=1), 1, atol=1e-4)
    assert raw.posteriors.logp[1].argmax() == COLUMN["Р"]
    assert raw.posteriors.logp[5].argmax() == BLANK


def test_what_looks_like_no_letter_behind_a_long_gap_is_left_out() -> None:
    class Unsure(Scripted):
        def combs(self, combs: Sequence[CombStrip]) -> list[Any]:
            (logits,) = super().combs(combs)
            logits[-2:] *= 0.3
            return [logits]

    crop = _crop(COMB, "РАЕВ    ЖЩ")
    assert _read(crop, Unsure(cells="РАЕВ____ЖЩ")).text == "РАЕВ"
    assert _read(crop, Scripted(cells="РАЕВ____ЖЩ")).text == "РАЕВ    ЖЩ"


def test_a_slanting_one_is_no_slash_in_a_box() -> None:
    raw = _read(_crop(("revised-departure", "birth_date"), "11"), Scripted(cells="/1"))
    assert raw.posteriors is not None
    assert raw.posteriors.logp[1, COLUMN["/"]] == IMPOSSIBLE


def test_characters_outside_the_fields_alphabet_are_impossible() -> None:
    raw = _read(_crop(("revised-departure", "birth_date"), "01"), Scripted(cells="О1"))
    assert raw.posteriors is not None
    assert raw.posteriors.logp[1, COLUMN["О"]] == IMPOSSIBLE
    assert raw.text[-1] == "1"


def test_a_box_struck_out_may_hold_any_letter() -> None:
    raw = _read(_crop(COMB, "РАЕВ"), Scripted(cells="Р#ЕВ"))
    assert raw.state is FieldState.CORRECTED
    assert raw.posteriors is not None
    odds = raw.posteriors.logp[3]
    assert odds[COLUMN[STRUCK]] == IMPOSSIBLE
    assert odds[COLUMN["А"]] == pytest.approx(odds[COLUMN["Я"]], abs=1e-3)
    assert odds[COLUMN["А"]] > odds[BLANK] + 3


def test_a_letter_above_the_boxes_puts_right_what_looks_sure() -> None:
    crop = _crop(COMB, "РАЕВ")
    cv2.line(crop.ink, (70, 0), (82, 5), 255, 4)
    raw = _read(crop, Scripted(cells="РАЕВ"))
    assert (raw.state, raw.text) == (FieldState.CORRECTED, "РАЕВ")


def test_a_line_joins_equal_neighbours() -> None:
    raw = _read(_crop(LINE, "АННА"), Scripted(line="_АА_Н_ННА_"))
    assert (raw.state, raw.text) == (FieldState.READ, "АННА")


def test_what_was_struck_before_the_answer_is_said() -> None:
    raw = _read(_crop(LINE, "АЛИ"), Scripted(line="##_А_Л_И"))
    assert (raw.state, raw.text) == (FieldState.CORRECTED, "АЛИ")


def test_a_scribble_is_not_read() -> None:
    raw = _read(_crop(LINE, "ШШШ"), Scripted(line="_##_", kind=2))
    assert (raw.state, raw.text) == (FieldState.UNREAD, "")


def test_type_is_read_and_doubtful() -> None:
    network = Scripted(line="_А_", kind=1)
    raws = HandwritingReader(lambda: network).read([_crop(LINE, "КАРИМОВ"), _crop(LINE, "")])
    assert [(raw.text, raw.state) for raw in raws] == [("А", FieldState.DOUBTFUL), ("", FieldState.EMPTY)]


@pytest.mark.parametrize("text", ["КАРИМОВ", "ШАРИПОВА"])
def test_the_shipped_network_reads_plain_capitals_in_boxes(text: str) -> None:
    assert _read(_crop(COMB, text), load_network()).text == text


def test_dates_in_boxes_are_read() -> None:
    crop = _crop(("revised-departure", "birth_date"), "27061985")
    assert _read(crop, load_network()).text == "27061985"


def test_a_printed_line_is_known_for_type() -> None:
    raw = _read(_crop(LINE, "Абдурахмонов", 2.6), load_network())
    assert (raw.text, raw.state) == ("АБДУРАХМОНОВ", FieldState.DOUBTFUL)


def test_lines_read_together_come_out_as_alone() -> None:
    network = load_network()
    strips = [np.zeros((ROWS, w), np.uint8) for w in (40, 44, 47)]
    for strip in strips:
        cv2.putText(strip, "12", (4, 24), cv2.FONT_HERSHEY_SIMPLEX, 0.6, 255, 2)
    for alone, together in zip((network.lines([s])[0] for s in strips), network.lines(strips), strict=True):
        assert np.array_equal(alone.characters, together.characters)


def test_combs_read_together_come_out_as_alone() -> None:
    network, rng = load_network(), np.random.default_rng(4)
    combs = [
        CombStrip(rng.integers(0, 256, (ROWS, 24 * n + 8)).astype(np.uint8), 0, tuple(4.0 + 24 * np.arange(n + 1)))
        for n in (1, 5, 9)
    ]
    for comb, together in zip(combs, network.combs(combs), strict=True):
        assert together.shape == (len(comb.edges) - 1, 1 + len(SYMBOLS))
        assert np.array_equal(network.combs([comb])[0], together)


@pytest.mark.parametrize("width", [1, 4, 33, 640])
def test_strips_are_filled_up_with_paper(width: int) -> None:
    shown = inputs(np.full((ROWS, width), 255, np.uint8))
    strips, cells = shown["strips"], shown["windows"]
    assert strips.shape == (1, 1, ROWS, -(-width // 4) * 4) and strips.dtype == np.float32
    assert cells.shape[2] * 4 == strips.shape[3]
    assert (strips[..., :width] == 1).all() and not strips[..., width:].any()
