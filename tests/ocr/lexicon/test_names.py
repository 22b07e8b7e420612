from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ocr.lexicon.lexicon import load_lexicon
from ocr.lexicon.names import decode_name_posteriors, is_overruled, sex_of_ending
from ocr.lexicon.normalise import fold, letters, normalise_name
from tests.ocr.lexicon.written import LETTERS, between, comb, line

SURNAMES, GIVEN, PATRONYMICS = (load_lexicon(name) for name in ("surnames", "given_names", "patronymics"))
MEN, WOMEN = {"M": 1.0, "F": 0.0}, {"F": 1.0}


@pytest.mark.parametrize(
    ("name", "sex"),
    [
        *[("КАРИМОВ", "M"), ("Каримова", "F"), ("РУСТАМОВИЧ", "M"), ("РУСТАМОВНА", "F"), ("РАҲИМЗОДА", "")],
        *[("РАҲИМӢ", ""), ("ИЛЬИЧ", "M"), ("КУЗЬМИНИЧНА", "F"), ("АСАН УУЛУ", "M"), ("АСАН КЫЗЫ", "F")],
    ],
)
def test_sex_by_ending(name: str, sex: str) -> None:
    assert sex_of_ending(name) == sex


@settings(max_examples=20)
@given(st.text(LETTERS, min_size=2, max_size=14).filter(lambda text: "Ь" not in text and "Ъ" not in text))
def test_clear_names_are_kept_as_written(name: str) -> None:
    for steps in (comb(name, 20), line(name)):
        assert decode_name_posteriors(steps, SURNAMES)[0].value == name


@pytest.mark.parametrize("name", ["РАҲИМОВ", "РАХИМОВ", "ХОЛИМБЕКОВ", "САИД-ЗОДА"])
def test_tajik_letters_and_hyphens_are_kept(name: str) -> None:
    assert decode_name_posteriors(line(name), SURNAMES)[0].value == name


def test_a_listed_name_outweighs_a_likelier_text_that_looks_like_no_name() -> None:
    assert decode_name_posteriors(between("РАХЫМОВ", "РАХИМОВ", 0.2), SURNAMES)[0].value == "РАХИМОВ"


def test_a_speck_among_the_letters_parts_no_name() -> None:
    assert decode_name_posteriors(line("РАДЖАБ.ОВ"), SURNAMES)[0].value == "РАДЖАБОВ"


def test_a_wide_gap_makes_no_two_words_of_a_listed_name() -> None:
    assert decode_name_posteriors(line("РАДЖА БОВ"), SURNAMES)[0].value == "РАДЖАБОВ"
    assert decode_name_posteriors(line("АСАН УУЛУ"), PATRONYMICS)[0].value == "АСАН УУЛУ"


def test_a_mark_that_is_not_seen_may_be_lost() -> None:
    """Firuz is often written with a mark, Karim never: only the first is in doubt without it."""
    firuz, karim = (decode_name_posteriors(comb(name, 12), GIVEN) for name in ("ФИРУЗ", "КАРИМ"))
    assert {c.value for c in firuz} >= {"ФИРУЗ", "ФИРӮЗ"}
    assert firuz[0].probability < 0.95 < karim[0].probability


def test_spelling_helps_names_that_are_on_no_list() -> None:
    assert decode_name_posteriors(between("ДУХЫДОВ", "ДУХИДОВ", 0.2), SURNAMES)[0].value == "ДУХИДОВ"


def test_known_names_are_surer_than_unknown_ones() -> None:
    known, unknown = between("РАХЫМОВ", "РАХИМОВ", 0.5), between("ДУХЫДОВ", "ДУХИДОВ", 0.5)
    assert (
        decode_name_posteriors(known, SURNAMES)[0].probability
        > decode_name_posteriors(unknown, SURNAMES)[0].probability
    )


@pytest.mark.parametrize(("sex", "name"), [(MEN, "РУСТАМОВИЧ"), (WOMEN, "РУСТАМОВНА")])
def test_patronymic_by_sex(sex: dict[str, float], name: str) -> None:
    steps = between("РУСТАМОВИЧ", "РУСТАМОВНА", 0.5)
    assert decode_name_posteriors(steps, PATRONYMICS, sex)[0].value == name


def test_given_name_by_sex() -> None:
    steps = between("САИДА", "САИДИ", 0.5)
    women, men = (
        next((c.probability for c in decode_name_posteriors(steps, GIVEN, sex) if c.value == "САИДА"), 0.0)
        for sex in (WOMEN, MEN)
    )
    assert GIVEN.by_key["саида"][0].code[0] == "F"
    assert women > men


