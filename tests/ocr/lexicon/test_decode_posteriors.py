from __future__ import annotations

from datetime import date

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ocr.lexicon.decode_posteriors import decode_posteriors
from ocr.lexicon.lexicon import Lexicon, load_lexicon
from ocr.lexicon.match import NOT_IN_LEXICON
from ocr.lexicon.normalise import plain
from ocr.lexicon.posteriors import CharPosteriors
from tests.ocr.lexicon.written import LETTERS, between, blank, comb, line, steps_of

DISTRICTS, OCCUPATIONS = load_lexicon("districts"), load_lexicon("occupations")
CLOSED = ("districts", "destinations", "countries", "regions", "occupations", "sectors")
ON = date(2022, 5, 1)


def writable(lexicon: Lexicon) -> list[tuple[str, str]]:
    """Forms in the recogniser's letters that mean one code only, and the code."""
    found = []
    for form in lexicon.forms:
        codes = {f.code for f in lexicon.by_key[form.key] if f.valid(ON)}
        if codes == {form.code} and form.valid(ON) and 4 <= len(form.text) <= 22 and form.weight == 1:
            text = form.text.upper()
            if set(text) <= set(LETTERS + "-. "):
                found.append((text, form.code))
    return found


@settings(max_examples=25)
@given(st.sampled_from(CLOSED), st.data())
def test_clear_writing_means_its_entry(name: str, data: st.DataObject) -> None:
    lexicon = load_lexicon(name)
    text, code = data.draw(st.sampled_from(writable(lexicon)))
    for steps in (comb(text, 22), line(text)):
        first = decode_posteriors(steps, lexicon, on=ON)[0]
        assert first.value == code
        assert first.probability > 0.6


@settings(max_examples=40)
@given(st.sampled_from(CLOSED), st.data(), st.integers(0, 10**6))
def test_noisy_writing_means_its_entry_or_is_not_sure(name: str, data: st.DataObject, seed: int) -> None:
    lexicon = load_lexicon(name)
    text, code = data.draw(st.sampled_from(writable(lexicon)))
    found = decode_posteriors(line(text, 0.25, np.random.default_rng(seed)), lexicon, on=ON)
    assert found[0].value in (code, NOT_IN_LEXICON) or found[0].probability < 0.9
    assert code in {c.value for c in found}


@pytest.mark.parametrize("noise", [0.4, 0.7])
def test_most_words_survive_a_bad_hand(noise: float) -> None:
    rng = np.random.default_rng(1)
    words = writable(DISTRICTS)
    chosen = [words[int(i)] for i in rng.integers(len(words), size=40)]
    right = sum(decode_posteriors(comb(t, 22, noise, rng), DISTRICTS, on=ON)[0].value == code for t, code in chosen)
    assert right >= 34


@settings(max_examples=15)
@given(st.sampled_from(CLOSED), st.text(LETTERS, min_size=1, max_size=10), st.integers(0, 99), st.integers(1, 6))
def test_candidates_are_ranked_distinct_shares(name: str, text: str, seed: int, limit: int) -> None:
    found = decode_posteriors(line(text, 0.5, np.random.default_rng(seed)), load_lexicon(name), limit=limit)
    assert len(found) <= limit
    assert len({c.value for c in found}) == len(found)
    assert sum(c.probability for c in found) <= 1 + 1e-9
    assert [c.probability for c in found] == sorted((c.probability for c in found), reverse=True)
    assert not found or NOT_IN_LEXICON in {c.value for c in found}


@pytest.mark.parametrize(
    ("text", "name"),
    [("ЩЪЫЬЭЖ", "occupations"), ("ЧАШМАСОР", "districts"), ("КИШЛАК ЛОЛАЗОР", "districts"), ("РАҲИМОВ", "countries")],
)
def test_a_clear_word_that_is_no_entry_means_none(text: str, name: str) -> None:
    first = decode_posteriors(comb(text, 18), load_lexicon(name))[0]
    assert first.value == NOT_IN_LEXICON
    assert first.text == text


