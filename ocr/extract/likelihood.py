"""From a network's outputs to what a field may say: probabilities in its alphabet, and the likeliest text."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from ocr.forms.definition import FieldKind, FieldSpec
from ocr.lexicon.alphabets import DIGITS, SEPARATORS, STRUCK, SYMBOLS, alphabet
from ocr.lexicon.posteriors import BLANK, COLUMN

IMPOSSIBLE = np.float32(-30.0)
"""Logarithm that stands for 'cannot be here'."""


def in_alphabet(logits: NDArray[np.float32], spec: FieldSpec) -> NDArray[np.float64]:
    """Logarithms of probabilities among the characters a field may hold, (..., classes) like the logits."""
    kept = np.where(alphabet_mask(spec), logits.astype(np.float64), -np.inf)
    return np.asarray(np.maximum(log_softmax(kept), IMPOSSIBLE), np.float64)


def log_softmax(logits: NDArray[Any]) -> NDArray[Any]:
    """Logarithms of probabilities among all characters, (..., classes) like the logits and of their kind."""
    kept = logits - logits.max(axis=-1, keepdims=True)
    return np.asarray(kept - np.log(np.exp(kept).sum(axis=-1, keepdims=True)))


def alphabet_mask(spec: FieldSpec) -> NDArray[np.bool_]:
    """Columns that a field may hold, as far as the networks know its characters.

    In boxes nothing stands between numbers: a slanting 1 is no slash.
    """
    known = alphabet("date" if spec.kind is FieldKind.DATE else spec.alphabet or "cyrillic")
    return _mask(known.letters + (known.signs.replace(" ", "") if spec.cells else known.signs + known.between))


def _mask(characters: str) -> NDArray[np.bool_]:
    mask = np.zeros(1 + len(SYMBOLS), bool)
    mask[[BLANK, COLUMN[STRUCK], *(COLUMN[c] for c in characters if c in COLUMN)]] = True
    return mask


DATE_MASK = _mask(DIGITS + SEPARATORS)
"""Columns (classes,) that a date on a line may hold."""


def share_in(logits: NDArray[np.float32], mask: NDArray[np.bool_]) -> float:
    """How much of what a network sees along a line (T, classes), blanks apart, lies in a mask's columns; 0..1."""
    p = np.exp(logits - logits.max(axis=1, keepdims=True))
    p /= p.sum(axis=1, keepdims=True)
    inked = mask.copy()
    inked[BLANK] = False
    return float(p[:, inked].sum() / max(1e-6, 1 - p[:, BLANK].mean()) / len(p))


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
