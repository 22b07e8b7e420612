"""Text in no dictionary keeps its characters."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ocr.lexicon.free_text import decode_text, decode_text_posteriors, keyed_text
from ocr.lexicon.posteriors import CharPosteriors
from tests.ocr.lexicon.written import between, blank, comb, line, steps_of

CODES = st.from_regex(r"[A-Z0-9](-?[A-Z0-9]){0,8}", fullmatch=True)


@given(CODES, st.booleans())
def test_what_is_clearly_written_is_the_value(text: str, on_line: bool) -> None:
    found = decode_text_posteriors(line(text) if on_line else comb(text, 18), "code")
    assert (found[0].value, found[0].text) == (text, text)
    assert found[0].probability > 0.9


def test_alternatives_come_in_order_with_their_probabilities() -> None:
    found = decode_text_posteriors(between("АБВ", "АЗВ", 0.3), "text")
    assert [candidate.value for candidate in found[:2]] == ["АБВ", "АЗВ"]
    assert found[0].probability == pytest.approx(0.7, abs=0.05)
    assert sum(candidate.probability for candidate in found) <= 1 + 1e-6


def test_spaces_are_kept_where_the_alphabet_has_them() -> None:
    assert decode_text_posteriors(line("КВ. 5"), "text")[0].value == "КВ. 5"
    assert decode_text_posteriors(line("AB 12"), "code")[0].value == "AB12"


@pytest.mark.parametrize("steps", [steps_of([]), steps_of([blank()] * 4), comb("", 8), comb("# ", 8)])
def test_nothing_written_gives_nothing(steps: CharPosteriors) -> None:
    assert decode_text_posteriors(steps, "text") == ()


@pytest.mark.parametrize(
    "text, name, value",
    [
        ("ab-12/34", "code", "AB-1234"),
        (" ул.  Айни 5 ", "text", "УЛ. АЙНИ 5"),
        ("!?", "text", ""),
        ("0042", "text", "0042"),
    ],
)
def test_read_text_is_put_into_the_alphabet(text: str, name: str, value: str) -> None:
    found = decode_text(text, name)
    assert [(c.value, c.text) for c in found] == ([(value, text.strip())] if value else [])


@pytest.mark.parametrize(
    "text, name, value",
    [
        ("ab 12-x", "code", "AB12-X"),
        ("АВ-12", "code", "AB-12"),  # Cyrillic А and В
        ("Айни  5", "text", "АЙНИ 5"),
        ("5 £", "text", "5 £"),
    ],
)
def test_keyed_text_is_written_one_way_and_loses_nothing_it_should_keep(text: str, name: str, value: str) -> None:
    assert keyed_text(text, name) == value
