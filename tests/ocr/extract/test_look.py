"""The look of handwriting follows what was done to it, and nothing else."""

from __future__ import annotations

from dataclasses import replace

import cv2
import numpy as np
import pytest

from ocr.extract.look import LOOK, card_look
from ocr.extract.reader import Crop, Raw
from ocr.forms.definition import Entry, FieldKind, FieldSpec, Rect
from ocr.reading import FieldState
from tests.ocr.lexicon.written import line

DPI = 200.0
WIDTH, DARKNESS, SOFTNESS, HEIGHT, SLANT, ROUGHNESS, DOUBT, WORST = range(len(LOOK))


def crop(
    pen: int = 4, level: int = 60, tall: int = 40, lean: float = 0.0, blur: float = 0.0, noise: float = 0.0
) -> Crop:
    """Upright strokes and circles on paper of level 230."""
    ink = np.zeros((80, 500), np.uint8)
    for i in range(8):
        x = 30 + 55 * i
        cv2.line(
            ink, (x - round(lean * tall / 2), 40 + tall // 2), (x + round(lean * tall / 2), 40 - tall // 2), 255, pen
        )
        cv2.circle(ink, (x + 25, 40), tall // 4, 255, pen)
    if blur:
        ink = np.asarray(cv2.GaussianBlur(ink, (0, 0), blur), np.uint8)
    paper = 230 + np.random.default_rng(0).normal(0, noise, ink.shape)
    pixels = np.clip(paper + (level - paper) * (ink / 255), 0, 255).astype(np.uint8)
    box = Rect(x=1.5, y=1.5, w=60, h=7)
    spec = FieldSpec(name="a", kind=FieldKind.LINE, box=box, alphabet="cyrillic", label_ru="")
    return Crop(spec, box.grown(1.5), pixels, ink, DPI, ink)


def look(noise: float = 0.0, **how: float) -> tuple[float, ...]:
    raw = Raw(FieldState.READ, "АБВ", 1.0, posteriors=line("АБВГДЕ", noise, np.random.default_rng(1)))
    found = card_look([(crop(**how), raw)] * 4)  # type: ignore[arg-type]
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("number", "how"),
    [
        (WIDTH, {"pen": 7}),
        (DARKNESS, {"level": 30}),
        (SOFTNESS, {"blur": 2.0}),
        (HEIGHT, {"tall": 60}),
        (SLANT, {"lean": 0.6}),
    ],
)
def test_each_number_follows_its_cause_above_all(number: int, how: dict[str, float]) -> None:
    assert look(**how)[number] > look()[number] + 0.1


def test_leaning_left_is_the_opposite_of_leaning_right() -> None:
    assert look(lean=-0.4)[SLANT] < -0.1 < 0.1 < look(lean=0.4)[SLANT]


def test_unclear_readings_raise_the_doubt_alone() -> None:
    clear, unclear = look(), look(noise=0.8)
    assert unclear[DOUBT] > clear[DOUBT] + 0.5
    assert unclear[WORST] > clear[WORST] + 0.5
    assert unclear[:DOUBT] == clear[:DOUBT]


def test_rough_paper_is_seen() -> None:
    raw = Raw(FieldState.READ, "АБВ", 1.0, posteriors=line("АБВ"))
    rough, smooth = (card_look([(crop(noise=n), raw)] * 3) for n in (12.0, 0.0))
    assert rough is not None
    assert smooth is not None
    assert rough[ROUGHNESS] > smooth[ROUGHNESS] + 1


def test_too_little_handwriting_has_no_look() -> None:
    raw = Raw(FieldState.READ, "АБВ", 1.0, posteriors=line("АБВ"))
    stamped = replace(crop(), spec=crop().spec.model_copy(update={"entry": Entry.STAMP}))
    assert card_look([(crop(), raw)] * 2) is None
    assert card_look([(stamped, raw)] * 9) is None
    assert card_look([(crop(), Raw(FieldState.EMPTY, "", 1.0))] * 9) is None


def test_a_doubtful_field_says_nothing_of_the_others() -> None:
    """Bands of a dirty drum over a few fields made all of a card unlike those that were measured."""
    rng = np.random.default_rng(1)
    clear = crop(), Raw(FieldState.READ, "АБВ", 1.0, posteriors=line("АБВГДЕ", 0.0, rng))
    spoilt = crop(pen=12, tall=70), Raw(FieldState.DOUBTFUL, "АБВ", 1.0, posteriors=line("АБВГДЕ", 0.5, rng))
    assert card_look([clear] * 3 + [spoilt] * 4) == card_look([clear] * 3)
    assert card_look([clear] * 2 + [spoilt] * 4) != card_look([clear] * 3)
    assert card_look([spoilt] * 4) is not None
