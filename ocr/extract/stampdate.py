"""Read the dates of rubber stamps with a network that has learnt worn type."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from ocr.extract.framing import strip
from ocr.extract.ink import is_empty
from ocr.extract.likelihood import alphabet_mask, in_alphabet, likeliest_text
from ocr.extract.networks import LineLogits, Logits, Networks, load_networks
from ocr.extract.reader import Crop, Raw
from ocr.extract.stamp import pieces, upright
from ocr.forms.definition import FieldSpec
from ocr.lexicon.posteriors import BLANK, CharPosteriors
from ocr.reading import FieldState

ZOOM, SOFT = 1.5, 0.5
"""Enlargement of a stamp, and the blur in pixels that closes the pores of worn type."""

_DIGITS_OF_DATE = {8: 1.0, 6: 0.8, 7: 0.5, 9: 0.3, 5: 0.2}
"""How much a number of digits looks like a date, badly read ones among them."""


class StampDateReader:
    """Reads date fields that are stamped.

    Parameters
    ----------
    networks
        Gives the networks; by default the shipped ones, loaded at the first use.
    """

    name = "stamp date"

    def __init__(self, networks: Callable[[], Networks] = load_networks) -> None:
        self._networks = networks

    @property
    def version(self) -> str:
        """Of the weights."""
        return self._networks().stamps_version

    def read(self, crops: Sequence[Crop]) -> list[Raw]:
        """One `Raw` per crop, in order, with `Raw.posteriors` where something was read."""
        inks = [crop.ink for crop in crops]
        parts = [
            [] if is_empty(ink, crop.dpi) else pieces(upright(ink, crop.dpi, zoom=ZOOM, soft=SOFT))
            for ink, crop in zip(inks, crops, strict=True)
        ]
        strips = [strip(part, ZOOM * crop.dpi) for crop, found in zip(crops, parts, strict=True) for part in found]
        lines = iter(self._networks().stamps(strips) if strips else ())
        return [
            Raw(FieldState.EMPTY, "", 1.0)
            if is_empty(ink, crop.dpi)
            else _likeliest([next(lines) for _ in found], crop.spec)
            for crop, ink, found in zip(crops, inks, parts, strict=True)
        ]


def _likeliest(lines: Sequence[LineLogits], spec: FieldSpec) -> Raw:
    """The line that looks most like a date: with its digits, and with little else that the network sees there."""
    best, found = 0.0, Raw(FieldState.UNREAD, "", 0.0)
    for line in lines:
        logp = in_alphabet(line.characters, spec)
        text = likeliest_text(logp)
        likeness = _share(line.characters, spec) * _DIGITS_OF_DATE.get(sum(map(str.isdigit, text)), 0.0)
        if likeness > best:
            best, found = likeness, Raw(FieldState.READ, text, 1.0, posteriors=CharPosteriors(logp.astype(np.float32)))
    return found


def _share(logits: Logits, spec: FieldSpec) -> float:
    """How much of what the network sees, blanks apart, a date may hold."""
    p = np.exp(logits - logits.max(axis=1, keepdims=True))
    p /= p.sum(axis=1, keepdims=True)
    may = alphabet_mask(spec)
    may[BLANK] = False
    return float(p[:, may].sum() / max(1e-6, 1 - p[:, BLANK].mean()) / len(p))
