"""Read printed serial numbers with the network, which has learnt worn type."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ocr.extract.framing import strip
from ocr.extract.ink import EMPTY_MM2, writing_mm2
from ocr.extract.likelihood import in_alphabet, likeliest_text
from ocr.extract.network import NetworkReader
from ocr.extract.reader import Crop, Raw, nothing_written
from ocr.forms.serial import is_serial
from ocr.lexicon.posteriors import CharPosteriors
from ocr.reading import FieldState


class PrintedReader(NetworkReader):
    """Reads text fields that are printed; one that is no serial number with the right check digit is doubtful."""

    name = "printed"

    def read(self, crops: Sequence[Crop]) -> list[Raw]:
        """One `Raw` per crop, in order, with `Raw.posteriors` where something was read."""
        return [self._read_one(crop) for crop in crops]

    def _read_one(self, crop: Crop) -> Raw:
        amount = writing_mm2(crop.ink, crop.dpi)
        if amount < EMPTY_MM2:
            return nothing_written(amount)
        (line,) = self._network().lines([strip(crop.ink, crop.dpi)])
        logp = in_alphabet(line.characters, crop.spec)
        text = likeliest_text(logp).replace(" ", "")
        if not text:
            return Raw(FieldState.UNREAD, "", 0.0)
        state = FieldState.READ if is_serial(text) else FieldState.DOUBTFUL
        return Raw(state, text, 1.0, posteriors=CharPosteriors(logp.astype(np.float32)))
