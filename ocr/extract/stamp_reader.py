"""Read rubber stamps with the network, which has learnt worn type.

Every line of a stamp, and what stands on it between wide gaps, is read once; each field then takes what looks most like
its answer, so that no layout of a stamp is assumed.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from rapidfuzz import fuzz, process

from ocr.extract.framing import strip
from ocr.extract.ink import is_empty
from ocr.extract.likelihood import DATE_MASK, in_alphabet, likeliest_text, share_in
from ocr.extract.network import Logits, NetworkReader
from ocr.extract.reader import Crop, Raw
from ocr.extract.stamp import Piece, pieces, upright
from ocr.extract.stamp_months import months_as_digits
from ocr.forms.definition import FieldKind, FieldSpec, Rect
from ocr.lexicon.lexicon import load_lexicon
from ocr.lexicon.normalise import fold
from ocr.lexicon.posteriors import CharPosteriors
from ocr.reading import FieldState

ZOOM, SOFT = 1.5, 0.5
"""Enlargement of a stamp, and the blur in pixels that closes the pores of worn type."""

_DIGITS_OF_DATE = {8: 1.0, 6: 0.8, 7: 0.5, 9: 0.3, 5: 0.2}
"""How much a number of digits looks like a date, badly read ones among them."""

_DATE_SHARE = 0.5
"""Share of what the network sees in a piece that a date may hold, from which on it is a date and no word."""


_PART = 0.9
"""How much a text with a form of the dictionary among other words looks like the form itself."""


class _Seen(NamedTuple):
    """A piece of a stamp, the logits of its characters (T, classes), those of a date, and what share it may hold."""

    piece: Piece
    characters: Logits
    date: Logits
    date_share: float


class StampReader(NetworkReader):
    """Reads text fields that are stamped."""

    name = "stamp"

    def read(self, crops: Sequence[Crop]) -> list[Raw]:
        """One `Raw` per crop, in order, with `Raw.posteriors` where something was read.

        Fields that lie in the same zone, as date and checkpoint do, are shown to the network once.
        """
        seen: dict[tuple[Rect, bytes], list[_Seen] | None] = {}
        raws = []
        for crop in crops:
            zone = crop.rect, crop.pixels.tobytes()
            if zone not in seen:
                seen[zone] = self._look(crop)
            stamp = seen[zone]
            raws.append(Raw(FieldState.EMPTY, "", 1.0) if stamp is None else _likeliest(stamp, crop.spec))
        return raws

    def _look(self, crop: Crop) -> list[_Seen] | None:
        """What the network sees on a stamp, piece by piece; None where nothing was stamped."""
        if is_empty(crop.ink, crop.dpi):
            return None
        found = pieces(upright(crop.ink, crop.dpi, zoom=ZOOM, soft=SOFT))
        lines = self._network().lines([strip(piece.ink, ZOOM * crop.dpi) for piece in found])
        dates = [months_as_digits(line.characters) for line in lines]
        return [
            _Seen(piece, line.characters, day, share_in(day, DATE_MASK))
            for piece, line, day in zip(found, lines, dates, strict=True)
        ]


def _likeliest(stamp: Sequence[_Seen], spec: FieldSpec) -> Raw:
    """The piece that looks most like the field's answer, in the field's alphabet."""
    is_date = spec.kind is FieldKind.DATE
    best, found = 0.0, Raw(FieldState.UNREAD, "", 0.0)
    for seen in stamp if is_date else _without_date(stamp):
        logp = in_alphabet(seen.date if is_date else seen.characters, spec)
        text = likeliest_text(logp)
        likeness = _like_date(seen, text) if is_date else _like_words(text, spec.lexicon)
        if likeness > best:
            best, found = likeness, Raw(FieldState.READ, text, 1.0, posteriors=CharPosteriors(logp.astype(np.float32)))
    return found


def _like_date(seen: _Seen, text: str) -> float:
    """Likeness to a date: its digits, and little else that the network sees there."""
    return seen.date_share * _DIGITS_OF_DATE.get(sum(map(str.isdigit, text)), 0.0)


def _like_words(text: str, lexicon: str | None) -> float:
    """Likeness (0..1) to some form of the dictionary, or of a part; without a dictionary the longest text is taken."""
    words = fold(text).split()
    if lexicon is None:
        return float(len(text))
    keys, count = load_lexicon(lexicon).keys, len(words)
    parts = {" ".join(words[a:b]): b - a for a in range(count) for b in range(a + 1, count + 1)}
    nearest = {part: process.extractOne(part, keys, scorer=fuzz.ratio)[1] / 100 for part in parts}
    return max((like * (1 if parts[part] == count else _PART) for part, like in nearest.items()), default=0.0)


def _without_date(stamp: Sequence[_Seen]) -> list[_Seen]:
    """The pieces that share no place with the one that is a date, if any is."""
    date = max(stamp, key=lambda seen: seen.date_share, default=None)
    if date is None or date.date_share < _DATE_SHARE:
        return list(stamp)
    return [seen for seen in stamp if not seen.piece.overlaps(date.piece)]
