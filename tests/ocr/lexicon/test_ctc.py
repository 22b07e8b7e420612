from __future__ import annotations

import re
from itertools import groupby, product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ocr.extract.likelihood import sure
from ocr.lexicon.alphabets import SYMBOLS
from ocr.lexicon.beam import n_best
from ocr.lexicon.ctc import log_likelihoods, merged, thinned
from ocr.lexicon.posteriors import BLANK, COLUMN, CharPosteriors
from tests.ocr.lexicon.plain import likelihood
from tests.ocr.lexicon.written import comb, line

FEW = "АБ #"


def random_steps(count: int, seed: int, sharpness: float = 2.0) -> CharPosteriors:
    """Steps in which only the blank and a few characters occur."""
    rng = np.random.default_rng(seed)
    logits = np.full((count, 1 + len(SYMBOLS)), -np.inf)
    logits[:, [BLANK, *(COLUMN[c] for c in FEW)]] = sharpness * rng.normal(size=(count, 1 + len(FEW)))
    return CharPosteriors((logits - np.logaddexp.reduce(logits, axis=1, keepdims=True)).astype(np.float32))


def every_path(steps: CharPosteriors) -> dict[str, float]:
    """Probability of each text by going through all paths."""
    texts: dict[str, float] = {}
    p = np.exp(steps.logp.astype(float))
    columns = [BLANK, *(COLUMN[c] for c in FEW)]
    for path in product(columns, repeat=len(p)):
        text = "".join(SYMBOLS[c - 1] for c, _ in groupby(path) if c != BLANK)
        texts[text] = texts.get(text, 0.0) + float(np.prod([p[t, c] for t, c in enumerate(path)]))
    return texts


@settings(max_examples=15)
@given(st.integers(1, 5), st.integers(0, 10**6))
def test_likelihood_is_the_sum_over_all_paths(count: int, seed: int) -> None:
    steps = random_steps(count, seed)
    texts = every_path(steps)
    found = log_likelihoods(steps, list(texts))
    assert np.exp(found) == pytest.approx(list(texts.values()), rel=1e-5, abs=1e-12)
    assert np.exp(found).sum() == pytest.approx(1, abs=1e-5)


def test_a_text_that_cannot_be_spelt_has_no_likelihood() -> None:
    steps = random_steps(3, 1)
    assert log_likelihoods(steps, ["АБАБ", "АА#АА", "В"]).tolist() == [-np.inf] * 3
    assert log_likelihoods(steps, []).shape == (0,)
    assert np.exp(log_likelihoods(steps, [""]))[0] == pytest.approx(every_path(steps)[""], rel=1e-5)


@settings(max_examples=25)
@given(st.integers(1, 30), st.lists(st.text(FEW, max_size=12), max_size=6), st.integers(0, 10**6), st.floats(0.5, 12))
def test_all_texts_at_once_are_as_likely_as_each_alone(
    count: int, texts: list[str], seed: int, sharpness: float
) -> None:
    steps = random_steps(count, seed, sharpness)
    found = log_likelihoods(steps, texts)
    assert np.exp(found) == pytest.approx([likelihood(steps, text) for text in texts], rel=1e-6, abs=1e-12)


@settings(max_examples=15)
@given(st.text("АБВ", min_size=1, max_size=6), st.integers(0, 10**6))
def test_boxes_of_a_comb_are_as_likely_as_step_by_step(text: str, seed: int) -> None:
    steps = comb(text, 8, 0.5, np.random.default_rng(seed))
    steps = CharPosteriors(
        np.where(np.arange(len(steps.logp))[:, None] % 2, steps.logp, sure(BLANK)).astype(np.float32)
    )
    for each in (text, text[:-1], text + "А"):
        assert np.exp(log_likelihoods(steps, [each]))[0] == pytest.approx(likelihood(steps, each), rel=1e-6, abs=1e-8)


@settings(max_examples=15)
@given(st.integers(1, 5), st.integers(0, 10**6))
def test_merged_steps_give_texts_without_the_characters(count: int, seed: int) -> None:
    steps = random_steps(count, seed)
    sums: dict[str, float] = {}
    for text, p in every_path(steps).items():
        key = re.sub("[ #]", "", text)
        sums[key] = sums.get(key, 0.0) + p
    found = log_likelihoods(merged(steps, " #"), list(sums))
    assert np.exp(found) == pytest.approx(list(sums.values()), rel=1e-4, abs=1e-9)


@settings(max_examples=15)
@given(st.integers(1, 5), st.integers(0, 10**6))
def test_texts_carry_their_probability_with_spaces_made_one(count: int, seed: int) -> None:
    steps = random_steps(count, seed)
    sums: dict[str, float] = {}
    for text, p in every_path(steps).items():
        key = " ".join(text.split())
        sums[key] = sums.get(key, 0.0) + p
    found = n_best(steps)
    assert [p for _, p in found] == sorted((p for _, p in found), reverse=True)
    assert all(np.exp(p) <= sums[text] * (1 + 1e-4) for text, p in found)
    if count <= 2:  # all texts fit into the beam
        assert np.exp([p for _, p in found]) == pytest.approx([sums[text] for text, _ in found], abs=1e-3)
        assert sum(np.exp(p) for _, p in found) == pytest.approx(1, abs=1e-2)


@settings(max_examples=15)
@given(st.integers(1, 6), st.integers(0, 10**6))
def test_search_and_forward_algorithm_agree(count: int, seed: int) -> None:
    steps = merged(random_steps(count, seed), " #")
    found = n_best(steps)
    exact = log_likelihoods(steps, [text for text, _ in found])
    assert all(p <= likelihood + 1e-4 for (_, p), likelihood in zip(found, exact, strict=True))
    assert found[0][1] == pytest.approx(exact[0], abs=0.02)


def test_only_admitted_beginnings_are_followed() -> None:
    steps = random_steps(5, 3)
    found = n_best(steps, lambda text: not text.startswith("А"))
    assert found and not any(text.startswith("А") for text, _ in found)


@pytest.mark.parametrize("text", ["ХУДЖАНД", "АННА", "ҶАББОР РАСУЛОВ"])
def test_clear_writing_is_read_as_it_stands(text: str) -> None:
    for steps in (comb(text, 20), line(text)):
        (best, p), *_ = n_best(steps)
        assert best == text
        assert np.exp(p) > 0.5


def test_repeated_sure_blanks_change_no_likely_text() -> None:
    steps = line("ХУДЖАНД", 0.3)
    thin = thinned(steps)
    assert len(thin.logp) < len(steps.logp)
    texts = ["ХУДЖАНД", "ХУДАНД"]
    assert log_likelihoods(thin, texts) == pytest.approx(log_likelihoods(steps, texts), abs=0.05)
