"""Tesseract behind one method, by either of two bindings.

`tesserocr` keeps the engine loaded and is used where it is installed; `pytesseract` starts the program once a crop. One
process, one engine, one thread.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from ocr.errors import ToolMissingError

os.environ.setdefault("OMP_THREAD_LIMIT", "1")

try:
    import tesserocr
except ImportError:  # pragma: no cover - a platform without the wheel
    tesserocr = None

LANGUAGES = ("rus",)
_LINE = 7
"""Page segmentation mode: the image holds one line of text."""

_TIMEOUT_MS = 5000

Words = list[tuple[str, float]]


class Binding(Protocol):
    """One way to reach Tesseract."""

    version: str

    def words(self, image: NDArray[np.uint8], allowed: str) -> Words:
        """Words of a line of black type on white, with certainty in 0..1.

        Parameters
        ----------
        image
            uint8 (h, w).
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


class TesserocrBinding:
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

    def words(self, image: NDArray[np.uint8], allowed: str) -> Words:
        """As `Binding.words`."""
        api = self._api
        api.SetPageSegMode(_LINE)
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


class PytesseractBinding:
    """Tesseract through pytesseract: the program is started for every image."""

    def __init__(self, languages: Sequence[str] = LANGUAGES) -> None:
        """Look for the program.

        Raises
        ------
        ToolMissingError
            The program or its language data are missing.
        """
        import pytesseract  # here: it loads pandas where that is installed, and is seldom the binding used

        self._folder, self._lang, self._program = tessdata(languages), "+".join(languages), pytesseract
        try:
            engine = str(pytesseract.get_tesseract_version()).split()[0]
        except pytesseract.TesseractNotFoundError as error:
            raise ToolMissingError("Tesseract is missing; apt-get install tesseract-ocr.") from error
        self.version = f"{engine} {self._lang}"

    def words(self, image: NDArray[np.uint8], allowed: str) -> Words:
        """As `Binding.words`."""
        config = f"--psm {_LINE} --oem 1 --dpi 300 --tessdata-dir {self._folder}"
        config += f" -c tessedit_char_whitelist={allowed}" if allowed else ""
        found: dict[str, list[Any]] = self._program.image_to_data(
            Image.fromarray(image), lang=self._lang, config=config, timeout=_TIMEOUT_MS / 1000,
            output_type=self._program.Output.DICT,
        )  # fmt: skip
        pairs = zip(found["text"], found["conf"], strict=True)
        return [(str(word), float(confidence) / 100) for word, confidence in pairs if str(word).strip()]


@lru_cache(maxsize=4)
def binding(languages: tuple[str, ...] = LANGUAGES) -> Binding:
    """The faster of the bindings installed, loaded once a process."""
    return PytesseractBinding(languages) if tesserocr is None else TesserocrBinding(languages)
