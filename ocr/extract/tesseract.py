"""Read type, and as a first attempt handwriting, with Tesseract.

Two bindings do the same: `tesserocr` keeps the engine loaded and is used where it is installed; `pytesseract` starts
the program once a crop. One process, one engine, one thread.
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, Protocol

import cv2
import numpy as np
import pytesseract
from numpy.typing import NDArray
from PIL import Image

from ocr.errors import ToolMissingError
from ocr.extract.ink import EMPTY_MM2, is_empty, recover, writing_mm2
from ocr.extract.reader import Crop, Raw
from ocr.extract.stamp import lower_left, upright
from ocr.form import Entry, FieldKind, FieldSpec
from ocr.reading import FieldState
from ocr.serial import is_serial

os.environ.setdefault("OMP_THREAD_LIMIT", "1")

try:
    import tesserocr
except ImportError:  # pragma: no cover - a platform without the wheel
    tesserocr = None

LANGUAGES = ("rus",)

STAMP_DATES = ((("rus",), 2.0, 1.4), (("eng",), 1.5, 1.0))
"""Languages, enlargement and blur of the further readings of a stamp's date: digits are misread differently by each."""

LINE, BLOCK = 7, 6
_DIGITS = "0123456789"
_TIMEOUT_MS = 5000
_PAD = 12

Words = list[tuple[str, float]]


class Binding(Protocol):
    """One way to reach Tesseract."""

    version: str

    def words(self, image: NDArray[np.uint8], mode: int, allowed: str) -> Words:
        """Words of an image of black type on white, with certainty in 0..1.

        Parameters
        ----------
        image
            uint8 (h, w).
        mode
            Page segmentation mode: `LINE` or `BLOCK`.
        allowed
            The only characters that may come out; empty for all.
        """
        ...


def tessdata(languages: Sequence[str] = LANGUAGES) -> Path:
    """The folder that holds the data of all these languages.

    Raises
    ------
    ToolMissingError
        No folder has them all; says what to install.
    """
    prefix = os.environ.get("TESSDATA_PREFIX")
    places = [Path(prefix), Path(prefix) / "tessdata"] if prefix else []
    places += sorted(Path("/usr/share/tesseract-ocr").glob("*/tessdata"), reverse=True)
    places += [Path(p) for p in ("/usr/share/tessdata", "/usr/local/share/tessdata", "/opt/homebrew/share/tessdata")]
    for place in places:
        if all((place / f"{language}.traineddata").is_file() for language in languages):
            return place
    packages = " ".join(f"tesseract-ocr-{language}" for language in languages)
    raise ToolMissingError(f"Tesseract's data for {', '.join(languages)} are missing; apt-get install {packages}.")


class Loaded:
    """Tesseract through tesserocr: the engine stays loaded."""

    def __init__(self, languages: Sequence[str] = LANGUAGES) -> None:
        """Load the engine.

        Raises
        ------
        ToolMissingError
            Language data are missing or cannot be loaded.
        """
        folder = tessdata(languages)
        try:
            self._api = tesserocr.PyTessBaseAPI(path=str(folder), lang="+".join(languages), oem=tesserocr.OEM.LSTM_ONLY)
        except RuntimeError as error:
            raise ToolMissingError(f"Tesseract cannot load {'+'.join(languages)} from {folder}: {error}.") from error
        engine = tesserocr.tesseract_version().split()[1]
        self.version = f"{engine} {'+'.join(languages)}"

    def words(self, image: NDArray[np.uint8], mode: int, allowed: str) -> Words:
        """As `Binding.words`."""
        api = self._api
        api.SetPageSegMode(mode)
        api.SetVariable("tessedit_char_whitelist", allowed)
        h, w = image.shape
        api.SetImageBytes(image.tobytes(), w, h, 1, w)
        api.SetSourceResolution(300)
        api.Recognize(_TIMEOUT_MS)
        words = str(api.GetUTF8Text()).split()
        confidences = api.AllWordConfidences()
        if len(confidences) != len(words):
            confidences = [api.MeanTextConf()] * len(words)
        return [(word, confidence / 100) for word, confidence in zip(words, confidences, strict=True)]


class Called:
    """Tesseract through pytesseract: the program is started for every image."""

    def __init__(self, languages: Sequence[str] = LANGUAGES) -> None:
        """Look for the program.

        Raises
        ------
        ToolMissingError
            The program or its language data are missing.
        """
        self._folder, self._lang = tessdata(languages), "+".join(languages)
        try:
            engine = str(pytesseract.get_tesseract_version()).split()[0]
        except pytesseract.TesseractNotFoundError as error:
            raise ToolMissingError("Tesseract is missing; apt-get install tesseract-ocr.") from error
        self.version = f"{engine} {self._lang}"

    def words(self, image: NDArray[np.uint8], mode: int, allowed: str) -> Words:
        """As `Binding.words`."""
        config = f"--psm {mode} --oem 1 --dpi 300 --tessdata-dir {self._folder}"
        config += f" -c tessedit_char_whitelist={allowed}" if allowed else ""
        found: dict[str, list[Any]] = pytesseract.image_to_data(
            Image.fromarray(image), lang=self._lang, config=config, timeout=_TIMEOUT_MS / 1000,
            output_type=pytesseract.Output.DICT,
        )  # fmt: skip
        pairs = zip(found["text"], found["conf"], strict=True)
        return [(str(word), float(confidence) / 100) for word, confidence in pairs if str(word).strip()]


@lru_cache(maxsize=4)
def binding(languages: tuple[str, ...] = LANGUAGES) -> Binding:
    """The faster of the bindings installed, loaded once a process."""
    return Called(languages) if tesserocr is None else Loaded(languages)


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
