"""Every text that is asked for exists in three languages with the same places, and every text is asked for."""

from __future__ import annotations

import re
from pathlib import Path
from string import Formatter

import pytest

from texts import LANGUAGES, section
from texts.catalogue import DATA, Forms, catalogue
from texts.languages import locale

ROOT = Path(__file__).parents[2]
ROOMS = ("texts", "migcards", "ocr", "store", "review", "reports", "estimation")
PYTHON = {path: path.read_text("utf-8") for room in ROOMS for path in (ROOT / room).rglob("*.py")}
TEMPLATES = {path: path.read_text("utf-8") for room in ROOMS for path in (ROOT / room).rglob("*.html")}
SCRIPTS = {path: path.read_text("utf-8") for room in ROOMS for path in (ROOT / room).rglob("*.js")}
DATA_FILES = [
    *(ROOT / "ocr/data/forms").glob("*.toml"),
    ROOT / "ocr/data/codebook.toml",
    ROOT / "reports/data/tables.toml",
]
EVERYTHING = "\n".join(
    [*PYTHON.values(), *TEMPLATES.values(), *SCRIPTS.values(), *(path.read_text("utf-8") for path in DATA_FILES)]
)

ENTRIES = {f"{part}.{key}": said for part, keys in catalogue().items() for key, said in keys.items()}
OF_SCRIPTS = {
    "key": "keying",
    "answer": "keying",
    "values": "keying",
    "pictures": "keying",
    "group": "grouping",
    "flags": "flags",
    "upload": "uploads",
}
"""Section whose texts a script is given, by the script's name."""


KEYED_CALLS = {"Problem": "problem", "_answer": "problem", "ReviewError": "fault"}
"""Calls that take a key of one section."""


def forms_of(said: str | Forms) -> list[str]:
    return [said] if isinstance(said, str) else list(said.values())


def places(text: str) -> frozenset[tuple[str, str | None]]:
    return frozenset((name, spec) for _, name, spec, _ in Formatter().parse(text) if name is not None)


@pytest.mark.parametrize("key", ENTRIES)
def test_a_text_is_there_in_three_languages_with_the_same_places(key: str) -> None:
    said = ENTRIES[key]
    assert tuple(said) == LANGUAGES
    texts = [text for language in LANGUAGES for text in forms_of(said[language])]
    assert all(text.strip() for text in texts)
    assert len({places(text) for text in texts}) == 1


@pytest.mark.parametrize(
    "key", [key for key, said in ENTRIES.items() if not all(isinstance(x, str) for x in said.values())]
)
def test_a_text_with_forms_has_those_of_its_language(key: str) -> None:
    for language in LANGUAGES:
        said = ENTRIES[key][language]
        needed = {locale(language).plural_form(count) for count in range(200)}
        assert needed == ({"other"} if isinstance(said, str) else set(said))


def test_languages_differ_in_script() -> None:
    cyrillic, latin = re.compile("[а-яё]", re.IGNORECASE), re.compile("[a-z]{3}", re.IGNORECASE)
    for key, said in ENTRIES.items():
        english = " ".join(forms_of(said["en"]))
        assert key in ("search.advice",) or not cyrillic.search(english), key
        for language in ("ru", "tg"):
            words = " ".join(forms_of(said[language]))
            assert cyrillic.search(words) or not latin.search(words) or words == english, key


def asked() -> tuple[set[str], set[str]]:
    """Keys that sources ask for, and beginnings of keys that they put together from there on."""
    keys: set[str] = set()
    starts: set[str] = set()
    for source in PYTHON.values():
        for is_made, key in re.findall(r"""\b(?:say(?:_all)?|tell)\(\s*(f?)["']([\w.{]+)""", source):
            (starts if is_made else keys).add(key.partition("{")[0] if is_made else key)
        for call, part in KEYED_CALLS.items():
            keys |= {f"{part}.{key}" for key in re.findall(rf'\b{call}\(\s*(?:request, )?"(\w+)"', source)}
    for source in TEMPLATES.values():
        keys |= set(re.findall(r'\bt\(\s*"(\w+\.\w+)"\s*[,)]', source))
        starts |= set(re.findall(r'\bt\(\s*"(\w+\.\w*)"\s*[+~]', source))
    for path, source in SCRIPTS.items():
        given = OF_SCRIPTS.get(path.stem)
        keys |= {_in_script(given, word) for word in re.findall(r"\bwords\.(\w+)", source) if word != "months"}
        starts |= {_in_script(given, word) for word in re.findall(r"\bwords\[`(\w+)\$\{", source)}
    return keys, starts


def _in_script(given: str | None, word: str) -> str:
    """The key of what a script calls ``words.WORD``; those of the section ``hint`` come with a prefix."""
    return f"hint.{word.removeprefix('hint_')}" if word.startswith("hint_") else f"{given}.{word}"


def test_every_text_that_is_asked_for_exists() -> None:
    keys, starts = asked()
    assert len(keys) > 200 and len(starts) > 20
    assert keys <= set(ENTRIES)
    assert not [start for start in starts if not any(key.startswith(start) for key in ENTRIES)]


def test_every_text_is_asked_for() -> None:
    """By its whole key, or by a beginning and a word that stands in quotes or as a name somewhere."""
    keys, starts = asked()
    keys |= set(re.findall(r'"(\w+\.\w+)"', EVERYTHING))
    words = set(re.findall(r'["\'](\w+)(?: \{[^"]*)?["\']', EVERYTHING))
    words |= {f"{word}_advice" for word in words} | {f"disk_{word}" for word in words}  # put together of three parts
    made = {key for key in ENTRIES for start in starts if key.startswith(start) and key.removeprefix(start) in words}
    assert sorted(set(ENTRIES) - keys - made) == []


def test_scripts_are_given_texts_without_forms() -> None:
    for name in {*OF_SCRIPTS.values(), "hint"}:
        assert all(isinstance(text, str) for said in catalogue()[name].values() for text in said.values())
        assert section(name, "en") == {key: said["en"] for key, said in catalogue()[name].items()}


def test_a_section_in_two_files_is_an_error(tmp_path: Path) -> None:
    for name in ("one", "two"):
        (tmp_path / f"{name}.toml").write_text('[run.total]\nru = "а"\ntg = "а"\nen = "a"\n', "utf-8")
    with pytest.raises(ValueError, match=r"two\.toml: section 'run'"):
        catalogue(tmp_path)


def test_every_data_file_is_read() -> None:
    assert {path.name for path in DATA.iterdir()} == {
        "batches.toml",
        "messages.toml",
        "pivot.toml",
        "reports.toml",
        "review.toml",
    }
