from __future__ import annotations

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from ocr.extract.stamp import pieces, rotated, skew, upright, without_frame
from ocr.forms.printed_words import FONTS_DIR

DPI = 200.0


def stamp(degrees: float, *, frame: bool = True) -> NDArray[np.uint8]:
    """A zone of 74 x 12 mm with a stamp, 255 = ink."""
    face = Image.new("L", (420, 72))
    draw = ImageDraw.Draw(face)
    font = ImageFont.truetype(FONTS_DIR / "DejaVuSansCondensed-Bold.ttf", 26)
    draw.text((210, 22), "ХУДЖАНД ВОКЗАЛ", font=font, fill=255, anchor="mm")
    draw.text((20, 52), "16.02.2018", font=font, fill=255, anchor="lm")
    draw.text((400, 52), "ВЫЕЗД", font=font, fill=255, anchor="rm")
    if frame:
        draw.rectangle((2, 2, 417, 69), outline=255, width=3)
    zone = np.zeros((118, 606), np.uint8)
    turned = rotated(np.asarray(face, np.uint8), degrees, 1.0)
    h, w = turned.shape
    top, left = (118 - h) // 2, (606 - w) // 2
    zone[max(0, top) : top + h, left : left + w] = turned[max(0, -top) : max(0, -top) + 118]
    return zone


@pytest.mark.parametrize("degrees", [-6.0, -2.5, 0.0, 1.3, 5.0])
def test_skew_is_found(degrees: float) -> None:
    assert skew(stamp(degrees)) == pytest.approx(degrees, abs=0.5)


def test_positive_turn_is_clockwise_on_the_screen() -> None:
    line = np.zeros((101, 101), np.uint8)
    line[50] = 255
    turned = rotated(line, 10, 1.0)
    left, right = (np.flatnonzero(turned[:, x] > 100).mean() for x in (20, turned.shape[1] - 20))
    assert right > left + 5


@pytest.mark.parametrize("degrees", [-4.0, 0.0, 3.0])
def test_frame_goes_and_type_stays(degrees: float) -> None:
    level = upright(stamp(degrees), DPI)
    plain = upright(stamp(degrees, frame=False), DPI)
    assert (level > 127).sum() == pytest.approx((plain > 127).sum(), rel=0.12)


def test_type_without_a_frame_is_left_alone() -> None:
    bare = stamp(0.0, frame=False)
    assert (without_frame(bare, DPI / 25.4) > 127).sum() > 0.97 * (bare > 127).sum()


def test_lines_and_what_stands_on_them_are_told_apart() -> None:
    found = pieces(upright(stamp(0.0), DPI))
    widths = sorted(part.ink.shape[1] for part in found)
    assert len(found) == 4  # the upper line; the lower one, its date and its word
    assert any(120 < width < 190 for width in widths) and widths[-1] > 330
    assert all(part.ink.shape[0] < 36 for part in found)
    assert [(part.line, part.is_whole) for part in found] == [(0, True), (1, True), (1, False), (1, False)]
    assert found[1].overlaps(found[2]) and not found[2].overlaps(found[3]) and not found[0].overlaps(found[1])


@pytest.mark.parametrize("ink", [np.zeros((94, 594), np.uint8), np.full((20, 30), 255, np.uint8)])
def test_odd_images_come_through(ink: NDArray[np.uint8]) -> None:
    assert all(part.ink.ndim == 2 for part in pieces(upright(ink, DPI)))
    assert upright(np.asarray(cv2.resize(ink, (5, 5)), np.uint8), DPI).ndim == 2


def test_cells_and_lines_between_type_are_no_frame() -> None:
    face = Image.new("L", (560, 104))
    draw = ImageDraw.Draw(face)
    font = ImageFont.truetype(FONTS_DIR / "DejaVuSansCondensed-Bold.ttf", 24)
    draw.text((280, 18), "ОТДЕЛ", font=font, fill=255, anchor="mm")
    bare = np.asarray(face, np.uint8)
    draw.line((140, 38, 420, 38), fill=255, width=3)
    draw.text((280, 60), "08.08.2018", font=font, fill=255, anchor="mm")
    left = without_frame(np.asarray(face, np.uint8), DPI / 25.4)
    assert len({piece.line for piece in pieces(left)}) == 2
    assert (left > 127).sum() > 2 * (bare > 127).sum()
