"""Real joined handwriting on paper: whole lines with Latin letters and digits, by hundreds of hands."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from unicodedata import normalize

import cv2
import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from fixtures.handwriting import Mask
from learning.sample import HAND, PASSPORT, Sample, columns_of
from learning.varied import varied as otherwise
from ocr.extract.framing import strip
from ocr.lexicon.alphabets import DIGITS, LATIN_CAPITALS
from training.lines import soiled_line
from training.pictures import is_for_calibration

_DPI = 120.0
"""For `strip`'s limits on the size of writing: lines come scaled to 56 rows."""

_KEPT = frozenset(LATIN_CAPITALS + DIGITS + "-./ ")
_ODD = frozenset('_=[]{}*^~<>#$%&+"«»')
"""Marks of transcribers and signs that the network does not know: such lines are left out."""

_LIGATURES = {"œ": "oe", "Œ": "OE", "æ": "ae", "Æ": "AE", "ß": "ss"}


@dataclass(frozen=True, eq=False)
class LatinLines:
    """Lines of one part.

    Attributes
    ----------
    samples
        One for each line.
    written
        What stands on each, as from `spelt`.
    hands
        Name of each line's writer.
    """

    samples: Sequence[Sample]
    written: Sequence[str]
    hands: NDArray[np.str_]


def load_latin(file: Path, part: str) -> LatinLines:
    """Lines of one of `training.pictures.PARTS`; an eighth of the training hands is for calibration."""
    with np.load(file) as data:
        png, start, texts, hands, split = (data[name] for name in ("png", "start", "text", "hand", "split"))
    samples, written, names = [], [], []
    for i, (text, hand, of) in enumerate(zip(texts, hands, split, strict=True)):
        own = "dev" if of == "dev" else "calibrate" if is_for_calibration(str(hand)) else "fit"
        if own != part or set(str(text)) & _ODD:
            continue
        letters = spelt(str(text))
        columns = columns_of(letters.upper())
        picture = cv2.imdecode(png[start[i] : start[i + 1]], cv2.IMREAD_GRAYSCALE)
        if columns:
            samples.append(Sample(strip(darkness(np.asarray(picture, np.uint8)), _DPI), columns, PASSPORT, HAND))
            written.append(letters)
            names.append(str(hand))
    return LatinLines(samples, written, np.array(names))


def spelt(text: str) -> str:
    """What stands on a line in the characters that the network knows; others are left out.

    Small letters stay small, but those with an accent become capitals: their shape is not the plain letter's.
    """
    for ligature, letters in _LIGATURES.items():
        text = text.replace(ligature, letters)
    plain = [normalize("NFKD", c) for c in normalize("NFC", text.replace("’", " ").replace("'", " "))]
    written = "".join(parts if len(parts) == 1 else parts[0].upper() for parts in plain if parts)
    return " ".join("".join(c for c in written if c.upper() in _KEPT).split())


def darkness(picture: Mask) -> Mask:
    """Ink of a grey line on even paper: uint8, 255 = ink."""
    paper = float(np.median(picture))
    dark = np.clip(paper - picture.astype(np.float32) - 12, 0, None)
    strong = float(np.quantile(dark[dark > 25], 0.8)) if (dark > 25).sum() > 50 else 100.0
    return np.asarray(np.clip(dark * (230 / max(strong, 40.0)), 0, 255), np.uint8)


def varied(sample: Sample, rng: Generator) -> Sample:
    """The same line written a little otherwise, now and then soiled."""
    moved = otherwise(sample, rng)
    return replace(moved, strip=soiled_line(moved.strip, 26, rng)) if rng.random() < 0.25 else moved
