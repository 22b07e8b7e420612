from __future__ import annotations

import csv
from datetime import date
from pathlib import Path

import pytest

from ocr.data import PACKAGE, use_own_folder
from ocr.errors import BadInputError
from ocr.forms.definition import load_forms
from ocr.lexicon.alphabets import alphabet
from ocr.lexicon.lexicon import label, lexicon_names, load_lexicon

NAMES = lexicon_names()
CODE_LISTS = {
    "sex": "sex",
    "education": "education",
    "marital_status": "marital_status",
    "purpose": "purposes",
    "duration": "duration",
    "return_reason": "return_reasons",
    "intends_again": "yes_no",
    "residence_region": "regions",
    "dest_country": "countries",
    "from_country": "countries",
    "sector": "sectors",
}


@pytest.mark.parametrize("name", NAMES)
def test_every_dictionary_is_sound(name: str) -> None:
    lexicon = load_lexicon(name)
    assert lexicon.entries and lexicon.forms
    for entry in lexicon.entries.values():
        assert entry.ru, entry.code
    for form in lexicon.forms:
        assert form.code in lexicon.entries
        assert 0 < form.weight <= 1
        assert form.valid_from is None or form.valid_to is None or form.valid_from <= form.valid_to
        assert form in lexicon.by_key[form.key]


@pytest.mark.parametrize("name", NAMES)
def test_rows_of_one_code_agree_on_the_parent(name: str) -> None:
    parents: dict[str, set[str]] = {}
    with (PACKAGE / "lexicons" / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            parents.setdefault(row["code"], set()).add(row["parent"])
    assert all(len(found) == 1 for found in parents.values())


def test_parents_exist() -> None:
    assert load_lexicon("districts").parents <= set(load_lexicon("regions").entries)
    assert load_lexicon("destinations").parents <= set(load_lexicon("countries").entries)
    assert load_lexicon("occupations").parents <= set(load_lexicon("isco08").entries)


def test_forms_of_cards_name_only_dictionaries_alphabets_and_codes_that_exist() -> None:
    for form in load_forms():
        for field in form.fields:
            if field.lexicon:
                load_lexicon(field.lexicon)
            if field.alphabet:
                alphabet(field.alphabet)
            for option in field.options:
                assert option.code in load_lexicon(CODE_LISTS[field.name]).entries, (field.name, option.code)


def test_labels_in_three_languages() -> None:
    assert label("districts", "TJ-KT-01", "ru") == "г. Бохтар"
    assert label("districts", "TJ-KT-01", "tg") == "Шаҳри Бохтар"
    assert label("districts", "TJ-KT-01", "en") == "Bokhtar"
    assert label("isco08", "71", "tg") != label("isco08", "71", "ru")
    assert label("isco08", "1111", "tg") == label("isco08", "1111", "ru"), "a name that is missing is lent"
    assert label("regions", "nowhere", "ru") == "nowhere"


def test_groups_of_occupations_have_names_of_their_own_in_all_languages() -> None:
    entries = load_lexicon("isco08").entries
    groups = [entry for code, entry in entries.items() if len(code) < len("1111")]
    assert {"X", *(f"X{n}" for n in range(1, 9))} <= {entry.code for entry in groups} and len(
        groups
    ) == 10 + 43 + 130 + 9
    for entry in groups:
        assert entry.ru and entry.tg and entry.en and len({entry.ru, entry.tg, entry.en}) == 3, entry


@pytest.mark.parametrize(
    ("name", "code", "names"),
    [
        ("districts", "TJ-KT-01", {2017: "Qurghonteppa", 2018: "Bokhtar", 2026: "Bokhtar"}),
        ("districts", "TJ-KT-06", {2016: "Bokhtar (district)", 2018: "Kushoniyon"}),
        ("destinations", "KZ-71", {2018: "Astana", 2019: "Nur-Sultan", 2022: "Astana"}),
        ("destinations", "KZ-10", {2016: "Abai", 2023: "Abai"}),
    ],
)
def test_an_entry_has_the_name_of_the_day(name: str, code: str, names: dict[int, str]) -> None:
    lexicon = load_lexicon(name)
    assert {year: lexicon.entry(code, date(year, 6, 1)).en for year in names} == names
    assert lexicon.entry(code, None) is lexicon.entries[code]


def test_unknown_dictionary_or_language_is_refused() -> None:
    with pytest.raises(BadInputError, match="no lexicon 'rivers'"):
        load_lexicon("rivers")
    with pytest.raises(BadInputError, match="'de'"):
        label("regions", "TJ-SU", "de")


def test_renamed_forms_know_their_days() -> None:
    forms = {f.code: f for f in load_lexicon("districts").by_key["бохтар"] if f.text == "Бохтар"}
    assert forms["TJ-KT-06"].valid(date(2017, 6, 1)) and not forms["TJ-KT-06"].valid(date(2019, 6, 1))
    assert forms["TJ-KT-01"].valid(date(2019, 6, 1)) and not forms["TJ-KT-01"].valid(date(2017, 6, 1))
    assert all(form.valid(None) for form in forms.values())


def own(folder: Path, name: str, text: str) -> None:
    (folder / "lexicons").mkdir(exist_ok=True)
    (folder / "lexicons" / f"{name}.csv").write_text(text, "utf-8")
    use_own_folder(folder)


def test_dictionaries_of_ones_own_add_to_the_packages(tmp_path: Path) -> None:
    own(tmp_path, "towns", "code,ru,forms\nT1,Душанбе,Дюшанбе|Сталинабад\n")
    assert set(lexicon_names()) == {*NAMES, "towns"}
    towns = load_lexicon("towns")
    assert ({form.text for form in towns.forms}, towns.is_open) == ({"Душанбе", "Дюшанбе", "Сталинабад"}, False)
    assert label("towns", "T1", "tg") == "Душанбе"
    assert load_lexicon("regions").entries
    use_own_folder(None)
    with pytest.raises(BadInputError, match="no lexicon 'towns'"):
        load_lexicon("towns")


@pytest.mark.parametrize(
    "name, text, says",
    [
        ("regions", "code,ru\n1,а\n", "regions comes with migcards .*give yours another name"),
        ("towns", "code,name\n1,а\n", "towns.csv: the columns are code, ru"),
        ("towns", "ru,tg\nа,а\n", "code and ru must be there"),
        ("towns", "code,ru,weight\n1,а,\n2,б,much\n", "row 3"),
        ("towns", "code,ru\n,а\n", "row 2 has no code"),
    ],
)
def test_a_wrong_dictionary_is_refused_by_name(name: str, text: str, says: str, tmp_path: Path) -> None:
    own(tmp_path, name, text)
    with pytest.raises(BadInputError, match=says):
        load_lexicon(name)
