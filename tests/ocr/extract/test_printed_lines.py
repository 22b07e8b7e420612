"""A comb whose printed lines are not as drawn: beside their place, wider, darker, paler."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from ocr.extract.ink import beyond_print, field_ink
from ocr.extract.printed import printed
from ocr.extract.printed_lines import printed_lines
from tests.ocr.extract.drawn import DPI, Stroke

Gray = NDArray[np.uint8]
SCALE = DPI / 25.4
CELLS, CELL, HIGH, LEFT, TOP = 8, 5.5, 6.5, 4.0, 4.0
SIZE = round((2 * TOP + HIGH) * SCALE), round((2 * LEFT + CELLS * CELL) * SCALE)
FINE = 8
LINES = [
    *([(LEFT, y), (LEFT + CELLS * CELL, y)] for y in (TOP, TOP + HIGH)),
    *([(LEFT + i * CELL, TOP), (LEFT + i * CELL, TOP + HIGH)] for i in range(CELLS + 1)),
]
LETTERS: list[Stroke] = [
    [(5.2, 9.4), (6.4, 5.0), (7.8, 9.5)],
    [(10.6, 5.2), (13.9, 9.2)],
    [(16.0, 9.3), (16.3, 5.1), (18.9, 5.4), (18.8, 9.4)],
    [(20.2, 7.2), (26.6, 7.4)],  # crosses a line
    [(28.0, 5.2), (29.4, 12.0)],  # crosses the lower line
]


def _darkness(strokes: list[Stroke], width: float, dark: int, shift: tuple[float, float] = (0.0, 0.0)) -> Gray:
    """Strokes in millimetres as a scanner sees them, uint8 (h, w), 255 = black."""
    fine = np.zeros((SIZE[0] * FINE, SIZE[1] * FINE), np.uint8)
    for stroke in strokes:
        points = np.round((np.array(stroke) + shift) * SCALE * FINE).astype(np.int32)
        cv2.polylines(fine, [points.reshape(-1, 1, 2)], False, dark, max(1, round(width * SCALE * FINE)))
    return np.asarray(cv2.resize(fine, SIZE[::-1], interpolation=cv2.INTER_AREA), np.uint8)


ART = _darkness(LINES, 0.2, 150)
FORM = printed(np.asarray(255 - ART, np.uint8), DPI)


def _left(line: Gray, pen: Gray) -> tuple[Gray, float]:
    """Recovered ink, and the share of lines that lie elsewhere, of print and pen on grained paper."""
    page = np.maximum(line, pen) + np.random.default_rng(3).normal(0, 3, SIZE)
    dark = cv2.GaussianBlur(np.clip(page, 0, 255).astype(np.uint8), (0, 0), 0.5)
    seen = beyond_print(np.asarray(dark, np.uint8), FORM, DPI)
    window = slice(0, SIZE[0]), slice(0, SIZE[1])
    return field_ink(seen.ink, seen.hidden, FORM.fringe, DPI), seen.lines_elsewhere(window)


def _share(found: Gray, truth: Gray) -> tuple[float, float]:
    """Share of the true ink found, and ink elsewhere as a share of it."""
    inked, true = found > 110, truth > 127
    near = cv2.dilate(true.astype(np.uint8), np.ones((5, 5), np.uint8)) > 0
    return float((inked & true).sum() / true.sum()), float((inked & ~near).sum() / true.sum())


def test_every_line_of_a_comb_is_found() -> None:
    lines = printed_lines(ART, DPI)
    assert lines.upright.sum() == CELLS + 1
    assert (~lines.upright).sum() == 2 * round(CELLS * CELL / 6.0)
    assert lines.width == pytest.approx(0.2 * SCALE, abs=1)


OFF = st.floats(-0.4, 0.4)


@given(dx=OFF, dy=OFF, width=st.floats(0.12, 0.45), dark=st.integers(60, 235))
@settings(max_examples=60, deadline=None)
def test_lines_beside_their_place_wider_darker_or_paler_go_and_letters_stay(
    dx: float, dy: float, width: float, dark: int
) -> None:
    pen = _darkness(LETTERS, 0.45, 215)
    kept, left = _share(_left(_darkness(LINES, width, dark, (dx, dy)), pen)[0], pen)
    assert kept > 0.85
    assert left < 0.07


@given(away=st.floats(0.5, 1.2), lean=st.floats(-0.5, 0.5), cell=st.integers(1, CELLS - 1), dx=st.floats(-0.1, 0.1))
@settings(max_examples=60, deadline=None)
def test_a_figure_one_beside_a_line_stays(away: float, lean: float, cell: int, dx: float) -> None:
    x = LEFT + cell * CELL + away + max(0.0, lean, -lean)
    pen = _darkness([[(x + lean, TOP + 1.2), (x - lean, TOP + 5.4)]], 0.4, 215)
    assert _share(_left(_darkness(LINES, 0.2, 150, (dx, 0.0)), pen)[0], pen)[0] > 0.85


@given(lean=st.floats(0.45, 1.5), cell=st.integers(1, CELLS - 1), sign=st.sampled_from([-1, 1]))
@settings(max_examples=30, deadline=None)
def test_a_figure_one_across_a_line_stays(lean: float, cell: int, sign: int) -> None:
    x = LEFT + cell * CELL
    pen = _darkness([[(x - sign * lean, TOP + 0.8), (x + sign * lean, TOP + 5.4)]], 0.45, 215)
    assert _share(_left(_darkness(LINES, 0.2, 150), pen)[0], pen)[0] > 0.6


@given(away=st.floats(0.9, 1.8), angle=st.floats(0.3, 1.2))
@settings(max_examples=30, deadline=None)
def test_a_comb_that_lies_elsewhere_is_told(away: float, angle: float) -> None:
    shift = away * np.cos(angle), away * np.sin(angle)
    line = _darkness(LINES, 0.2, 150, shift)
    assert _left(line, _darkness(LETTERS, 0.45, 215))[1] > 0.3


@pytest.mark.parametrize("dark", [40, 150])
def test_writing_is_no_line_that_lies_elsewhere(dark: int) -> None:
    ones: list[Stroke] = [[(LEFT + (i + 0.5) * CELL, 5.0), (LEFT + (i + 0.5) * CELL, 9.8)] for i in range(CELLS)]
    assert _left(_darkness(LINES, 0.2, dark), _darkness(ones, 0.4, 215))[1] == (
        0 if dark else pytest.approx(0, abs=0.3)
    )


def test_a_blackened_cell_is_no_wide_line() -> None:
    x, y = LEFT + 2 * CELL, TOP
    pen = _darkness(
        [[(x + 0.1, y + 0.1 + r), (x + CELL - 0.1, y + 0.1 + r)] for r in np.arange(0, HIGH, 0.3)], 0.5, 215
    )
    assert _share(_left(_darkness(LINES, 0.2, 150), pen)[0], pen)[0] > 0.85
