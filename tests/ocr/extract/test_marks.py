from __future__ import annotations

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ocr.extract.mark_features import Features
from ocr.extract.marks import MarksReader, judge
from ocr.extract.reader import Raw
from ocr.extract.unlike import left_to_people
from ocr.reading import FieldState
from tests.ocr.extract.drawn import (
    BLACK,
    BLUE,
    DPI,
    FAINT,
    Scene,
    Stroke,
    blank,
    crop_of,
    cross,
    draw,
    filled,
    ring,
    tick,
)

NEW, OLD = "revised-departure", "card-2008"
MODES = ["colour", "grey", "bitonal"]


def _read(form: str, field: str, strokes: list[Stroke], scene: Scene | None = None) -> Raw:
    crop, _ = draw(form, field, strokes, scene or Scene())
    return MarksReader().read([crop])[0]


# Boxes of `purpose`: 4 x 4 mm; first row at y 139.4, second at 145.2; "2" at x 35, "8" below it.
MARKS = {
    "cross": cross(35.5, 139.9),
    "tick": tick(35.4, 140.0),
    "slash": [[(35.3, 143.0), (38.7, 139.8)]],
    "filled": filled(35.5, 139.9, 3.0, 3.0),
    "dot": filled(36.3, 140.7, 1.3, 1.3),
    "level dash": [[(35.4, 141.4), (38.6, 141.5)]],
    "small v": [[(36.0, 140.8), (36.8, 142.4), (38.0, 140.3)]],
    "plus": [[(37.0, 139.8), (37.0, 143.0)], [(35.4, 141.4), (38.6, 141.4)]],
    "long tail to the right": [[(35.4, 141.4), (36.5, 143.0), (43.5, 139.2)]],
    "ring around the box": ring(34.2, 138.6, 5.6, 5.6),
}


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("style", [s for s in MARKS if s != "ring around the box"])
def test_every_way_to_mark_a_box(style: str, mode: str) -> None:
    raw = _read(NEW, "purpose", MARKS[style], Scene(mode=mode, shift_mm=(0.1, -0.08)))
    assert (raw.state, raw.text) == (FieldState.READ, "2")
    assert raw.score > 0.8


@pytest.mark.parametrize("pen", [BLUE, BLACK, FAINT])
def test_every_pen(pen: tuple[int, int, int]) -> None:
    assert _read(NEW, "sex", tick(119.4, 52.9), Scene(pen=pen, noise=4)).text == "F"


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("place", [(NEW, "sector"), (OLD, "education"), (OLD, "sex")])
def test_nothing_marked(place: tuple[str, str], mode: str) -> None:
    raw = _read(*place, [], Scene(mode=mode, shift_mm=(0.08, 0.08), noise=4))
    assert (raw.state, raw.text) == (FieldState.EMPTY, "")
    assert raw.score > 0.9


def test_a_tail_swinging_into_the_box_above_does_not_count_there() -> None:
    raw = _read(NEW, "purpose", [[(35.4, 147.0), (36.4, 149.0), (38.6, 142.0)]])  # "8", up into "2"
    assert raw.text == "8"


def test_a_ring_around_a_box_is_left_to_people() -> None:
    assert _read(NEW, "purpose", MARKS["ring around the box"]).state is FieldState.DOUBTFUL


def test_a_resting_pen_is_no_mark_beside_a_cross() -> None:
    raw = _read(NEW, "purpose", [*cross(61.5, 139.9), [(37.0, 141.3), (37.2, 141.4)]])
    assert (raw.state, raw.text) == (FieldState.READ, "3")


@pytest.mark.parametrize("mode", MODES)
def test_a_blackened_box_beside_a_cross_was_taken_back(mode: str) -> None:
    strokes = [*cross(35.5, 139.9), *filled(34.8, 139.3, 4.4, 4.4), *cross(61.5, 139.9)]
    raw = _read(NEW, "purpose", strokes, Scene(mode=mode))
    assert (raw.state, raw.text) == (FieldState.CORRECTED, "3")


def test_two_blackened_boxes_are_doubtful() -> None:
    raw = _read(NEW, "sex", [*filled(99.4, 52.8, 3.2, 3.2), *filled(119.3, 52.7, 3.4, 3.4)])
    assert raw.state is FieldState.DOUBTFUL


BLACKENINGS = {
    "lines close together": filled(34.9, 139.3, 4.2, 4.2),
    "hatching": [[(34.8, 139.3 + r), (39.2, 138.8 + r)] for r in np.arange(0.2, 4.8, 0.5)],
    "loops": [s for r in (0.4, 0.8, 1.2, 1.6, 2.0, 2.3) for s in ring(37.0 - r, 141.4 - r, 2 * r, 2 * r)],
}


