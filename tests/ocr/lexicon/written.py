"""Steps as a handwriting recogniser would give them, drawn from a text."""

from __future__ import annotations

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from ocr.lexicon.alphabets import RUSSIAN, SYMBOLS, TAJIK_ONLY
from ocr.lexicon.posteriors import BLANK, COLUMN, CharPosteriors

LETTERS = RUSSIAN + TAJIK_ONLY
FLOOR = 1e-7


def steps_of(rows: list[NDArray[np.float64]]) -> CharPosteriors:
    """Steps from rows of masses."""
    p = np.array(rows) if rows else np.zeros((0, 1 + len(SYMBOLS)))
    p = np.maximum(p, FLOOR)
    return CharPosteriors(np.log(p / p.sum(axis=1, keepdims=True)).astype(np.float32))


def seen(character: str, noise: float, rng: Generator, alphabet: str = LETTERS) -> NDArray[np.float64]:
    """One row for a character: at noise 0 sure, towards 1 others of the alphabet take over now and then."""
    row = np.zeros(1 + len(SYMBOLS))
    row[COLUMN[character]] = 1.0
    if noise:
        others = rng.choice(list(alphabet), 3, replace=False)
        for other, share in zip(others, rng.dirichlet([0.5] * 3), strict=True):
            row[COLUMN[str(other)]] += share * noise * rng.exponential()
        row[BLANK] += 0.05 * noise * rng.exponential()
    return row


def blank(share: float = 1.0) -> NDArray[np.float64]:
    """A row that is blank but for what looks like a space."""
    row = np.zeros(1 + len(SYMBOLS))
    row[BLANK], row[COLUMN[" "]] = share, 1 - share
    return row


def comb(
    text: str, cells: int, noise: float = 0.0, rng: Generator | None = None, alphabet: str = LETTERS
) -> CharPosteriors:
    """A comb with one character a box; empty boxes are half blank, half space."""
    rng = rng or np.random.default_rng(0)
    rows = [blank()]
    for character in text.ljust(cells):
        rows += [blank(0.4) if character == " " else seen(character, noise, rng, alphabet), blank()]
    return steps_of(rows)


def line(text: str, noise: float = 0.0, rng: Generator | None = None, alphabet: str = LETTERS) -> CharPosteriors:
    """A line: a peak for each character, sometimes two steps wide, among blanks."""
    rng = rng or np.random.default_rng(0)
    rows = [blank()] * 3
    for character in text:
        row = seen(character, noise, rng, alphabet)
        rows += [row] * int(rng.integers(1, 3)) + [blank(0.99995)] * int(rng.integers(1, 4))
    return steps_of(rows)


def between(first: str, second: str, share: float) -> CharPosteriors:
    """Steps that show one text or, with a share, another of the same length."""
    rng = np.random.default_rng(0)
    rows = [blank()]
    for a, b in zip(first, second, strict=True):
        rows += [(1 - share) * seen(a, 0, rng) + share * seen(b, 0, rng), blank()]
    return steps_of(rows)
