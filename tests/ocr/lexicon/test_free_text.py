"""Text in no dictionary keeps its characters."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ocr.lexicon.alphabets import cyrillic_doubles
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


@pytest.mark.parametrize("text", ["А-12", "Б 07", "007-Я", "ЯЩ 3-08", "Ҷ-1"])
def test_short_codes_keep_letters_digits_hyphen_and_zeros(text: str) -> None:
    for steps in (line(text), comb(text, 12)):
        assert decode_text_posteriors(steps, "cyrillic_code")[0].value == text


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("SMITH", "SMITH"),
        ("СМИТ", "СМИТ"),
        ("BMW X5", "BMW X5"),
        ("РОМ 007", "РОМ 007"),  # nothing tells: Cyrillic
        ("TOM SAWYER", "TOM SAWYER"),  # nothing in TOM tells, SAWYER does
        ("ООО SIEMENS 12-А", "ООО SIEMENS 12-А"),
        ("ҲОТЕЛ HILTON", "ҲОТЕЛ HILTON"),
    ],
)
def test_letters_of_two_scripts_are_told_by_those_beside_them(text: str, value: str) -> None:
    half = CharPosteriors(np.logaddexp(line(text).logp, line(other_script(text)).logp) - np.float32(np.log(2)))
    for found in (
        decode_text_posteriors(half, "mixed")[0],
        decode_text_posteriors(line(text), "mixed")[0],
        decode_text(text, "mixed")[0],
    ):
        assert keyed_text(found.value, "mixed") == found.value == keyed_text(value, "mixed")
        assert found.probability > 0.9


def other_script(text: str) -> str:
    """The text with every letter that both scripts have exchanged for its double."""
    doubles = cyrillic_doubles("mixed")
    return text.translate(str.maketrans(doubles | {b: a for a, b in doubles.items()}))


def test_letters_and_digits_drawn_alike_are_told_by_their_neighbours() -> None:
    for first, second, better in (("23З5", "2335", "2335"), ("РОЗА", "РО3А", "РОЗА"), ("0О7", "007", "007")):
        found = decode_text_posteriors(between(first, second, 0.5), "cyrillic_code")
        assert found[0].value == better
    assert decode_text_posteriors(between("23З5", "2335", 0.02), "cyrillic_code")[0].value == "23З5"  # clear writing


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
