from __future__ import annotations

import cv2
import numpy as np

from ocr.extract.reader import Crop
from ocr.extract.zone import belonging, is_written_above, overflows, together
from tests.ocr.extract.drawn import DPI, MARGIN, form

SPEC = form("revised-departure").by_name["surname"]
RECT = SPEC.box.grown(MARGIN)
SCALE = DPI / 25.4


def _crop() -> Crop:
    size = (round(RECT.h * SCALE), round(RECT.w * SCALE))
    return Crop(SPEC, RECT, np.full(size, 255, np.uint8), np.zeros(size, np.uint8), DPI, np.zeros(size, np.uint8))


def _at(x: float, y: float) -> tuple[int, int]:
    """Pixel of a place in millimetres from the box's corner."""
    return round((SPEC.box.x - RECT.x + x) * SCALE), round((SPEC.box.y - RECT.y + y) * SCALE)


def test_ends_of_neighbouring_writing_are_dropped_and_tails_kept() -> None:
    crop = _crop()
    ink = np.zeros(crop.ink.shape, np.uint8)
    cv2.line(ink, _at(10, 2), _at(10, SPEC.box.h + 1.2), 255, 3)
    own = ink.copy()
    cv2.line(ink, _at(30, -1.4), _at(31, -0.5), 255, 3)
    assert np.array_equal(belonging(ink, crop), own)


def test_a_letter_written_above_the_boxes_is_noticed_and_the_mark_over_one_is_not() -> None:
    crop = _crop()
    cv2.putText(crop.ink, "7", _at(20, SPEC.box.h - 1), cv2.FONT_HERSHEY_SIMPLEX, 1.2, 255, 3)
    cv2.line(crop.ink, _at(31, -0.9), _at(31.8, -0.9), 255, 2)
    assert not is_written_above(belonging(crop.ink, crop), crop)
    cv2.line(crop.ink, _at(21, -1.4), _at(23, -0.7), 255, 3)
    assert is_written_above(belonging(crop.ink, crop), crop)


def test_writing_behind_the_last_box_is_noticed() -> None:
    crop = _crop()
    ink = np.zeros(crop.ink.shape, np.uint8)
    cv2.rectangle(ink, _at(90, 1), _at(95, 5), 255, 3)
    assert not overflows(ink, crop)
    cv2.line(ink, _at(SPEC.box.w + 0.8, 1), _at(SPEC.box.w + 0.9, 5), 255, 5)
    assert overflows(ink, crop)


def test_little_ink_far_from_the_writing_is_dropped() -> None:
    crop = _crop()
    ink = np.zeros(crop.ink.shape, np.uint8)
    for x in range(4, 30, 5):
        cv2.rectangle(ink, _at(x, 1), _at(x + 3, 5), 255, 3)
    cv2.rectangle(ink, _at(36, 1), _at(39, 5), 255, 3)  # a word of one letter, near enough
    own = ink.copy()
    cv2.line(ink, _at(80, 2), _at(82, 3), 255, 3)
    assert np.array_equal(together(ink, DPI), own)


def test_two_words_far_apart_both_stay() -> None:
    crop = _crop()
    ink = np.zeros(crop.ink.shape, np.uint8)
    for x in (4, 9, 14, 60, 65, 70):
        cv2.rectangle(ink, _at(x, 1), _at(x + 3, 5), 255, 3)
    assert np.array_equal(together(ink, DPI), ink)
    assert not together(np.zeros_like(ink), DPI).any()
