"""Completion finds what is meant by code or words, offers nothing impossible, and suggests no names."""

from __future__ import annotations

import time
from datetime import date
from statistics import median

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ocr.forms.definition import FieldSpec, load_forms
from ocr.lexicon.lexicon import load_lexicon
from review.decisions.completion import complete
from review.decisions.validation import checked

FIELDS: dict[str, FieldSpec] = {spec.name: spec for form in load_forms() for spec in form.fields}
CODED = sorted(
    name
    for name, spec in FIELDS.items()
    if spec.lexicon and not spec.kind.is_marks and not load_lexicon(spec.lexicon).is_open
)
PLAIN = str.maketrans("ҳӯқғӣҷҲӮҚҒӢҶ", "хукгичХУКГИЧ")


def codes(field: str, typed: str) -> list[str]:
    return [choice.code for choice in complete(FIELDS[field], typed, "ru")]


@pytest.mark.parametrize(
    ("field", "typed", "code"),
    [
        ("residence_district", "TJ-SU-01", "TJ-SU-01"),
        ("residence_district", "su-01", "TJ-SU-01"),
        ("residence_district", "Хуҷ", "TJ-SU-01"),
        ("residence_district", "хуч", "TJ-SU-01"),
        ("residence_district", "худ", "TJ-SU-01"),
        ("residence_district", "худж", "TJ-SU-01"),
        ("residence_district", "г. душ", "TJ-DU"),
        ("residence_district", "душабе", "TJ-DU"),
        ("residence_district", "Кулоб", "TJ-KT-02"),
        ("occupation", "7112", "7112"),
        ("occupation", "свращик", "7212"),
        ("occupation", "каменщик", "7112"),
        ("dest_region", "мск", "RU-MOW"),
        ("dest_region", "питер", "RU-SPE"),
        ("dest_country_other", "Қаз", "KZ"),
        ("dest_country_other", "каз", "KZ"),
        ("dest_country_other", "kaz", "KZ"),
    ],
)
def test_what_is_meant_comes_first(field: str, typed: str, code: str) -> None:
    assert codes(field, typed)[0] == code


def test_drivers_of_cars_and_lorries_come_before_motorcyclists() -> None:
    assert codes("occupation", "водит")[:2] == ["8322", "8332"]


def test_codes_are_found_by_their_beginning() -> None:
    found = codes("occupation", "71")
    assert len(found) == 8 and all(code.startswith("71") for code in found)
    assert codes("occupation", "711")[0] == "7111"


def test_a_word_within_the_name_comes_after_its_beginning() -> None:
    found = complete(FIELDS["dest_region"], "мос", "ru")
    assert [choice.code for choice in found[:2]] == ["RU-MOW", "RU-MOS"]


def test_labels_are_in_the_persons_language_and_the_other_beside() -> None:
    (russian,) = complete(FIELDS["residence_district"], "кӯлоб", "ru", limit=1)
    assert (russian.label, russian.also.split(" · ")[0]) == ("г. Куляб", "Шаҳри Кӯлоб")
    (tajik,) = complete(FIELDS["residence_district"], "куляб", "tg", limit=1)
    assert (tajik.label, tajik.also.split(" · ")[0]) == ("Шаҳри Кӯлоб", "г. Куляб")
    (old,) = complete(FIELDS["residence_district"], "Сталинабад", "ru", limit=1)
    assert (old.code, old.also) == ("TJ-DU", "Сталинабад")


@pytest.mark.parametrize(
    ("year", "found"),
    [
        (2016, ["TJ-KT-06: Бохтарский район", "TJ-KT-01: г. Курган-Тюбе"]),
        (2020, ["TJ-KT-01: г. Бохтар", "TJ-KT-06: Кушониёнский район"]),
    ],
)
def test_a_place_is_what_bore_the_name_on_the_day_and_is_called_so(year: int, found: list[str]) -> None:
    choices = complete(FIELDS["residence_district"], "бохтар", "ru", on=date(year, 3, 4))
    assert [f"{choice.code}: {choice.label}" for choice in choices] == found


def test_an_old_card_is_offered_the_old_name_and_told_the_present_one() -> None:
    (old,) = complete(FIELDS["residence_district"], "Курган-Тюбе", "ru", limit=1, on=date(2012, 3, 4))
    assert (old.label, old.also) == ("г. Курган-Тюбе", "Шаҳри Қурғонтеппа · ныне г. Бохтар")
    (tajik,) = complete(FIELDS["residence_district"], "TJ-SU-03", "tg", limit=1, on=date(2012, 3, 4))
    assert (tajik.label, tajik.also) == ("Шаҳри Қайроққум", "г. Кайраккум · ҳоло Шаҳри Гулистон")
    (new,) = complete(FIELDS["residence_district"], "кайраккум", "ru", limit=1, on=date(2020, 3, 4))
    assert (new.label, new.also) == ("г. Гулистон", "Кайраккум")


def test_a_name_before_its_time_comes_last_for_the_day_may_be_wrong() -> None:
    found = complete(FIELDS["residence_district"], "бустон", "ru", on=date(2010, 3, 4))
    assert [choice.code for choice in found] == ["TJ-SU-13", "TJ-KT-06", "TJ-SU-08"]
    assert codes("residence_district", "бустон")[0] == "TJ-SU-08", "where the day is unknown any form may be meant"


@pytest.mark.parametrize("field", ["surname", "given_name", "patronymic", "document_no", "birth_date", "crossing_date"])
@pytest.mark.parametrize("typed", ["", "рах", "17", "A1"])
def test_nothing_is_suggested_where_the_crop_alone_counts(field: str, typed: str) -> None:
    assert complete(FIELDS[field], typed, "tg") == []


def test_ticks_show_their_options_in_the_forms_order() -> None:
    for typed in ("", "жен"):
        assert [choice.code for choice in complete(FIELDS["sex"], typed, "ru")] == ["M", "F"]


@pytest.mark.parametrize("typed", ["", " "])
def test_an_empty_box_suggests_no_code(typed: str) -> None:
    assert complete(FIELDS["occupation"], typed, "ru") == []


@settings(max_examples=60)
@given(field=st.sampled_from(CODED), data=st.data())
def test_every_form_finds_its_entry_without_diacritics(field: str, data: st.DataObject) -> None:
    lexicon = load_lexicon(FIELDS[field].lexicon or "")
    form = data.draw(st.sampled_from(lexicon.forms))
    found = complete(FIELDS[field], form.text.translate(PLAIN).lower(), "ru", limit=len(lexicon.entries))
    assert form.code in [choice.code for choice in found]


@settings(max_examples=60)
@given(field=st.sampled_from(CODED), typed=st.text("абвгдҳқӯmk 71-.", max_size=12), limit=st.integers(1, 9))
def test_only_what_the_field_can_have_is_offered_and_once(field: str, typed: str, limit: int) -> None:
    found = complete(FIELDS[field], typed, "en", limit)
    assert len(found) <= limit
    assert len({choice.code for choice in found}) == len(found)
    assert all(checked(FIELDS[field], choice.code) == choice.code for choice in found)


def test_a_keystroke_costs_milliseconds() -> None:
    seconds = []
    for typed in ("к", "ка", "кам", "каме", "камен", "каменщ", "кмаенщик", "7", "71", "711"):
        complete(FIELDS["occupation"], typed, "ru")  # the first one reads the dictionary
        began = time.process_time()
        complete(FIELDS["occupation"], typed, "ru")
        seconds.append(time.process_time() - began)
    assert median(seconds) < 0.01
