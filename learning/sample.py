"""What the network is fitted to: strips with what stands on them, along the line or cell by cell."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ocr.extract.framing import STRIDE, Gray
from ocr.lexicon.alphabets import DIGITS, LATIN_CAPITALS, RUSSIAN, SEPARATORS, STRUCK, SYMBOLS, TAJIK_ONLY
from ocr.lexicon.posteriors import BLANK, COLUMN

HAND, TYPED, SCRIBBLE = range(3)
"""Kinds of writing."""

_ALPHABETS = {
    "cyrillic": RUSSIAN + TAJIK_ONLY,
    "date": DIGITS,
    "passport": LATIN_CAPITALS + DIGITS,
    "text": RUSSIAN + TAJIK_ONLY + DIGITS,
    "all": RUSSIAN + TAJIK_ONLY + LATIN_CAPITALS + DIGITS,
}
MASK_NAMES = tuple(_ALPHABETS)
CYRILLIC, DATE, PASSPORT, TEXT, ALL = range(5)
"""Alphabets in which a sample's characters are told apart."""


@dataclass(frozen=True, eq=False)
class Sample:
    """One strip.

    Attributes
    ----------
    strip
        uint8 (ROWS, w).
    columns
        Columns of what is written: along the line without blanks, or one for each cell of a comb.
    alphabet
        Index in `MASK_NAMES`.
    kind
        `HAND`, `TYPED` or `SCRIBBLE`.
    edges
        Of a comb: columns of the strip at which its cells begin, and where the last ends. Empty for a line.
    """

    strip: Gray
    columns: tuple[int, ...]
    alphabet: int
    kind: int
    edges: tuple[float, ...] = ()

    @property
    def steps(self) -> int:
        """Steps of the network along the strip."""
        return -(-self.strip.shape[1] // STRIDE)

    @property
    def fits(self) -> bool:
        """Whether the strip is long enough for its text to be read along it."""
        repeated = sum(a == b for a, b in zip(self.columns, self.columns[1:], strict=False))
        return bool(self.edges) or self.steps >= len(self.columns) + repeated


def masks() -> NDArray[np.bool_]:
    """Columns that may be answered in each alphabet, (alphabets, 1 + len(SYMBOLS))."""
    found = np.zeros((len(_ALPHABETS), 1 + len(SYMBOLS)), bool)
    for mask, characters in zip(found, _ALPHABETS.values(), strict=True):
        mask[[BLANK, *(COLUMN[c] for c in characters + SEPARATORS + STRUCK)]] = True
    return found


def alphabet_for(allowed: NDArray[np.bool_]) -> int:
    """The smallest alphabet that has all columns (1 + len(SYMBOLS),) which are allowed."""
    able = [(int(mask.sum()), i) for i, mask in enumerate(masks()) if not (allowed & ~mask).any()]
    return min(able)[1]


def columns_of(text: str) -> tuple[int, ...]:
    """Columns of a text's characters."""
    return tuple(COLUMN[c] for c in text)
