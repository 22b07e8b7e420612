"""Training samples of lines on rubber stamps: type worn, unevenly inked and a little askew."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

import cv2
import numpy as np
from numpy.random import Generator

from fixtures.fontglyphs import FontFamily
from fixtures.handwriting import Mask, inked
from fixtures.pens import FontPen, Style
from learning.sample import CYRILLIC, DATE, TEXT
from ocr.lexicon.normalise import plain
from training.hands import font_pen
from training.texts import dictionary, target

_FORMATS = ("%d.%m.%Y", "%d.%m.%Y", "%d.%m.%Y", "%d.%m.%y", "%d %m %Y", "%d-%m-%Y", "%d/%m/%y", "- %d -%m- %Y",
            "%d -%m- %Y")  # fmt: skip
_MONTHS = ("ЯНВ", "ФЕВ", "МАР", "АПР", "МАЙ", "ИЮН", "ИЮЛ", "АВГ", "СЕН", "ОКТ", "НОЯ", "ДЕК")
_LONG_MONTHS = ("ЯНВАРЯ", "ФЕВРАЛЯ", "МАРТА", "АПРЕЛЯ", "МАЯ", "ИЮНЯ",
                "ИЮЛЯ", "АВГУСТА", "СЕНТЯБРЯ", "ОКТЯБРЯ", "НОЯБРЯ", "ДЕКАБРЯ")  # fmt: skip


def stamped_line(types: Sequence[FontFamily], height: int, rng: Generator) -> tuple[Mask, str, int]:
    """One line of a stamp: a date, or words.

    Parameters
    ----------
    types
        Typefaces.
    height
        Of its capitals, in pixels.

    Returns
    -------
    ndarray, str, int
        uint8 (h, w), 255 = ink; what stands there; index of its alphabet.
    """
    written, alphabet = _date(rng) if rng.random() < 0.65 else _name(rng)
    style = Style(0.7, 0.0, rng.uniform(0.75, 1.15), 0.1, 0.1, 0.0, 0.0)
    pen = font_pen(types, written, style, rng)
    if pen is None:
        raise ValueError(f"no typeface has all characters of {written!r}")
    ink = pen.draw(written, height, rng) if rng.random() < 0.75 else _banded(pen, written, height, rng)
    ink = inked(ink, height * rng.uniform(0.07, 0.26), rng)
    ink = _turned(_framed(ink, height, rng), rng)
    for share, fault in ((0.75, _worn), (0.6, _uneven), (0.4, _bled)):
        if rng.random() < share:
            ink = fault(ink, height, rng)
    return ink, target(written), alphabet


def _date(rng: Generator) -> tuple[str, int]:
    day = date(1995, 1, 1) + timedelta(int(rng.integers(13_000)))
    chance = rng.random()
    if chance < 0.22:
        months = _MONTHS if chance < 0.15 else _LONG_MONTHS
        return f"{day.day:02d} {months[day.month - 1]} {day.year}", TEXT
    written = day.strftime(_FORMATS[int(rng.integers(len(_FORMATS)))])
    return (written.replace("0", " ", 1) if rng.random() < 0.15 else written).strip(), DATE


def _name(rng: Generator) -> tuple[str, int]:
    words = dictionary()
    return plain(words[int(rng.integers(len(words)))]).upper()[:24], CYRILLIC


def _banded(pen: FontPen, written: str, height: int, rng: Generator) -> Mask:
    """A dater whose bands stand a little higher or lower than their neighbours."""
    parts = [pen.draw(c, height, rng) if c != " " else np.zeros((3 * height, height // 3), np.uint8) for c in written]
    gap = np.zeros((3 * height, max(1, round(height * rng.uniform(0.05, 0.4)))), np.uint8)
    shift, moved = 0, []
    for part in parts:
        if rng.random() < 0.4:
            shift = round(rng.normal(0, 0.09) * height)
        moved += [np.roll(part, shift, axis=0), gap]
    return np.asarray(np.hstack(moved), np.uint8)


def _framed(ink: Mask, height: int, rng: Generator) -> Mask:
    """Remains of the frame beneath and beside the date, and of the line of words above it."""
    room = height // 2
    out = np.asarray(cv2.copyMakeBorder(ink, room, room, room, room, cv2.BORDER_CONSTANT, value=0), np.uint8)
    h, w = out.shape
    middle, thick, grey = h // 2, max(1, round(height * rng.uniform(0.03, 0.12))), int(rng.integers(60, 256))
    if rng.random() < 0.4:
        y = middle + round(height * rng.uniform(0.62, 1.0))
        cv2.line(out, (int(rng.integers(w)), y), (int(rng.integers(w)), y), grey, thick)
    if rng.random() < 0.2:
        x = int(rng.integers(0, room)) if rng.random() < 0.6 else w - 1 - int(rng.integers(0, room))
        cv2.line(out, (x, middle - height), (x, middle + height), grey, thick)
    if rng.random() < 0.15:
        for _ in range(int(rng.integers(2, 9))):
            x = int(rng.integers(w))
            cv2.line(out, (x, 0), (x, max(0, middle - round(height * rng.uniform(0.75, 1.1)))), grey, thick)
    return out


def _turned(ink: Mask, rng: Generator) -> Mask:
    h, w = ink.shape
    matrix = cv2.getRotationMatrix2D((w / 2, h / 2), rng.normal(0, 0.9), 1.0)
    matrix[0, 1] += rng.normal(0, 0.04)
    return np.asarray(cv2.warpAffine(ink, matrix, (w, h), flags=cv2.INTER_LINEAR), np.uint8)


def _worn(ink: Mask, height: int, rng: Generator) -> Mask:
    """Pores in the ink and spots where the rubber did not touch."""
    grain = height * rng.uniform(0.05, 0.22)
    size = max(2, round(ink.shape[1] / grain)), max(2, round(ink.shape[0] / grain))
    noise = cv2.resize(rng.random(size[::-1]).astype(np.float32), ink.shape[::-1], interpolation=cv2.INTER_CUBIC)
    kept = np.clip((noise - rng.uniform(0.05, 0.42)) * rng.uniform(4, 12) + 0.5, 0, 1)
    return np.asarray(ink * kept, np.uint8)


def _uneven(ink: Mask, height: int, rng: Generator) -> Mask:
    """A stamp pressed harder on one side, or not at all."""
    knots = max(2, round(ink.shape[1] / (3 * height)))
    press = rng.uniform(0.25, 1.5, (2, knots)).astype(np.float32)
    return np.asarray(
        np.clip(ink * cv2.resize(press, ink.shape[::-1], interpolation=cv2.INTER_LINEAR), 0, 255), np.uint8
    )


def _bled(ink: Mask, height: int, rng: Generator) -> Mask:
    """Ink that spread into the paper, so that narrow white fills up."""
    soft = cv2.GaussianBlur(ink, (0, 0), height * rng.uniform(0.02, 0.07)).astype(np.float32)
    return np.asarray(np.clip((soft - rng.uniform(0, 60)) * rng.uniform(1.0, 2.2), 0, 255), np.uint8)
