"""Every text exists in every language, with the same places to fill in, and every text that is asked for exists."""

from __future__ import annotations

import re
from pathlib import Path
from string import Formatter

import pytest

from ocr.forms.codebook import codebook
from ocr.forms.definition import load_forms
from review.accounts.users import ROLES
from review.web import texts
from review.web.render import NAVIGATION
from review.web.texts import best_language, catalogue, date_words, section, value_label
from tests.store.cards import form
from texts.messages import LANGUAGES

PAGES = Path(texts.__file__).parent
TEXTS = [(f"{part}.{key}", said) for part, keys in catalogue().items() for key, said in keys.items()]


@pytest.mark.parametrize(("key", "said"), TEXTS, ids=[key for key, _ in TEXTS])
def test_a_text_is_there_in_all_languages(key: str, said: dict[str, str]) -> None:
    assert set(said) == set(LANGUAGES) and all(said.values())
    assert len({frozenset(name for _, name, _, _ in Formatter().parse(text)) for text in said.values()}) == 1


@pytest.mark.parametrize("template", sorted((PAGES / "templates").glob("*.html")), ids=lambda path: path.name)
def test_the_texts_of_a_page_exist(template: Path) -> None:
    known = {key for key, _ in TEXTS}
    source = template.read_text("utf-8")
    assert set(re.findall(r'\bt\("([a-z_.]+[a-z])"[,)]', source)) <= known
    parts = {key.rpartition(".")[0] for key in known}
    for part, start in re.findall(r'\bt\("(\w+)\.(\w*)" \+', source):
        assert part in parts and any(key.startswith(f"{part}.{start}") for key in known)


def test_the_texts_of_the_scripts_exist() -> None:
    keying = {*section("keying", "en"), *(f"hint_{kind}" for kind in section("hint", "en")), "months"}
    known = {"key": keying, "answer": keying, "values": keying, "group": {*section("grouping", "en")}}
    known["flags"] = {*section("flags", "en")}
    for script, keys in known.items():
        source = (PAGES / "static" / f"{script}.js").read_text("utf-8")
        assert set(re.findall(r"\bwords\.(\w+)", source)) <= keys


def test_the_texts_that_the_program_puts_together_exist() -> None:
    asked = {f"role.{role}" for role in ROLES} | {f"nav.{name}" for menu in NAVIGATION.values() for _, name in menu}
    source = "".join(path.read_text("utf-8") for path in PAGES.glob("*.py"))
    asked |= {f"problem.{code}" for code in re.findall(r'Problem\("(\w+)"', source)}
    asked |= {f"problem.{code}" for code in re.findall(r'_answer\(request, "(\w+)"', source)}
    assert asked <= {key for key, _ in TEXTS}


def test_every_field_of_the_shipped_forms_has_a_name() -> None:
    names = {spec.name for form in load_forms() for spec in form.fields}
    assert names <= set(codebook().variable)


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("surname", "", "empty on the card"),
        ("surname", "?", "unreadable or not in the list"),
        ("surname", "РАҲИМЗОДА", "РАҲИМЗОДА"),
        ("birth_date", "1990-05-17", "17 May 1990"),
        ("birth_date", "17 мая", "17 мая"),
        ("purpose", "1", "работа / кор"),
        ("residence_district", "TJ-SU-01", "Khujand (TJ-SU-01)"),
        ("signature", "Y", "signed"),
    ],
)
def test_a_value_as_people_say_it(field: str, value: str, said: str) -> None:
    assert value_label(form("revised-departure").by_name[field], value, "en") == said


def test_dates_in_words() -> None:
    assert [date_words("1990-05-17", language) for language in LANGUAGES] == [
        "17 мая 1990",
        "17 майи 1990",
        "17 May 1990",
    ]


@pytest.mark.parametrize(
    ("header", "language"),
    [("", "ru"), ("de", "ru"), ("tg", "tg"), ("en-GB,en;q=0.9,ru;q=0.8", "en"), ("de, ru-RU;q=0.7, en;q=0.3", "ru")],
)
def test_the_language_that_a_browser_asks_for(header: str, language: str) -> None:
    assert best_language(header) == language
