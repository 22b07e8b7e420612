"""Every fault of a form file is told with its line."""

from __future__ import annotations

from pathlib import Path

import pytest

from migcards.form_check import FormFault, check_form
from ocr.forms.definition import FORMS_DIR

VISITOR = Path(__file__).parents[1] / "ocr" / "forms" / "visitor_card.toml"
TEXT = VISITOR.read_text("utf-8")


def check(folder: Path, text: str) -> tuple[FormFault, ...]:
    path = folder / "card.toml"
    path.write_text(text, encoding="utf-8")
    return check_form(path)


def line(text: str, words: str) -> int:
    """Number of the line that holds these words, from 1."""
    (found,) = (i for i, each in enumerate(text.splitlines(), 1) if words in each)
    return found


@pytest.mark.parametrize("path", [VISITOR, *sorted(FORMS_DIR.glob("*.toml"))], ids=lambda path: path.name)
def test_nothing_is_wrong_with_forms_that_work(path: Path) -> None:
    assert check_form(path) == ()


FAULTS = {
    "bad TOML": ('code = "V1"', "code = V1", "code = V1", "Invalid value"),
    "misspelt key": ("lexicon = \"given_names\"", "lexicn = \"given_names\"", "lexicn", "lexicn"),
    "misspelt top key": ("line_colour", "line_color", "line_color", "line_color"),
    "misspelt key of an option": ('{ code = "F", label', '{ code = "F", lable', 'code = "M"', "lable"),
    "wrong type": ("cells = 16", 'cells = "many"', 'cells = "many"', "cells"),
    "outside the card": ("box = [30, 38, 60, 7]", "box = [50, 38, 60, 7]", 'name = "given_name"', "outside"),
    "zones overlap": ("box = [30, 38, 60, 7]", "box = [30, 48, 60, 7]", 'name = "given_name"', "overlaps"),
    "unknown lexicon": ('lexicon = "given_names"', 'lexicon = "names"', 'name = "given_name"', "no lexicon"),
    "unknown alphabet": ('alphabet = "date"', 'alphabet = "runes"', 'name = "birth_date"', "no alphabet"),
    "no alphabet": ('alphabet = "date"\n', "", 'name = "birth_date"', "needs an alphabet"),
    "bad colour of a panel": ('colour = "#d8e4ee"', 'colour = "sky"', 'colour = "sky"', "colour"),
    "code of another form": ('code = "V1"', 'code = "D0"', 'code = "D0"', "card-2008.toml"),
    "negative place": ("start = [5, 112]", "start = [-5, 112]", "start = [-5, 112]", "greater than or equal"),
}  # fmt: skip


@pytest.mark.parametrize("before, after, place, says", FAULTS.values(), ids=FAULTS)
def test_fault_is_told_with_its_line(before: str, after: str, place: str, says: str, tmp_path: Path) -> None:
    text = TEXT.replace(before, after, 1)
    assert text != TEXT
    faults = check(tmp_path, text)
    assert faults
    expected = line(text, place) - (place == 'code = "M"')  # of options the line is that on which they begin
    assert {fault.line for fault in faults} == {expected}
    assert any(says in fault.message for fault in faults)


def test_a_missing_key_concerns_its_table(tmp_path: Path) -> None:
    text = TEXT.replace('label_ru = "Имя"\n', "")
    (fault,) = check(tmp_path, text)
    assert "label_ru" in fault.message
    assert fault.line == line(text, 'name = "given_name"') - 1
    (top,) = check(tmp_path, TEXT.replace('code = "V1"\n', ""))
    assert (top.line, "code" in top.message) == (0, True)


def test_headers_may_be_followed_by_comments(tmp_path: Path) -> None:
    text = TEXT.replace("[[fields]]", "[[fields]]  # a field").replace("cells = 8", "cells = 0")
    (fault,) = check(tmp_path, text)
    assert fault.line == line(text, "cells = 0")


def test_all_faults_are_told_in_order(tmp_path: Path) -> None:
    text = TEXT.replace('lexicon = "surnames"', 'lexicon = "x"').replace('alphabet = "date"\n', "")
    faults = check(tmp_path, text)
    assert [fault.line for fault in faults] == [line(text, 'name = "surname"'), line(text, 'name = "birth_date"')]
    both = TEXT.replace("box = [30, 38, 60, 7]", "box = [50, 48, 60, 7]")
    assert len(check(tmp_path, both)) == 2


def test_too_little_artwork_to_be_found(tmp_path: Path) -> None:
    head = TEXT[: TEXT.index("[[panels]]")]
    (fault,) = check(tmp_path, head + '[[texts]]\nat = [10, 20]\ntext = "Карточка"\n')
    assert fault.line == 0
    assert "print more words" in fault.message


def test_no_file(tmp_path: Path) -> None:
    (fault,) = check_form(tmp_path / "nowhere.toml")
    assert fault.line == 0
    assert "nowhere.toml" in fault.message
