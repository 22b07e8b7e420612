"""Cells of several axes: what one column says goes to all codes made of it, and columns meet row by row."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from estimation.axes import Axis, cell_of, cells_of, coded, crossed

VALUES = ("11", "12", "21", "22", None)


def first(value: object) -> str | None:
    return None if value is None else str(value)[0]


def whole(value: object) -> str | None:
    return None if value is None else str(value)


GROUP, CODE, OTHER = Axis("work", first), Axis("work", whole), Axis("sex", whole)


@st.composite
def columns(draw: st.DrawFn) -> tuple[list[str | None], dict[int, dict[str, float]], list[str | None]]:
    """Settled values of two columns on some cards, and shares of the first where it is in doubt."""
    cards = draw(st.integers(1, 6))
    work = draw(st.lists(st.sampled_from(VALUES), min_size=cards, max_size=cards))
    sex = draw(st.lists(st.sampled_from(("m", "f")), min_size=cards, max_size=cards))
    doubts = {}
    for row in draw(st.sets(st.integers(0, cards - 1))):
        codes = draw(st.lists(st.sampled_from(VALUES[:-1]), min_size=1, max_size=3, unique=True))
        doubts[row] = {str(code): 0.9 / len(codes) for code in codes}
    return work, doubts, list(sex)


@given(columns())
def test_every_card_lies_in_cells_that_can_be_and_adds_up_to_one(
    drawn: tuple[list[str | None], dict[int, dict[str, float]], list[str | None]],
) -> None:
    work, doubts, sex = drawn
    prior = {cell_of((GROUP, CODE), value): 0.25 for value in VALUES[:-1]}
    along = [coded({0: GROUP, 2: CODE}, work, doubts, prior), coded({1: OTHER}, sex, {}, {})]
    cells, rows = cells_of(along), np.arange(len(work))
    assert all(cell[0] == first(cell[2]) for cell in cells), "no code lies in another group"
    for keyed in (np.zeros((len(work), 2), bool), np.ones((len(work), 2), bool)):
        found = crossed(along, np.ones(len(cells)), keyed, rows).toarray()
        np.testing.assert_allclose(found.sum(axis=1), 1.0)
        for row, value in enumerate(work):
            shares = {value: 1.0} if keyed[row, 0] or row not in doubts else doubts[row]
            for code, share in shares.items():
                (k,) = [k for k, cell in enumerate(cells) if cell == (first(code), sex[row], whole(code))]
                spread = 0.1 * 0.25 if row in doubts and not keyed[row, 0] and code is not None else 0.0
                np.testing.assert_allclose(found[row, k], share + spread)