def test_clear_writing_overrules_the_sex() -> None:
    assert decode_name_posteriors(comb("КАРИМОВА", 20), SURNAMES, MEN)[0].value == "КАРИМОВА"
    assert decode_name_posteriors(comb("КАРИМОВА", 20), SURNAMES, {"M|F": 1.0})[0].value == "КАРИМОВА"


@settings(max_examples=20)
@given(st.text(LETTERS, min_size=1, max_size=12), st.integers(0, 99), st.integers(1, 6))
def test_candidates_are_ranked_distinct_shares(text: str, seed: int, limit: int) -> None:
    found = decode_name_posteriors(line(text, 0.8, np.random.default_rng(seed)), SURNAMES, limit=limit)
    assert len(found) <= limit
    assert len({c.value for c in found}) == len(found)
    assert 0 <= sum(c.probability for c in found) <= 1 + 1e-9
    assert [c.probability for c in found] == sorted((c.probability for c in found), reverse=True)


def test_most_names_survive_a_bad_hand() -> None:
    rng = np.random.default_rng(2)
    names = [form.text.upper() for form in PATRONYMICS.forms if set(form.text.upper()) <= set(LETTERS)]
    chosen = [names[int(i)] for i in rng.integers(len(names), size=30)]
    right = sum(decode_name_posteriors(comb(n, 20, 0.6, rng), PATRONYMICS)[0].value == n for n in chosen)
    assert right >= 25


NEIGHBOURS = ["ВЛАДИМИРОВИЧ", "НИКОЛАЕВНА", "ПЁТР", "СМИРНОВА", "АЙБЕК", "РУСТАМ УГЛИ", "АСАН УУЛУ", "ЮЛДАШЕВ"]


@pytest.mark.parametrize("name", NEIGHBOURS)
def test_names_of_neighbouring_countries_are_known(name: str) -> None:
    keys = {key for lexicon in (SURNAMES, GIVEN, PATRONYMICS) for key in lexicon.by_key}
    assert fold(name) in keys
    lexicon = next(lexicon for lexicon in (SURNAMES, GIVEN, PATRONYMICS) if fold(name) in lexicon.by_key)
    assert decode_name_posteriors(comb(name, 20), lexicon)[0].value == name


def test_a_name_chosen_against_a_sure_letter_is_overruled() -> None:
    for share, overruled in ((0.3, False), (0.004, True)):
        steps = between("РАХЫМОВ", "РАХИМОВ", share)
        assert decode_name_posteriors(steps, SURNAMES)[0].value == "РАХИМОВ"
        assert is_overruled(steps, "РАХЫМОВ", "РАХИМОВ") is overruled


def test_a_text_is_not_overruled_by_itself_however_its_spaces_are_set() -> None:
    assert not is_overruled(comb("РУСТАМ УГЛИ", 20), "РУСТАМ УГЛИ", "РУСТАМУГЛИ")


@settings(max_examples=40)
@given(st.sampled_from(sorted(PATRONYMICS.by_key)), st.text(LETTERS, min_size=3, max_size=3), st.integers(0, 4))
def test_no_name_stands_that_differs_from_clear_writing_in_several_letters(key: str, wrong: str, at: int) -> None:
    name = letters(PATRONYMICS.by_key[key][0].text)
    shown = name[:at] + wrong + name[at + 3 :]
    steps = between(shown.ljust(len(name), "А"), name.ljust(len(shown), "А"), 0.1)
    read = shown.ljust(len(name), "А")
    chosen = decode_name_posteriors(steps, PATRONYMICS)[0].value
    if hamming(letters(chosen), letters(normalise_name(read))) > 1:
        assert is_overruled(steps, read, chosen)


def hamming(a: str, b: str) -> int:
    return sum(x != y for x, y in zip(a, b, strict=True)) if len(a) == len(b) else max(len(a), len(b))


def test_names_kept_off_the_list_are_not_replaced_by_names_on_it() -> None:
    """Russian patronymics by a noisy hand against the Tajik ones alone: what the list overrules is told."""
    forms = [form for form in PATRONYMICS.forms if not form.code.startswith("RU")]
    tajik = replace(PATRONYMICS, forms=tuple(forms))
    russian = [normalise_name(form.text) for form in PATRONYMICS.forms if form.code.startswith("RU")]
    rng = np.random.default_rng(5)
    for name in [russian[int(i)] for i in rng.integers(len(russian), size=40)]:
        other = "".join(LETTERS[int(rng.integers(len(LETTERS)))] if rng.random() < 0.1 else c for c in name)
        steps = between(other, name, 0.2)
        best = decode_name_posteriors(steps, tajik)[0]
        stands = best.probability > 0.95 and not is_overruled(steps, other, best.value)
        assert not stands or letters(best.value) in (letters(name), letters(other))