@pytest.mark.parametrize("mode", ["colour", "grey"])
@pytest.mark.parametrize("pale", [0.2, 0.35])
@pytest.mark.parametrize("how", BLACKENINGS)
def test_a_pale_tick_beside_a_blackened_box_is_not_overlooked(how: str, pale: float, mode: str) -> None:
    """The black box set the pen's level, the tick vanished, and the box that was taken back was accepted."""
    crop, _ = draw(NEW, "purpose", BLACKENINGS[how], Scene(BLACK, mode=mode))
    faint = tuple(round(255 - pale * (255 - c)) for c in BLACK)
    ticked, _ = draw(NEW, "purpose", tick(61.4, 140.0), Scene((faint[0], faint[1], faint[2]), mode=mode))
    both = crop_of(crop.spec, crop.rect, np.minimum(crop.pixels, ticked.pixels), blank(NEW, "purpose"))
    raw = MarksReader().read([both])[0]
    assert (raw.state, raw.text) == (FieldState.DOUBTFUL, "3")


def test_a_blackened_box_on_a_card_of_ticks_may_have_been_taken_back() -> None:
    places = {"sex": tick(119.4, 52.9), "purpose": filled(34.9, 139.3, 4.2, 4.2)}
    crops = [draw(NEW, name, strokes)[0] for name, strokes in places.items()]
    assert [raw.state for raw in MarksReader().read(crops)] == [FieldState.READ, FieldState.DOUBTFUL]


def test_who_blackens_boxes_throughout_answers_so() -> None:
    places = {"sex": filled(119.4, 52.7, 3.4, 3.4), "purpose": filled(35.3, 139.7, 3.4, 3.4)}
    crops = [draw(NEW, name, strokes)[0] for name, strokes in places.items()]
    assert {raw.state for raw in MarksReader().read(crops)} == {FieldState.READ}


@pytest.mark.parametrize(("answers", "state"), [(4, FieldState.READ), (3, FieldState.DOUBTFUL)])
def test_one_trace_beside_a_blackened_box_is_not_held_against_many(answers: int, state: FieldState) -> None:
    """A stroke that swung over, seen because a fax lost the rest, left eight blackened answers to people."""
    names = ("sex", "education", "marital_status", "sector", "purpose")[-answers - 1 :]
    boxes = {name: [option.box for option in draw(NEW, name, [])[0].spec.options] for name in names}
    places = {name: filled(own[0].x + 0.6, own[0].y + 0.6, 3.4, 3.4) for name, own in boxes.items()}
    crops = [draw(NEW, name, strokes, Scene(BLACK))[0] for name, strokes in places.items()]
    beside, _ = draw(
        NEW, "purpose", tick(boxes["purpose"][1].x + 0.9, boxes["purpose"][1].y + 1.1), Scene((190, 190, 190))
    )
    pixels = np.minimum(crops[-1].pixels, beside.pixels)
    crops[-1] = crop_of(crops[-1].spec, crops[-1].rect, pixels, blank(NEW, "purpose"))
    *others, last = MarksReader().read(crops)
    assert last.state is FieldState.DOUBTFUL
    assert {raw.state for raw in others} == {state}


def test_a_stain_in_a_box_is_no_mark_beside_darker_ones() -> None:
    """A soft spot in an empty field's box was accepted as its answer."""
    names = ("sex", "education", "marital_status", "sector")
    boxes = {name: draw(NEW, name, [])[0].spec.options[0].box for name in names}
    crops = [draw(NEW, name, tick(box.x + 0.9, box.y + 1.1), Scene(BLACK))[0] for name, box in boxes.items()]
    clean, _ = draw(NEW, "purpose", [])
    box, scale = clean.spec.options[3].box, DPI / 25.4
    spot = np.zeros(clean.pixels.shape[:2], np.float32)
    centre = (round((box.x + 2.2 - clean.rect.x) * scale), round((box.y + 2.6 - clean.rect.y) * scale))
    cv2.ellipse(spot, centre, (6, 9), 20, 0, 360, (1.0,), -1)
    shade = (1 - 0.3 * cv2.GaussianBlur(spot, (0, 0), 1.5))[..., None]
    stained = crop_of(clean.spec, clean.rect, (clean.pixels * shade).astype(np.uint8), blank(NEW, "purpose"))
    *ticked, spotted = MarksReader().read([*crops, stained])
    assert {raw.state for raw in ticked} == {FieldState.READ}
    assert MarksReader().read([stained])[0].state is FieldState.READ
    assert spotted.state is FieldState.DOUBTFUL


