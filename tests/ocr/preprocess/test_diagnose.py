"""Where no form is found, the reason is one that a person at the scanner can act on."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from fixtures.distractors import other_document
from ocr.forms.artwork import raster
from ocr.forms.definition import load_forms
from ocr.preprocess.background import grey
from ocr.preprocess.diagnose import diagnose
from ocr.preprocess.gates import load_gates
from ocr.preprocess.view import view_of
from ocr.reading import Refusal
from tests.ocr.preprocess.scans import sheet_of

FORMS = load_forms()
FRONTS = [form for form in FORMS if form.fields][:2]
GATES = load_gates()
DPI = 150.0

Image = NDArray[np.float32]


def noisy(image: Image, seed: int, level: float = 2.0) -> NDArray[np.uint8]:
    noise = np.random.default_rng(seed).normal(0, level, image.shape)
    return np.clip(image + noise, 0, 255).astype(np.uint8)


def card(number: int) -> Image:
    return grey(raster(FRONTS[number], DPI)).astype(np.float32)


def reason(pixels: NDArray[np.uint8], dpi: float | None = DPI) -> Refusal:
    return diagnose(view_of(sheet_of(pixels, dpi)), FORMS, GATES)[0]


@pytest.mark.parametrize("number, dpi", [(0, DPI), (1, None)])
def test_blank(number: int, dpi: float | None) -> None:
    assert reason(noisy(np.full_like(card(number), 240), number), dpi) is Refusal.BLANK


def test_blank_paper_on_a_black_ground() -> None:
    page = np.full((700, 1000), 20, np.float32)
    page[60:600, 80:900] = 235
    assert reason(noisy(page, 1)) is Refusal.BLANK


def test_blank_paper_in_black_and_white_with_a_border() -> None:
    """The border amplified is like part of a form; but there is not even faint print."""
    page = np.full((660, 900), 255, np.uint8)
    page[:8] = page[:, :12] = page[-5:] = 0
    assert reason(page) is Refusal.BLANK


@pytest.mark.parametrize("number", [0, 1])
def test_too_dark(number: int) -> None:
    assert reason(noisy(card(number) * 0.1, number, 4)) is Refusal.TOO_DARK


@pytest.mark.parametrize("number, levels", [(0, 4), (1, 8)])
def test_too_faint(number: int, levels: float) -> None:
    assert reason(noisy(250 - (255 - card(number)) * levels / 255, number)) is Refusal.TOO_FAINT


@pytest.mark.parametrize("number, mm", [(0, 1.8), (1, 1.2)])
def test_blurred(number: int, mm: float) -> None:
    assert reason(noisy(cv2.GaussianBlur(card(number), (0, 0), mm * DPI / 25.4), number)) is Refusal.BLURRED


@pytest.mark.parametrize("number, share", [(0, 0.5), (1, 0.8)])
def test_print_that_shows_through_mirrored(number: int, share: float) -> None:
    through = cv2.GaussianBlur(card(number)[:, ::-1], (0, 0), 1.2)
    page = np.rot90(255 - (255 - through) * share)
    assert reason(noisy(np.ascontiguousarray(page), number)) is Refusal.BACK_SIDE


@pytest.mark.parametrize("seed", range(4))
def test_other_documents(seed: int) -> None:
    """Letters, tables and cards of other offices: not taken for our cards, whichever way round."""
    document = other_document(FRONTS[seed % 2].size, DPI, np.random.default_rng(seed))
    assert reason(noisy(grey(document).astype(np.float32), seed)) is Refusal.UNKNOWN_FORM


def test_details_tell_what_was_measured() -> None:
    _, detail = diagnose(view_of(sheet_of(noisy(card(0) * 0.1, 0, 4), DPI)), FORMS, GATES)
    assert detail.startswith("paper_level ")
    _, detail = diagnose(view_of(sheet_of(np.full((600, 900), 255, np.uint8), DPI)), FORMS, GATES)
    assert detail == "ink_percent 0.00"
