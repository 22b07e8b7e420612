from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from learning.sample import CYRILLIC, HAND, Sample, columns_of
from learning.varied import varied


@given(st.integers(0, 10**6))
def test_the_cells_of_a_comb_move_with_the_writing(seed: int) -> None:
    """A thick stroke in the middle of each cell is still there afterwards."""
    strip = np.zeros((40, 100), np.uint8)
    edges = tuple(float(x) for x in range(5, 100, 30))
    for a in edges[:-1]:
        strip[8:32, int(a) + 12 : int(a) + 18] = 255
    moved = varied(Sample(strip, columns_of("ГГГ"), CYRILLIC, HAND, edges), np.random.default_rng(seed))
    assert moved.columns == columns_of("ГГГ") and moved.strip.shape[0] == 40
    assert (np.diff(moved.edges) > 0).all() and moved.edges[-1] <= moved.strip.shape[1]
    ink = (moved.strip > 90).sum(axis=0)
    for a, b in zip(moved.edges, moved.edges[1:], strict=False):
        cell = ink[round(a) : round(b)]
        middle = float((cell * np.arange(len(cell))).sum() / cell.sum())
        assert abs(middle / len(cell) - 0.5) < 0.2