@given(period=st.floats(0.7, 5), angle=st.floats(0, np.pi), phase=st.floats(0, 6), depth=st.floats(0.05, 0.4))
@settings(max_examples=40, deadline=None)
def test_moire_is_no_mark(period: float, angle: float, phase: float, depth: float) -> None:
    """Stripes of a halftone under the scanner's grid lay in two boxes and were accepted as ticks."""
    crops = []
    for name in ("sex", "purpose", "sector"):
        crop, _ = draw(NEW, name, [])
        y, x = np.indices(crop.pixels.shape[:2]) / DPI * 25.4
        wave = np.sin(2 * np.pi * (x * np.cos(angle) + y * np.sin(angle)) / period + phase)
        pixels = (crop.pixels * (1 - depth * np.maximum(wave, 0))[..., None]).astype(np.uint8)
        crops.append(crop_of(crop.spec, crop.rect, pixels, blank(NEW, name)))
    for crop, raw in zip(crops, MarksReader().read(crops), strict=True):
        assert left_to_people(crop, raw).state is not FieldState.READ


@pytest.mark.parametrize("field", ["purpose", "sector"])
def test_a_tick_on_a_card_of_moire_is_never_another(field: str) -> None:
    crop, _ = draw(NEW, field, [])
    first = crop.spec.options[1].box
    crop, _ = draw(NEW, field, tick(first.x + 0.4, first.y + 0.5), Scene(BLACK))
    wave = np.sin(np.indices(crop.pixels.shape[:2]).sum(axis=0) / 9)
    pixels = (crop.pixels * (1 - 0.15 * np.maximum(wave, 0))[..., None]).astype(np.uint8)
    raw = MarksReader().read([crop_of(crop.spec, crop.rect, pixels, blank(NEW, field))])[0]
    assert raw.text == crop.spec.options[1].code or raw.state is FieldState.DOUBTFUL


def test_two_crosses_are_both_read_with_little_certainty() -> None:
    raw = _read(NEW, "sex", [*cross(99.5, 52.9), *cross(119.5, 52.9)])
    assert (raw.state, raw.text) == (FieldState.READ, "M|F")
    assert raw.score <= 0.5


# Words of `purpose` on the old card: boxes 4.6 mm high at y 75, "2" from x 55 to 76.
WORDS = {
    "ring": ring(56.0, 74.6, 19.0, 5.2),
    "underline": [[(58.0, 79.4), (73.0, 79.5)]],
    "tick": tick(57.0, 75.4, 4.0),
    "cross": cross(60.0, 75.3, 4.0),
    "struck": [[(57.0, 77.6), (74.5, 77.3)]],
    "tick before the word": tick(55.3, 75.6, 3.2),
}


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("style", WORDS)
def test_every_way_to_mark_a_word(style: str, mode: str) -> None:
    raw = _read(OLD, "purpose", WORDS[style], Scene(mode=mode, shift_mm=(-0.1, 0.15)))
    assert raw.text == "2"
    assert raw.state in (FieldState.READ, FieldState.DOUBTFUL)
    if style != "struck":
        assert raw.state is FieldState.READ


def test_writing_on_the_line_below_is_no_mark() -> None:
    raw = _read(OLD, "purpose", [[(60.0, 81.2), (61.0, 80.4), (62.0, 81.3)], *cross(80.0, 75.3, 4.0)])
    assert (raw.state, raw.text) == (FieldState.READ, "3")


def test_a_stamp_across_the_field_makes_it_less_certain() -> None:
    stamp = [*ring(10.0, 134.0, 22.0, 22.0), *ring(13.0, 137.0, 16.0, 16.0)]
    calm, stamped = _read(NEW, "purpose", MARKS["cross"]), _read(NEW, "purpose", [*MARKS["cross"], *stamp])
    assert stamped.score < 0.8 * calm.score


INKS = st.lists(st.floats(0, 12), min_size=1, max_size=10)


@given(INKS, st.floats(0, 50), st.floats(-1, 20), st.booleans(), st.booleans())
@settings(max_examples=200)
def test_judgement_is_sound_for_any_ink(
    inks: list[float], clutter: float, trace: float, words: bool, many: bool
) -> None:
    features = [Features(ink, 0.0, min(1.0, ink / 10), words, trace) for ink in inks]
    verdict = judge(features, clutter, many=many)
    assert 0 <= verdict.score <= 1
    assert list(verdict.marked) == sorted(set(verdict.marked))
    assert (verdict.state is FieldState.EMPTY) <= (verdict.marked == ())
    assert judge(features, clutter + 10, many=many).score <= verdict.score


@given(st.floats(1.2, 8))
def test_more_ink_is_never_less_certain(ink: float) -> None:
    less, more = (
        judge([Features(i, 0.0, 0.2, False, 9.0), Features(0.0, 0.0, 0.0, False, 0.0)], 0.0) for i in (ink, ink + 1)
    )
    assert less.marked == more.marked == (0,)
    assert less.score <= more.score
