"""Makes samples on all cores."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from multiprocessing import get_context

import numpy as np
from numpy.random import Generator
from tqdm import tqdm

from learning.sample import Sample

_CHUNK = 1_000

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
