"""Whether a card is signed."""

from __future__ import annotations

from collections.abc import Sequence

from ocr.extract.empty import emptiness
from ocr.extract.ink import recover
from ocr.extract.reader import Crop, Raw
from ocr.reading import FieldState


class SignatureReader:
    """Presence of a signature: ``Y`` or empty."""

    name = "signature"
    version = "1"

    def read(self, crops: Sequence[Crop]) -> list[Raw]:
        """One `Raw` per crop."""
        return [_read_one(crop) for crop in crops]


def _read_one(crop: Crop) -> Raw:
    empty = emptiness(recover(crop.pixels, crop.blank, crop.dpi), crop.dpi)
    return Raw(FieldState.EMPTY, "", empty) if empty > 0.5 else Raw(FieldState.READ, "Y", 1 - empty)
