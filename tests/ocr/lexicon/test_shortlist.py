from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from ocr.lexicon.ctc import log_likelihoods
from ocr.lexicon.posteriors import likeliest, spelt
from tests.ocr.lexicon.written import LETTERS, comb, line

WORDS = st.lists(st.text(LETTERS, min_size=3, max_size=9), min_size=12, max_size=30, unique=True)


@settings(max_examples=25)
@given(WORDS, st.integers(0, 10**6))
def test_the_likeliest_text_is_on_the_shortlist(words: list[str], seed: int) -> None:
    rng = np.random.default_rng(seed)
    for steps in (comb(words[0], 12, 0.3, rng), line(words[0], 0.3, rng)):
        best = int(np.argmax(log_likelihoods(steps, words)))
        anagrams = sum(sorted(set(word)) == sorted(set(words[best])) for word in words)
        assert best in likeliest(steps, spelt(words), 5 + anagrams)


def test_only_so_many_are_listed() -> None:
    steps = comb("ХУДЖАНД", 10)
    words = ["МУРГАБ", "ХУДЖАНД", "ХУДЖАН", "ВАХШ"]
    assert set(likeliest(steps, spelt(words), 2)) == {1, 2}
    assert likeliest(steps, spelt(words), 9)[2:] == [3, 0]
    assert likeliest(steps, spelt([]), 2) == []


@settings(max_examples=25)
@given(WORDS, st.integers(0, 10**6), st.floats(-40, 0))
def test_only_what_is_surely_less_likely_is_left_out(words: list[str], seed: int, least: float) -> None:
    rng = np.random.default_rng(seed)
    for steps in (comb(words[0], 12, 0.5, rng), line(words[0], 0.5, rng)):
        listed = likeliest(steps, spelt(words), len(words), least)
        out = [word for i, word in enumerate(words) if i not in listed]
        assert all(p <= least + 1e-4 for p in log_likelihoods(steps, out))
