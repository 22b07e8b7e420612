"""Signatures of made-up ink."""

from __future__ import annotations

import numpy as np

from ocr.likeness import BITS, Likeness, signature


def ink(n: int, noise: float = 0.0, form: str = "revised-departure") -> Likeness:
    """The n-th card's signature; with noise, as another scan shows it."""
    drawn = np.random.default_rng(n).normal(size=BITS) + noise * np.random.default_rng(n + 1000).normal(size=BITS)
    return signature(form, drawn.astype(np.float32))
