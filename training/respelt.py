"""Real joined handwriting for Cyrillic and for numbers, cut out of lines with Latin letters.

Many small letters are written alike in both alphabets: a French hand's `une commune` is what a Russian hand writes for
`ипе соттипе`. Runs of such letters, with the strokes that join them, are read as the Cyrillic ones; numbers stand by
themselves.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from fixtures.handwriting import Mask
from learning.sample import CYRILLIC, DATE, HAND, Sample
from ocr.lexicon.alphabets import DIGITS
from ocr.lexicon.posteriors import COLUMN
from training.latin import varied

ALIKE = dict(zip("acegkmnopuxy", "АСЕДКТПОРИХУ", strict=True))
"""Small Latin letters and the Cyrillic ones that are written alike."""

AGREED = -0.7
"""Mean logarithm of the network's probability from which on a line's places of characters are trusted."""

_THIN = 5
"""Rows of ink at most where a run is cut: a joining stroke."""

_SHORTEST = 3


@dataclass(frozen=True, eq=False)
class WrittenRun:
    """A piece of a line and what stands there.

    Attributes
    ----------
    ink
        uint8 (ROWS, w).
    columns
        Of its characters.
    """

    ink: Mask
    columns: tuple[int, ...]
    alphabet: int


def runs(ink: Mask, written: str, places: NDArray[np.float64]) -> Iterator[WrittenRun]:
    """Runs of letters that are alike, and numbers, of one line.

    Parameters
    ----------
    written
        What stands on the line, as from `training.latin.spelt`.
    places
        Columns of its characters, as from `training.alignment.aligned`.
    """
    for start, end, alphabet in _pieces(written):
        left = _cut(ink, places[start - 1], places[start]) if start else 0
        right = _cut(ink, places[end], places[end - 1]) if end < len(places) else ink.shape[1]
        if left is not None and right is not None and right - left >= 6:
            columns = tuple(COLUMN[ALIKE.get(c, c)] for c in written[start:end])
            yield WrittenRun(ink[:, left:right], columns, alphabet)


def _pieces(written: str) -> Iterator[tuple[int, int, int]]:
    """First and behind the last character of each run, and its alphabet."""
    start = 0
    while start < len(written):
        is_number = written[start] in DIGITS
        alphabet, known, least = (DATE, DIGITS, 1) if is_number else (CYRILLIC, "".join(ALIKE), _SHORTEST)
        end = next((i for i in range(start, len(written)) if written[i] not in known), len(written))
        if end - start >= least:
            yield start, end, alphabet
        start = max(end, start + 1)


def _cut(ink: Mask, outside: float, inside: float) -> int | None:
    """The column with the least ink between a run's outermost letter and the one outside, rather near the former.

    None where more than a joining stroke would be cut.
    """
    middle, back = round((outside + inside) / 2), round((outside - inside) / 8)
    first, last = sorted((middle + back, round(middle - 2.5 * back + np.sign(inside - outside))))
    amounts = (ink[:, max(0, first) : last + 1] > 90).sum(axis=0)
    if not len(amounts):
        return None
    best = int(amounts.argmin())
    return max(0, first) + best if amounts[best] <= _THIN else None


def respelt(hands: list[list[WrittenRun]], rng: Generator) -> Sample:
    """One to three runs of one hand side by side, a little otherwise than they were written.

    Parameters
    ----------
    hands
        Runs of each hand, of one alphabet.
    """
    own = hands[int(rng.integers(len(hands)))]
    chosen = [own[int(i)] for i in rng.integers(len(own), size=int(rng.choice((1, 1, 2, 3))))]
    edge = np.zeros((chosen[0].ink.shape[0], 4), np.uint8)
    columns, parts = chosen[0].columns, [edge, chosen[0].ink]
    for run in chosen[1:]:
        columns = (*columns, COLUMN[" "], *run.columns)
        parts += [np.zeros((len(edge), int(rng.integers(12, 30))), np.uint8), run.ink]
    line = Sample(np.asarray(np.hstack([*parts, edge]), np.uint8), columns, chosen[0].alphabet, HAND)
    return varied(line, rng)


def by_hand(found: Iterable[tuple[str, WrittenRun]], alphabet: int) -> list[list[WrittenRun]]:
    """The runs of one alphabet of each hand."""
    hands: dict[str, list[WrittenRun]] = {}
    for hand, run in found:
        if run.alphabet == alphabet:
            hands.setdefault(hand, []).append(run)
    return list(hands.values())
