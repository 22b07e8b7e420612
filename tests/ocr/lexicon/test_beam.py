from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ocr.lexicon.alphabets import DIGITS
from ocr.lexicon.beam import n_best
from ocr.lexicon.ctc import log_likelihoods, merged, thinned
from ocr.lexicon.posteriors import BLANK, COLUMN, CharPosteriors
from tests.ocr.lexicon.plain import beam_search
from tests.ocr.lexicon.test_ctc import random_steps
from tests.ocr.lexicon.written import LETTERS, line


def noisy(text: str, seed: int) -> CharPosteriors:
    """Writing in which no two texts are as likely, so that it is certain which of them the beam keeps."""
    rng = np.random.default_rng(seed)
    steps = thinned(line(text, 0.4, rng)).logp
    return CharPosteriors(steps - np.abs(rng.normal(0, 0.01, steps.shape)).astype(np.float32))


@settings(max_examples=25)
@given(st.integers(0, 12), st.integers(0, 10**6), st.floats(0.5, 8))
def test_search_is_the_plain_one(count: int, seed: int, sharpness: float) -> None:
    steps = random_steps(count, seed, sharpness)
    assert {text: np.exp(p) for text, p in n_best(steps)} == pytest.approx(beam_search(steps))


@settings(max_examples=25)
@given(st.text(LETTERS, min_size=1, max_size=9), st.integers(0, 10**6))
def test_search_of_writing_is_the_plain_one(text: str, seed: int) -> None:
    steps = noisy(text, seed)
    assert {text: np.exp(p) for text, p in n_best(steps)} == pytest.approx(beam_search(steps))


@settings(max_examples=15)
@given(st.integers(1, 9), st.integers(0, 10**6))
def test_search_with_a_grammar_is_the_plain_one(count: int, seed: int) -> None:
    def admits(text: str) -> bool:
        return not text.startswith("А") and "ББ" not in text

    steps = random_steps(count, seed)
    found = {text: np.exp(p) for text, p in n_best(steps, admits)}
    assert found == pytest.approx(beam_search(steps, admits))


@given(st.text(DIGITS, min_size=1, max_size=6), st.integers(0, 10**6))
def test_a_grammar_that_refuses_nothing_changes_nothing(text: str, seed: int) -> None:
    steps = thinned(line(text, 0.4, np.random.default_rng(seed), DIGITS))
    assert n_best(steps, str.isdecimal) == n_best(steps)


def test_long_unlikely_texts_do_not_vanish() -> None:
    steps = random_steps(600, 1, 0.1)
    (best, p), *_ = n_best(steps)
    assert -1000 < p < -300
    assert p <= log_likelihoods(merged(steps, " "), [best.replace(" ", "")])[0]


def test_what_a_grammar_refuses_leaves_nothing_or_little() -> None:
    rows = np.full((40, 1 + len(COLUMN)), -30.0, dtype=np.float32)
    rows[:, COLUMN["А"]] = 0.0
    found = n_best(CharPosteriors(rows), lambda text: False)
    assert found == [("", pytest.approx(40 * rows[0, BLANK], rel=1e-5))]
