"""The signature of a card's ink (`ocr.likeness`), from the fields' ink as the readers see it: without print, laid.

The ink's fine structure is projected on random directions by a fast Johnson-Lindenstrauss transform (Ailon & Chazelle
2006); the signs of the projections differ as the angle between two cards' inks (Charikar 2002). Skew, resolution and
turning were undone when the card was laid; what the scanner made of the strokes' darkness falls away with the scale.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from hashlib import shake_256
from math import isqrt
from typing import TypeVar

import cv2
import numpy as np
from numpy.typing import NDArray

from ocr.extract.framing import Gray
from ocr.extract.reader import Crop
from ocr.forms.definition import Entry, Form
from ocr.geometry import MM_PER_INCH
from ocr.likeness import BITS, VERSION, Likeness, load_limits, signature

_STROKE_MM, _AROUND_MM = 0.25, 1.0
"""The structure that tells cards apart lies between these widths: finer, registration's error blurs it; coarser, it is
where the form wants ink, on every card alike."""

Pixel = TypeVar("Pixel", np.uint8, np.float32)

_STRONG = 128
_SIDE = isqrt(BITS)


def card_likeness(form: Form, crops: Sequence[Crop]) -> Likeness | None:
    """The signature of a card from all its fields; None where too little is written to tell it from others."""
    ink_mm2, projections = projected_ink(form, crops)
    return None if ink_mm2 < load_limits().least_ink_mm2 else signature(form.id, projections)


def projected_ink(form: Form, crops: Sequence[Crop]) -> tuple[float, NDArray[np.float32]]:
    """Square millimetres of handwriting on a card, and `BITS` projections of all its ink but printed numbers."""
    scale = crops[0].dpi / MM_PER_INCH
    canvas = np.zeros((round(form.size[1] * scale), round(form.size[0] * scale)), np.uint8)
    _lay([crop for crop in crops if crop.spec.entry is Entry.HAND], scale, canvas)
    ink_mm2 = cv2.countNonZero(cv2.inRange(canvas, _STRONG, 255)) / scale**2
    _lay([crop for crop in crops if crop.spec.entry is Entry.STAMP], scale, canvas)
    fine = _halved(canvas)
    strokes, around = (cv2.GaussianBlur(fine, (0, 0), mm * scale / 2) for mm in (_STROKE_MM, _AROUND_MM))
    structure = _halved(np.subtract(strokes, around, dtype=np.float32))
    structure *= _signs(structure.shape)
    mixed = _cosines(structure.shape[0]) @ structure @ _cosines(structure.shape[1]).T
    return ink_mm2, np.asarray(mixed, np.float32).reshape(-1)


def _lay(crops: Sequence[Crop], scale: float, canvas: Gray) -> None:
    """Put the fields' ink on the card."""
    for crop in crops:
        left, top = round(crop.rect.x * scale), round(crop.rect.y * scale)
        place = canvas[top : top + crop.ink.shape[0], left : left + crop.ink.shape[1]]
        np.maximum(place, crop.ink[: place.shape[0], : place.shape[1]], out=place)


def _halved(image: NDArray[Pixel]) -> NDArray[Pixel]:
    """The image at half its resolution."""
    height, width = (side // 4 * 4 for side in image.shape)
    half = cv2.resize(image[:height, :width], (width // 2, height // 2), interpolation=cv2.INTER_AREA)
    return np.asarray(half, image.dtype)


@lru_cache(maxsize=32)
def _cosines(length: int) -> NDArray[np.float32]:
    """The first waves of the cosine transform of a side of so many pixels."""
    waves = np.cos(np.pi / length * np.outer(np.arange(_SIDE), np.arange(length) + 0.5))
    return np.asarray(waves / np.sqrt(length), np.float32)


@lru_cache(maxsize=16)
def _signs(shape: tuple[int, int]) -> NDArray[np.float32]:
    """Random signs, the same for ever."""
    count = shape[0] * shape[1]
    drawn = shake_256(f"likeness {VERSION}".encode()).digest(count // 8 + 1)
    bits = np.unpackbits(np.frombuffer(drawn, np.uint8))[:count]
    return (2 * bits.astype(np.float32) - 1).reshape(shape)
