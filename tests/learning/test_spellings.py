from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from learning.spellings import spellings
from ocr.forms.definition import FieldSpec
from ocr.lexicon.alphabets import SYMBOLS
from ocr.lexicon.grammar import dates_of
from ocr.lexicon.lexicon import load_lexicon
from ocr.lexicon.normalise import letters, plain
from tests.store.cards import form

DEPARTURE, RETURN = form("revised-departure").by_name, form("revised-return").by_name


@given(st.dates(date(1901, 1, 1), date(2026, 1, 1)))
def test_a_day_may_be_written_in_its_digits_and_each_way_means_it(day: date) -> None:
    found = spellings(DEPARTURE["birth_date"], day.isoformat())
    assert f"{day:%d%m%Y}" in found and f"{day:%d%m%y}" in found
    assert f"{day.day}{day.month}{day.year}" in found
    full = [text for text in found if len(text) == 8]
    assert all(day.isoformat() in dates_of([text], date(1901, 1, 1), date(2026, 1, 1)) for text in full)


def test_a_code_may_be_written_by_any_of_its_names() -> None:
    spec = DEPARTURE["residence_district"]
    found = spellings(spec, "TJ-SU-01")
    entry = load_lexicon(spec.lexicon or "").entries["TJ-SU-01"]
    assert {letters(entry.ru), letters(entry.tg), plain(letters(entry.tg))} <= set(found)
    assert len(set(found)) == len(found)
    assert not spellings(spec, "no such code")


def test_tajik_letters_may_be_written_plain() -> None:
    assert spellings(DEPARTURE["surname"], "РАҲИМЗОДА") == ("РАҲИМЗОДА", "РАХИМЗОДА")


def test_a_quantity_may_have_zeros_before_it() -> None:
    assert spellings(RETURN["stay_months"], "9") == ("9", "09")


def test_a_document_number_is_written_as_it_is() -> None:
    assert spellings(DEPARTURE["document_no"], "А1234567") == ("А1234567",)


@pytest.mark.parametrize("spec", DEPARTURE.values(), ids=lambda spec: spec.name)
def test_only_characters_that_the_network_knows(spec: FieldSpec) -> None:
    assert set("".join(spellings(spec, "ab-12 Ҷ?"))) <= set(SYMBOLS)
