"""Read printed serial numbers with the network that has learnt worn type."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from ocr.extract.framing import strip
from ocr.extract.ink import EMPTY_MM2, writing_mm2
from ocr.extract.likelihood import in_alphabet, likeliest_text
from ocr.extract.networks import Networks, load_networks
from ocr.extract.reader import Crop, Raw
from ocr.forms.serial import is_serial
from ocr.lexicon.posteriors import CharPosteriors
from ocr.reading import FieldState


class PrintedReader:
    """Reads text fields that are printed; one that is no serial number with the right check digit is doubtful.

    Parameters
    ----------
    networks
        Gives the networks; by default the shipped ones, loaded at the first use.
    """

    name = "printed"

    def __init__(self, networks: Callable[[], Networks] = load_networks) -> None:
        self._networks = networks

    @property
    def version(self) -> str:
        """Of the weights."""
        return self._networks().typed_version

    def read(self, crops: Sequence[Crop]) -> list[Raw]:
        """One `Raw` per crop, in order, with `Raw.posteriors` where something was read."""
        return [self._read_one(crop) for crop in crops]

    def _read_one(self, crop: Crop) -> Raw:
        amount = writing_mm2(crop.ink, crop.dpi)
        if amount < EMPTY_MM2:
            return Raw(FieldState.EMPTY, "", 1 - amount / (2 * EMPTY_MM2))
        (line,) = self._networks().typed([strip(crop.ink, crop.dpi)])
        logp = in_alphabet(line.characters, crop.spec)
        text = likeliest_text(logp).replace(" ", "")
        if not text:
            return Raw(FieldState.UNREAD, "", 0.0)
        state = FieldState.READ if is_serial(text) else FieldState.DOUBTFUL
        return Raw(state, text, 1.0, posteriors=CharPosteriors(logp.astype(np.float32)))
