"""What the network is fitted to: strips with what stands on them, along the line or cell by cell."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from multiprocessing import get_context

import numpy as np
from numpy.random import Generator
from tqdm import tqdm

from fixtures.handwriting import Mask
from ocr.extract.framing import STRIDE
from ocr.lexicon.posteriors import COLUMN

HAND, TYPED, SCRIBBLE = range(3)
"""Kinds of writing."""

_CHUNK = 1_000


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
        Index in `training.letters.MASK_NAMES`.
    kind
        `HAND`, `TYPED` or `SCRIBBLE`.
    edges
        Of a comb: columns of the strip at which its cells begin, and where the last ends. Empty for a line.
    """

    strip: Mask
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
        return bool(self.edges) or self.strip.shape[1] // STRIDE >= len(self.columns) + repeated


def columns_of(text: str) -> tuple[int, ...]:
    """Columns of a text's characters."""
    return tuple(COLUMN[c] for c in text)


_maker: Callable[[Generator], Sample]


def _begin(maker: Callable[[Generator], Sample]) -> None:
    global _maker
    _maker = maker


def _chunk(seed: int) -> list[Sample]:
    rng = np.random.default_rng([seed, 23])
    return [sample for sample in (_maker(rng) for _ in range(_CHUNK)) if sample.fits]


def make_samples(maker: Callable[[Generator], Sample], count: int, seed: int, workers: int) -> Sequence[Sample]:
    """Samples; the same whatever the number of workers."""
    chunks = range(seed * 10_000, seed * 10_000 + max(1, count // _CHUNK))
    with get_context("fork").Pool(workers, _begin, (maker,)) as pool:
        made = tqdm(pool.imap(_chunk, chunks), total=len(chunks), desc="samples", mininterval=10)
        return [sample for part in made for sample in part]
