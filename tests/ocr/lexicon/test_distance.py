from __future__ import annotations

from math import inf

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rapidfuzz.distance import Levenshtein

from ocr.lexicon.distance import confusion_costs, distance
from tests.ocr.lexicon.plain import edits

words = st.text("абвгинпшщц03 -", max_size=10)


@given(words, words)
def test_symmetric_and_never_above_plain_edit_distance(a: str, b: str) -> None:
    assert distance(a, b) == pytest.approx(distance(b, a))
    assert distance(a, b) <= Levenshtein.distance(a, b) + 1e-9
    assert (distance(a, b) == 0) == (a == b)


@given(words, words)
def test_letters_cost_what_the_plain_algorithm_says(a: str, b: str) -> None:
    if a != b:
        exchanged = min(edits(a, b), 0.1 + edits(a.replace("тс", "ц"), b.replace("тс", "ц")))
        assert distance(a, b) == pytest.approx(exchanged if "ц" in a + b and "тс" in a + b else edits(a, b))


@given(words, words, st.floats(0, 4))
def test_bound_only_hides_what_exceeds_it(a: str, b: str, most: float) -> None:
    exact, bounded = distance(a, b), distance(a, b, most)
    assert bounded == exact or (bounded == inf and exact > most)


@pytest.mark.parametrize(
    ("wrong", "unlike"),
    [("спортшик", "спортдик"), ("рахнмов", "рахжмов"), ("душаанбе", "душакнбе"), ("р0гун", "р5гун")],
)
def test_likely_mistakes_cost_less(wrong: str, unlike: str) -> None:
    right = {"с": "спортщик", "р": "рахимов", "д": "душанбе"}[wrong[0]]
    right = "рогун" if "0" in wrong else right
    assert distance(wrong, right) < distance(unlike, right)


def test_tajik_spelling_of_a_russian_letter_costs_little() -> None:
    assert distance("липетск", "липецк") == distance("липецк", "липетск") == pytest.approx(0.1)
    assert distance("липетек", "липецк") > 0.5


def test_the_confusions_that_matter_most_are_known() -> None:
    costs = confusion_costs()
    for a, b in zip("кхичугшц03ипеамтлвд", "қҳӣҷӯғщщозннсошгпбл", strict=True):
        assert 0 < costs[a, b] == costs[b, a] < 0.5