@pytest.mark.parametrize(
    ("text", "name", "code"),
    [
        ("ХУЧАНД", "districts", "TJ-SU-01"),
        ("ХУДЖАНТ", "districts", "TJ-SU-01"),
        ("ГОР. ХУДЖАНД", "districts", "TJ-SU-01"),
        ("ХУДЖАНД ГОРОД", "districts", "TJ-SU-01"),
        ("ВАХШСКИЙ Р-Н", "districts", "TJ-KT-07"),
        ("СВАРЩИККК", "occupations", "7212"),
        ("ЭКСКАВАТОРЩЕК", "occupations", "8342"),
        ("ПОВАР В КАФЕ", "occupations", "5120"),
        ("РОССИЙА", "countries", "RU"),
    ],
)
def test_writers_spell_shorten_and_add_words(text: str, name: str, code: str) -> None:
    assert decode_posteriors(line(text), load_lexicon(name), on=ON)[0].value == code


@settings(max_examples=20)
@given(st.sampled_from([item for item in writable(DISTRICTS) if plain(item[0]) != item[0]]), st.integers(0, 99))
def test_words_without_their_tajik_letters_mean_the_same(item: tuple[str, str], seed: int) -> None:
    text, code = item
    assert decode_posteriors(comb(plain(text), 22, 0.1, np.random.default_rng(seed)), DISTRICTS, on=ON)[0].value == code


def test_the_region_decides_between_like_districts() -> None:
    steps = comb("ЗАРНИСОР", 18)
    north, south = (decode_posteriors(steps, DISTRICTS, within={r: 1.0})[0].value for r in ("TJ-SU", "TJ-KT"))
    assert (north, south) == ("TJ-SU-03", "TJ-KT-07")


def test_a_doubtful_region_counts_by_its_shares() -> None:
    steps = comb("ЗАРНИСОР", 18)
    shares = [
        next(c.probability for c in decode_posteriors(steps, DISTRICTS, within=within) if c.value == "TJ-SU-03")
        for within in ({"TJ-KT": 0.8, "TJ-SU": 0.2}, {"TJ-KT": 0.5, "TJ-SU": 0.5}, {"TJ-SU": 0.9, "TJ-KT": 0.1})
    ]
    assert shares == sorted(shares) and len(set(shares)) == 3


def test_clear_writing_overrules_the_region() -> None:
    assert decode_posteriors(comb("ХУДЖАНД", 18), DISTRICTS, within={"TJ-KT": 1.0})[0].value == "TJ-SU-01"
    elsewhere = decode_posteriors(comb("ХУДЖАНД", 18), DISTRICTS, within={"OTHER": 1.0, "TJ-KT": 0.0})
    assert elsewhere == decode_posteriors(comb("ХУДЖАНД", 18), DISTRICTS)


@pytest.mark.parametrize(("day", "code"), [(date(2015, 5, 1), "TJ-KT-06"), (date(2020, 5, 1), "TJ-KT-01")])
def test_renamed_places_by_the_day_of_the_card(day: date, code: str) -> None:
    assert decode_posteriors(comb("БОХТАР", 18), DISTRICTS, on=day)[0].value == code


def test_what_is_struck_out_does_not_count() -> None:
    assert decode_posteriors(comb("С#ВАРЩ#ИК", 22), OCCUPATIONS)[0].value == "7212"
    assert decode_posteriors(line("## СВАРЩИК"), OCCUPATIONS)[0].value == "7212"


def test_a_form_outweighs_a_slightly_likelier_text_that_means_nothing() -> None:
    found = decode_posteriors(between("ХУДЫАНД", "ХУДЖАНД", 0.2), DISTRICTS)
    assert found[0].value == "TJ-SU-01"


@pytest.mark.parametrize("steps", [steps_of([]), steps_of([blank()] * 5), comb("", 8), comb("##", 8), comb("-", 4)])
def test_nothing_written_gives_nothing(steps: CharPosteriors) -> None:
    assert decode_posteriors(steps, DISTRICTS) == decode_posteriors(steps, load_lexicon("surnames")) == ()
