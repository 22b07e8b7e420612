"""What the handwriting recogniser passes on instead of a text: how likely each character is at each step."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ocr.lexicon.alphabets import SYMBOLS

BLANK = 0
"""Column of 'no character here' (Graves et al., ICML 2006)."""

COLUMN = {symbol: i + 1 for i, symbol in enumerate(SYMBOLS)}
"""Column of each character."""


@dataclass(frozen=True, eq=False)
class CharPosteriors:
    """Probabilities of characters along a field, left to right.

    A text is read by choosing one column per step, joining equal neighbours and dropping blanks. A comb of n boxes has
    2 n + 1 steps: a sure blank before, between and after the boxes, so that one way of decoding serves both.

    Attributes
    ----------
    logp
        float32 (T, 1 + len(SYMBOLS)): natural logarithms of probabilities that sum to 1 in each step; column 0 is the
        blank, column i + 1 is ``SYMBOLS[i]``. Characters outside the field's alphabet hold a very small number.
    """

    logp: NDArray[np.float32]
