from __future__ import annotations

from datetime import date

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ocr.extract.likelihood import likeliest_text, sure
from ocr.extract.network import Logits
from ocr.extract.stamp_months import months_as_digits
from ocr.lexicon.grammar_posteriors import decode_date_posteriors
from ocr.lexicon.posteriors import BLANK, COLUMN, CharPosteriors
from ocr.reading import Candidate


def seen(text: str) -> Logits:
    """What a network sees that is sure of a text."""
    return np.stack([row for c in text for row in (sure(COLUMN[c]), sure(BLANK))]).astype(np.float32)


def decoded(logits: Logits) -> tuple[Candidate, ...]:
    logp = logits - np.logaddexp.reduce(logits, axis=1, keepdims=True)
    bounds = date(2005, 1, 1), date(2020, 1, 1)
    return decode_date_posteriors(CharPosteriors(logp), earliest=bounds[0], latest=bounds[1], weigh=lambda _: 1.0)


@pytest.mark.parametrize("month", ["МАРТА", "МАР", "МАРТ", "III", "Ш", "III."])
def test_a_month_in_words_or_roman_numerals_is_read(month: str) -> None:
    best = decoded(months_as_digits(seen(f"12 {month} 2011")))[0]
    assert best.value == "2011-03-12" and best.probability > 0.9


def test_november_and_a_roman_two_are_told_apart() -> None:
    assert decoded(months_as_digits(seen("12 II 2011")))[0].value == "2011-02-12"
    assert decoded(months_as_digits(seen("12 11 2011")))[0].value == "2011-11-12"


def test_what_is_no_month_is_doubtful() -> None:
    assert all(c.probability < 0.2 for c in decoded(months_as_digits(seen("12 ГОРОД 2011"))))


@given(st.text("0123456789-. ", max_size=14))
def test_digits_alone_stay(text: str) -> None:
    logits = seen(text or " ")
    assert likeliest_text(months_as_digits(logits).astype(np.float64)).split() == likeliest_text(logits).split()


@pytest.mark.parametrize("text", ["- 8 -03- 2011", " 8  03  2011", "8-03-2011 -"])
def test_a_padded_day_is_read(text: str) -> None:
    assert decoded(seen(text))[0].value == "2011-03-08"
