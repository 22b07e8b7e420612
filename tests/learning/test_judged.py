from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from learning.judged import KEPT_BACK, Figure, Judged, figures, is_kept_back, total
from tests.store.cards import scan


def test_every_fifth_card_is_kept_back_and_always_the_same() -> None:
    drawn = [is_kept_back(scan(n)) for n in range(4000)]
    assert abs(sum(drawn) / len(drawn) - 1 / KEPT_BACK) < 0.03
    assert drawn == [is_kept_back(scan(n)) for n in range(4000)]


@given(st.lists(st.tuples(st.sampled_from(["comb name", "hand date"]), st.booleans(), st.booleans()), min_size=1))
def test_figures_count_what_is_known_by_hand(found: list[tuple[str, bool, bool]]) -> None:
    before = [Judged(kind, right, None, True) for kind, right, _ in found]
    after = [Judged(kind, right, None, True) for kind, _, right in found]
    other = [Judged("barcode", True, None, False), Judged("comb name", None, None, True)]
    of_kinds = figures([*before, *other], [*other, *after])
    assert {one.kind for one in of_kinds} == {kind for kind, _, _ in found}
    assert total(of_kinds) == Figure("all", len(found), sum(a for _, a, _ in found), sum(b for _, _, b in found))
