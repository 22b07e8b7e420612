"""Tesseract behind one function, by whichever binding is there."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from pathlib import Path
from typing import Protocol

import numpy as np
import pytesseract
from numpy.typing import NDArray
from PIL import Image

from ocr.errors import ToolMissingError

LANGUAGE = "rus"
LINE, BLOCK = 7, 6
"""Tesseract's page segmentation modes: one line of text, one block of lines."""


class Engine(Protocol):
    """Recognises a picture of dark text on white, upright."""

    version: str

    def recognise(self, image: NDArray[np.uint8], mode: int, whitelist: str) -> tuple[str, float]:
        """Text, and mean certainty of its words in 0..1."""
        ...


class LoadedEngine:
    """tesserocr: the engine stays in memory, a third of the time of starting the program for every crop."""

    def __init__(self) -> None:
        import tesserocr

        self._api = tesserocr.PyTessBaseAPI(path=str(_language_data()), lang=LANGUAGE, oem=tesserocr.OEM.LSTM_ONLY)
        self.version = f"tesserocr {tesserocr.tesseract_version().split()[1]} {LANGUAGE}"

    def recognise(self, image: NDArray[np.uint8], mode: int, whitelist: str) -> tuple[str, float]:
        """Recognise in this process."""
        self._api.SetVariable("tessedit_char_whitelist", whitelist)
        self._api.SetPageSegMode(mode)
        self._api.SetImage(Image.fromarray(image))
        text = self._api.GetUTF8Text().strip()
        words = self._api.AllWordConfidences()
        self._api.Clear()
        return text, float(np.mean(words)) / 100 if words else 0.0


class ProgramEngine:
    """pytesseract: the tesseract program, started for every crop."""

    def __init__(self) -> None:
        self.version = f"pytesseract {pytesseract.get_tesseract_version()} {LANGUAGE}"

    def recognise(self, image: NDArray[np.uint8], mode: int, whitelist: str) -> tuple[str, float]:
        """Recognise in another process."""
        config = f"--oem 1 --psm {mode}" + (f" -c tessedit_char_whitelist={whitelist}" if whitelist.strip() else "")
        found = pytesseract.image_to_data(
            Image.fromarray(image), lang=LANGUAGE, config=config, output_type=pytesseract.Output.DICT, timeout=20
        )
        words = [(t, float(c)) for t, c in zip(found["text"], found["conf"], strict=True) if t.strip()]
        return " ".join(t for t, _ in words), float(np.mean([c for _, c in words])) / 100 if words else 0.0


def _language_data() -> Path:
    """Folder that holds the language data of the installed tesseract."""
    for folder in sorted(Path("/usr/share/tesseract-ocr").glob("*/tessdata"), reverse=True):
        if (folder / f"{LANGUAGE}.traineddata").is_file():
            return folder
    raise ToolMissingError(
        f"Tesseract's language data for {LANGUAGE} are missing: apt install tesseract-ocr-{LANGUAGE}."
    )


@lru_cache(maxsize=1)
def load_engine() -> Engine:
    """The faster binding that works here.

    Raises
    ------
    ToolMissingError
        Neither works.
    """
    makers: tuple[Callable[[], Engine], ...] = (LoadedEngine, ProgramEngine)
    reasons = []
    for make in makers:
        try:
            return make()
        except (ImportError, RuntimeError, ToolMissingError, pytesseract.TesseractNotFoundError) as error:
            reasons.append(str(error))
    raise ToolMissingError(f"Tesseract cannot be used ({'; '.join(reasons)}): apt install tesseract-ocr.")
