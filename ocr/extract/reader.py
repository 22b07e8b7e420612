"""The seam between zones and readers: crops go in as a batch, raw readings come out in the same order."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from ocr.extract.ink import EMPTY_MM2
from ocr.forms.definition import FieldSpec, Rect
from ocr.lexicon.posteriors import CharPosteriors
from ocr.reading import FieldState


@dataclass(frozen=True, eq=False)
class Crop:
    """One zone of a card.

    Attributes
    ----------
    spec
        The field.
    rect
        What the crop shows, in the form's millimetres: the field's box with a margin.
    pixels
        uint8, (h, w) or (h, w, 3) blue, green, red: the zone upright.
    ink
        uint8 (h, w), 255 = ink: what a person put there (`ocr.extract.ink`).
    dpi
        Pixels per inch of all pictures.
    beyond
        uint8 (h, w): what is darker than the print explains, 0..255, before pens were made alike and specks dropped.
    lines_elsewhere
        Share of the field's printed straight lines that lie elsewhere than the form says, 0..1.
    """

    spec: FieldSpec
    rect: Rect
    pixels: NDArray[np.uint8]
    ink: NDArray[np.uint8]
    dpi: float
    beyond: NDArray[np.uint8]
    lines_elsewhere: float = 0.0


@dataclass(frozen=True)
class Raw:
    """What a reader saw, before dictionaries and calibration.

    Attributes
    ----------
    text
        For text its reading; for marks the codes marked, joined by ``|``; for a signature ``Y`` or empty.
    score
        The reader's own certainty in 0..1, higher is surer; comparable only within one reader and field kind.
    posteriors
        Probabilities of all characters along the field, where the reader gives them; `text` is their likeliest text.
    """

    state: FieldState
    text: str
    score: float
    posteriors: CharPosteriors | None = None


def nothing_written(amount_mm2: float) -> Raw:
    """The reading of a field with less than `EMPTY_MM2` of writing; the less there is, the surer."""
    return Raw(FieldState.EMPTY, "", 1 - amount_mm2 / (2 * EMPTY_MM2))


class Reader(Protocol):
    """Reads a batch of crops."""

    @property
    def name(self) -> str:
        """Which reader, for calibration and audit."""
        ...

    @property
    def version(self) -> str:
        """Changes whenever readings may."""
        ...

    def read(self, crops: Sequence[Crop]) -> list[Raw]:
        """Return one `Raw` per crop, in order."""
        ...
