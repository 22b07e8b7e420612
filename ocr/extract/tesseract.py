"""Read lines with Tesseract, to hold beside the networks in evaluation."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from ocr.extract.engine import LANGUAGES, Binding, Words, binding
from ocr.extract.ink import EMPTY_MM2, writing_mm2
from ocr.extract.reader import Crop, Raw, nothing_written
from ocr.forms.definition import FieldKind, FieldSpec
from ocr.reading import FieldState

_DIGITS = "0123456789"
_PAD = 12
"""Pixels of white around the ink: Tesseract misses type at the very edge."""


class TesseractReader:
    """Reads text fields of one line.

    Parameters
    ----------
    bind
        Gives the engine for some languages; by default the faster binding that is installed, loaded at its first use.
    """

    name = "tesseract"

    def __init__(self, bind: Callable[[tuple[str, ...]], Binding] = binding) -> None:
        self._bind = bind

    @property
    def version(self) -> str:
        """Engine and languages."""
        return self._bind(LANGUAGES).version

    def read(self, crops: Sequence[Crop]) -> list[Raw]:
        """One `Raw` per crop, in order; a crop that Tesseract cannot cope with is `UNREAD`."""
        return [self._guarded(crop) for crop in crops]

    def _guarded(self, crop: Crop) -> Raw:
        try:
            return self._read_one(crop)
        except (RuntimeError, ValueError, cv2.error):
            return Raw(FieldState.UNREAD, "", 0.0)

    def _read_one(self, crop: Crop) -> Raw:
        amount = writing_mm2(crop.ink, crop.dpi)
        if amount < EMPTY_MM2:
            return nothing_written(amount)
        words = self._bind(LANGUAGES).words(framed(crop.ink), _allowed(crop.spec))
        text = " ".join(word for word, _ in words)
        return Raw(FieldState.READ, text, mean_certainty(words)) if text else Raw(FieldState.UNREAD, "", 0.0)


def _allowed(spec: FieldSpec) -> str:
    """Characters that may come out of a field that holds only digits; else none are named."""
    if spec.kind is FieldKind.DATE:
        return _DIGITS + "./-"
    return _DIGITS if spec.alphabet == "digits" else ""


def mean_certainty(words: Words) -> float:
    """Certainty of several words, weighed by their lengths; 0 for none."""
    length = sum(len(word) for word, _ in words)
    return sum(len(word) * confidence for word, confidence in words) / length if length else 0.0


def framed(ink: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Ink as black on white, cut to what is inked and with a margin around it."""
    rows, columns = np.flatnonzero(ink.max(axis=1) > 90), np.flatnonzero(ink.max(axis=0) > 90)
    if not len(rows):
        return np.full((2 * _PAD, 2 * _PAD), 255, np.uint8)
    part = 255 - ink[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
    return np.asarray(cv2.copyMakeBorder(part, _PAD, _PAD, _PAD, _PAD, cv2.BORDER_CONSTANT, value=255), np.uint8)
