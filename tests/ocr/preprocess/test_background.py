"""Darkness is measured against the paper around."""

from __future__ import annotations

import numpy as np
import pytest

from ocr.preprocess.background import darkness, grey


def card(paper: float) -> np.ndarray:
    """Paper of one level with strokes three pixels wide that reflect half of its light."""
    image = np.full((120, 160), float(paper))
    image[20:100:16, 20:140] *= 0.5
    image[21:101:16, 20:140] *= 0.5
    image[22:102:16, 20:140] *= 0.5
    return image


@pytest.mark.parametrize("paper", [90, 160, 250])
def test_same_print_on_darker_paper_is_as_dark(paper: float) -> None:
    dark = darkness(card(paper).astype(np.uint8), 24)
    assert dark[21:101:16, 40:120].mean() == pytest.approx(0.5, abs=0.02)
    assert dark[29:93:16, 40:120].max() < 0.02


def test_uneven_light_cancels() -> None:
    ramp = np.linspace(0.75, 1, 160)
    dark = darkness((card(250) * ramp).astype(np.uint8), 24)
    assert dark[21:101:16, 30:130].mean() == pytest.approx(0.5, abs=0.05)
    assert dark[29:93:16, 30:130].mean() < 0.06


def test_black_is_1_and_paper_0() -> None:
    image = np.full((60, 60), 200, np.uint8)
    image[30, 10:50] = 0
    dark = darkness(image, 12)
    assert dark.dtype == np.float32
    assert dark[30, 30] == 1
    assert dark[5, 5] == 0


def test_grey_of_colour_and_of_grey() -> None:
    page = np.zeros((4, 5, 3), np.uint8)
    page[..., 1] = 255
    assert grey(page).shape == (4, 5)
    assert 140 < grey(page)[0, 0] < 160
    assert grey(page[..., 0]) is not None and grey(grey(page)).shape == (4, 5)
