"""From a network's outputs to what a field may say: probabilities in its alphabet, and the likeliest text."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ocr.forms.definition import FieldKind, FieldSpec
from ocr.lexicon.alphabets import DIGITS, LATIN_CAPITALS, RUSSIAN, STRUCK, SYMBOLS, TAJIK_ONLY
from ocr.lexicon.posteriors import BLANK, COLUMN

IMPOSSIBLE = np.float32(-30.0)
"""Logarithm that stands for 'cannot be here'."""

_ALPHABETS = {
    "cyrillic": RUSSIAN + TAJIK_ONLY,
    "date": DIGITS,
    "digits": DIGITS,
    "passport": LATIN_CAPITALS + DIGITS,
    "latin": LATIN_CAPITALS,
}
"""Characters of each alphabet, without what may stand between them."""


def in_alphabet(logits: NDArray[np.float32], spec: FieldSpec) -> NDArray[np.float64]:
    """Logarithms of probabilities among the characters a field may hold, (..., classes) like the logits."""
    kept = np.where(alphabet_mask(spec), logits.astype(np.float64), -np.inf)
    kept = kept - kept.max(axis=-1, keepdims=True)
    logp = kept - np.log(np.exp(kept).sum(axis=-1, keepdims=True))
    return np.asarray(np.maximum(logp, IMPOSSIBLE), np.float64)


def alphabet_mask(spec: FieldSpec) -> NDArray[np.bool_]:
    """Columns that a field may hold. In boxes numbers need no marks between them: a slanting 1 is no slash."""
    name = "date" if spec.kind is FieldKind.DATE else spec.alphabet or "cyrillic"
    words = name in ("cyrillic", "latin")
    between = "-." * words if spec.cells else "-./ " if words or name == "date" else "- "
    mask = np.zeros(1 + len(SYMBOLS), bool)
    mask[[BLANK, COLUMN[STRUCK], *(COLUMN[c] for c in _ALPHABETS[name] + between)]] = True
    return mask


def sure(column: int) -> NDArray[np.float64]:
    """A step (classes,) that holds one column for certain."""
    row = np.full(1 + len(SYMBOLS), IMPOSSIBLE, np.float64)
    row[column] = 0.0
    return row


def likeliest_text(logp: NDArray[np.float64]) -> str:
    """Likeliest character of each step (T, classes), blanks dropped and neighbours joined."""
    best = logp.argmax(axis=1)
    kept = [int(c) for c, before in zip(best, [BLANK, *best[:-1]], strict=True) if c not in (BLANK, before)]
    return "".join(SYMBOLS[c - 1] for c in kept).strip()
