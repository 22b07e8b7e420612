"""Codes are shown with their names."""

from __future__ import annotations

import pytest

from migcards.cli.shared.labels import with_label
from ocr.forms.definition import FieldSpec, load_forms
from ocr.lexicon.lexicon import load_lexicon
from texts import LANGUAGES, Language

FIELDS = {form.id: form.by_name for form in load_forms()}
DEPARTURE, RETURN = FIELDS["revised-departure"], FIELDS["revised-return"]


@pytest.mark.parametrize("spec, value, language, shown", [
    (DEPARTURE["sex"], "M", "ru", "M мужской"),
    (DEPARTURE["sex"], "M", "en", "M Male"),
    (DEPARTURE["purpose"], "1|2", "tg", "1 Кор (муҳоҷирати меҳнатӣ) | 2 Таҳсил"),
    (DEPARTURE["residence_district"], "TJ-KT-01", "ru", "TJ-KT-01 г. Бохтар"),
    (DEPARTURE["surname"], "РАҲИМЗОДА", "en", "РАҲИМЗОДА"),
    (DEPARTURE["crossing_date"], "2016-03-04", "en", "2016-03-04"),
    (RETURN["stay_months"], "9", "en", "9"),
    (DEPARTURE["sex"], "", "en", ""),
    (DEPARTURE["residence_district"], "?", "en", "?"),
])  # fmt: skip
def test_a_code_has_its_name_beside_it(spec: FieldSpec, value: str, language: Language, shown: str) -> None:
    assert with_label(spec, value, language) == shown


def test_every_answer_of_the_shipped_forms_has_a_name_in_each_language() -> None:
    options = [(spec, option) for fields in FIELDS.values() for spec in fields.values() for option in spec.options]
    assert len(options) > 50
    for spec, option in options:
        assert option.code in load_lexicon(spec.about.dictionary or "").entries
        for language in LANGUAGES:
            assert with_label(spec, option.code, language).removeprefix(option.code).strip()


def test_an_answer_that_no_dictionary_knows_has_the_words_on_the_card() -> None:
    spec = DEPARTURE["sex"].model_copy(update={"name": "has_luggage"})
    assert with_label(spec, "M", "en") == "M муж. / мард"
