"""Read type, and as a first attempt handwriting, with Tesseract.

Two bindings do the same: `tesserocr` keeps the engine loaded and is used where it is installed; `pytesseract` starts the
program once a crop. One process, one engine, one thread.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any, Protocol

import cv2
import numpy as np
import pytesseract
from numpy.typing import NDArray
from PIL import Image

from ocr.errors import ToolMissingError
from ocr.extract.ink import is_empty, recover
from ocr.extract.reader import Crop, Raw
from ocr.extract.stamp import upright
from ocr.form import Entry, FieldKind, FieldSpec
from ocr.reading import FieldState
from ocr.serial import is_serial

os.environ.setdefault("OMP_THREAD_LIMIT", "1")

try:
    import tesserocr
except ImportError:  # pragma: no cover - a platform without the wheel
    tesserocr = None

LANGUAGES = ("rus", "tgk")
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
        return [(word, confidence / 100) for word, confidence in api.MapWordConfidences() if word.strip()]


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


@lru_cache(maxsize=2)
def binding(languages: tuple[str, ...] = LANGUAGES) -> Binding:
    """The faster of the bindings installed, loaded once a process."""
    return Called(languages) if tesserocr is None else Loaded(languages)


@dataclass(frozen=True)
class TesseractReader:
    """Reads text fields: handwriting, the printed serial number, and rubber stamps.

    Parameters
    ----------
    engine
        The binding; by default the faster one that is installed, loaded at the first use.
    """

    engine: Binding | None = None
    name: str = "tesseract"

    @cached_property
    def _engine(self) -> Binding:
        return self.engine or binding()

    @property
    def version(self) -> str:
        """Engine and languages."""
        return self._engine.version

    def read(self, crops: Sequence[Crop]) -> list[Raw]:
        """One `Raw` per crop, in order; a crop that Tesseract cannot cope with is `UNREAD`.

        Fields that share one stamp are read from it once.
        """
        stamps: dict[tuple[object, bytes], Words | None] = {}
        return [self._guarded(crop, stamps) for crop in crops]

    def _guarded(self, crop: Crop, stamps: dict[tuple[object, bytes], Words | None]) -> Raw:
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
        if is_empty(ink, crop.dpi):
            return Raw(FieldState.EMPTY, "", 1.0)
        spec = crop.spec
        digits = spec.alphabet == "digits" or spec.kind is FieldKind.DATE
        words = self._engine.words(
            _framed(ink), LINE, _DIGITS + "./-" * (spec.kind is FieldKind.DATE) if digits else ""
        )
        text = " ".join(word for word, _ in words)
        if spec.entry is Entry.PRINTED:
            text = text.replace(" ", "")
            return Raw(FieldState.READ if is_serial(text) else FieldState.DOUBTFUL, text, _mean(words))
        return Raw(FieldState.READ, text, _mean(words)) if text else Raw(FieldState.UNREAD, "", 0.0)

    def _stamp(self, crop: Crop) -> Words | None:
        """Words on the stamp of a zone; None where nobody stamped."""
        ink = recover(crop.pixels, crop.blank, crop.dpi)
        if is_empty(ink, crop.dpi):
            return None
        return self._engine.words(_framed(upright(ink, crop.dpi)), BLOCK, "")


def _of_stamp(words: Words | None, spec: FieldSpec) -> Raw:
    """What one field makes of a stamp: all its words, and the certainty of those that concern the field."""
    if words is None:
        return Raw(FieldState.EMPTY, "", 1.0)
    if not words:
        return Raw(FieldState.UNREAD, "", 0.0)
    is_date = spec.kind is FieldKind.DATE
    mine = [pair for pair in words if (sum(c.isdigit() for c in pair[0]) > len(pair[0]) / 2) == is_date]
    return Raw(FieldState.READ, " ".join(word for word, _ in words), _mean(mine))


def _mean(words: Words) -> float:
    """Certainty of several words, weighed by their lengths."""
    length = sum(len(word) for word, _ in words)
    return sum(len(word) * confidence for word, confidence in words) / length if length else 0.0


def _framed(ink: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Black on white, cut to the ink and with a margin around it."""
    rows, columns = np.flatnonzero(ink.max(axis=1) > 90), np.flatnonzero(ink.max(axis=0) > 90)
    if not len(rows):
        return np.full((2 * _PAD, 2 * _PAD), 255, np.uint8)
    part = 255 - ink[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
    return np.asarray(cv2.copyMakeBorder(part, _PAD, _PAD, _PAD, _PAD, cv2.BORDER_CONSTANT, value=255), np.uint8)
