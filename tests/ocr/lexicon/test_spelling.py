from __future__ import annotations

from math import exp

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ocr.lexicon.alphabets import SYMBOLS
from ocr.lexicon.spelling import learn_spelling

NAMES = ("КАРИМОВ", "РАХИМОВ", "РАҲИМЗОДА", "САЛИМОВ")


@given(st.text(SYMBOLS, max_size=4))
def test_chances_of_the_next_character_sum_to_one(before: str) -> None:
    spelling = learn_spelling(NAMES)
    whole = exp(spelling.log_probability(before))
    grown = [exp(spelling.log_probability(before + c)) for c in SYMBOLS]
    assert whole > 0 and min(grown) > 0
    context = ("^^" + before)[-2:]
    assert sum(spelling._next(context, c) for c in SYMBOLS + "$") == pytest.approx(1)


def test_a_new_name_like_the_others_is_likelier_than_one_unlike() -> None:
    spelling = learn_spelling(NAMES)
    assert spelling.log_probability("РАЛИМОВ") > spelling.log_probability("РЪЖИЩОВ")
    assert spelling.log_probability("КАРИМОВ") > spelling.log_probability("КАРИМОЩ")


def test_nothing_learnt_means_equal_chances() -> None:
    assert exp(learn_spelling(()).log_probability("А")) == pytest.approx((1 + len(SYMBOLS)) ** -2)
