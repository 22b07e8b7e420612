"""Tell whether somebody signed."""

from __future__ import annotations

from collections.abc import Sequence

from ocr.extract.ink import recover, writing_mm2
from ocr.extract.reader import Crop, Raw
from ocr.reading import FieldState

_MIDDLE_MM2, _STEEPNESS = 2.5, 3.0


class SignatureReader:
    """Reads ``signature`` fields: ``Y`` where there is a signature."""

    name = "signature"
    version = "1"

    def read(self, crops: Sequence[Crop]) -> list[Raw]:
        """One `Raw` per crop, `READ` with text ``Y`` or `EMPTY`."""
        return [_read_one(crop) for crop in crops]


def _read_one(crop: Crop) -> Raw:
    ink = writing_mm2(recover(crop.pixels, crop.blank, crop.dpi), crop.dpi)
    chance = 1 / (1 + (_MIDDLE_MM2 / max(ink, 1e-3)) ** _STEEPNESS)
    return Raw(FieldState.READ, "Y", chance) if chance > 0.5 else Raw(FieldState.EMPTY, "", 1 - chance)
