"""Read type, and as a first attempt handwriting, with Tesseract."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from ocr.extract.engine import BLOCK, LANGUAGES, LINE, Binding, Words, binding
from ocr.extract.ink import EMPTY_MM2, is_empty, recover, writing_mm2
from ocr.extract.reader import Crop, Raw
from ocr.extract.stamp import lower_left, upright
from ocr.form import Entry, FieldKind, FieldSpec
from ocr.reading import FieldState
from ocr.serial import is_serial

STAMP_DATES = ((("rus",), 2.0, 1.4), (("eng",), 1.5, 1.0))
"""Languages, enlargement and blur of the further readings of a stamp's date: digits are misread differently by each."""

_DIGITS = "0123456789"
_PAD = 12


class TesseractReader:
    """Reads text fields: handwriting, the printed serial number, and rubber stamps.

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
        """One `Raw` per crop, in order; a crop that Tesseract cannot cope with is `UNREAD`.

        Fields that share one stamp are read from it once.
        """
        stamps: dict[tuple[object, bytes], StampText | None] = {}
        return [self._guarded(crop, stamps) for crop in crops]

    def _guarded(self, crop: Crop, stamps: dict[tuple[object, bytes], StampText | None]) -> Raw:
        try:
            if crop.spec.entry is not Entry.STAMP:
                return self._line(crop)
            key = (crop.rect, crop.pixels.tobytes())
            if key not in stamps:
                stamps[key] = self._stamp(crop)
            return _of_stamp(stamps[key], crop.spec)
        except (RuntimeError, ValueError, cv2.error):
            return Raw(FieldState.UNREAD, "", 0.0)

    def _line(self, crop: Crop) -> Raw:
        ink = recover(crop.pixels, crop.blank, crop.dpi)
        amount = writing_mm2(ink, crop.dpi)
        if amount < EMPTY_MM2:
            return Raw(FieldState.EMPTY, "", 1 - amount / (2 * EMPTY_MM2))
        spec = crop.spec
        words = self._bind(LANGUAGES).words(framed(ink), LINE, _allowed(spec))
        text = " ".join(word for word, _ in words)
        if spec.entry is Entry.PRINTED:
            text = text.replace(" ", "")
            return Raw(FieldState.READ if is_serial(text) else FieldState.DOUBTFUL, text, mean_certainty(words))
        return Raw(FieldState.READ, text, mean_certainty(words)) if text else Raw(FieldState.UNREAD, "", 0.0)

    def _stamp(self, crop: Crop) -> StampText | None:
        """What stands on the stamp of a zone; None where nobody stamped."""
        ink = recover(crop.pixels, crop.blank, crop.dpi)
        if is_empty(ink, crop.dpi):
            return None
        words = self._bind(LANGUAGES).words(framed(upright(ink, crop.dpi)), BLOCK, "")
        dates = [[pair for pair in words if is_date_like(pair[0])][-1:]]
        for languages, zoom, soft in STAMP_DATES:
            part = framed(lower_left(upright(ink, crop.dpi, zoom=zoom, soft=soft)))
            dates.append(self._bind(languages).words(part, LINE, _DIGITS + "."))
        date, agreement = vote(["".join(word for word, _ in reading) for reading in dates])
        names = [pair for pair in words if not is_date_like(pair[0])]
        return StampText(
            names=" ".join(word for word, _ in names),
            names_score=mean_certainty(names),
            date=date,
            date_score=agreement * (1 + mean_certainty([pair for reading in dates for pair in reading])) / 2,
        )


@dataclass(frozen=True)
class StampText:
    """What stands on a stamp, each part with its certainty in 0..1."""

    names: str
    names_score: float
    date: str
    date_score: float


def vote(dates: Sequence[str]) -> tuple[str, float]:
    """Settle several readings of one date, DD.MM.YYYY, digit by digit.

    Returns
    -------
    str, float
        The date, and the least share of the readings that agree on one of its digits. Readings without eight digits
        do not vote but count; where none has eight, the last one as it is, and 0.
    """
    full = [digits for digits in ("".join(filter(str.isdigit, date)) for date in dates) if len(digits) == 8]
    if not full:
        return (dates[-1] if dates else ""), 0.0
    columns = [Counter(column).most_common(1)[0] for column in zip(*reversed(full), strict=True)]
    digits = "".join(digit for digit, _ in columns)
    return f"{digits[:2]}.{digits[2:4]}.{digits[4:]}", min(count for _, count in columns) / len(dates)


def is_date_like(word: str) -> bool:
    """Whether digits make up most of a word."""
    return sum(c.isdigit() for c in word) > len(word) / 2


def _allowed(spec: FieldSpec) -> str:
    """Characters that may come out of a field that holds only digits; else none are named."""
    if spec.kind is FieldKind.DATE:
        return _DIGITS + "./-"
    return _DIGITS if spec.alphabet == "digits" else ""


def _of_stamp(stamp: StampText | None, spec: FieldSpec) -> Raw:
    """What one field takes from a stamp."""
    if stamp is None:
        return Raw(FieldState.EMPTY, "", 1.0)
    is_date = spec.kind is FieldKind.DATE
    text, score = (stamp.date, stamp.date_score) if is_date else (stamp.names, stamp.names_score)
    return Raw(FieldState.READ, text, score) if text else Raw(FieldState.UNREAD, "", 0.0)


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
