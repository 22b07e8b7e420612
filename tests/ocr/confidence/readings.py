"""Readings made up for tests of confidence."""

from __future__ import annotations

import numpy as np
from hypothesis import strategies as st
from numpy.typing import NDArray

from ocr.confidence.labelled_scores import LabelledScores
from ocr.forms.definition import FieldSpec, load_forms

READINGS = st.lists(st.tuples(st.integers(0, 20).map(lambda n: n / 20), st.booleans()), min_size=1, max_size=80)


def arrays(readings: list[tuple[float, bool]]) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    """Scores, and whether right."""
    return np.array([s for s, _ in readings]), np.array([r for _, r in readings])


def field(name: str, form: str = "revised-departure") -> FieldSpec:
    """A field of a shipped form."""
    return next(f for f in load_forms() if f.id == form).by_name[name]


def error_at(scores: NDArray[np.float64]) -> NDArray[np.float64]:
    """How often a made-up reader is wrong: half of the time at score 0, once in 16,000 at 1."""
    return 0.5 * np.exp(-9 * scores)


def operation(rng: np.random.Generator, count: int, present: float, audit: float) -> LabelledScores:
    """Readings of that reader in operation: people decide what scores below `present`, and a share of the rest."""
    scores = rng.uniform(size=count)
    stood = scores >= present
    return LabelledScores(
        scores=scores,
        right=rng.uniform(size=count) >= error_at(scores),
        labelled=~stood | (rng.uniform(size=count) < audit),
        stood=stood,
    )
