"""Every fault of a form file is told with its line."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner

from migcards.cli.main import cli
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


def test_faults_of_every_kind_come_in_one_round(tmp_path: Path) -> None:
    text = TEXT.replace('lexicon = "surnames"', 'lexicon = "x"')  # a name that means nothing
    text = text.replace("box = [40, 52, 48, 7]", "box = [60, 52, 48, 7]")  # outside the card
    text = text.replace('kind = "many_of"', 'kind = "many"')  # no kind
    text = text.replace("size = [100, 140]", "size = [100]").replace('code = "V1"', 'code = "D0"')
    text = text.replace("at = [60, 133]", "at = [50, 29]")  # words over cells
    text = text.replace("label_at = [52, 108]", "label_at = [60, 69]")  # a label over boxes
    faults = check(tmp_path, text)
    assert [(fault.line, fault.message.split(":")[0].split(" is already")[0]) for fault in faults] == [
        (line(text, 'code = "D0"'), "code D0"),
        (line(text, "size = [100]"), "size.1"),
        (line(text, "Печать дежурного"), 'the text "Печать дежурного" is printed over the zone of field surname'),
        (line(text, 'name = "surname"'), "field surname"),
        (line(text, 'kind = "many"'), "fields.4.kind"),
        (line(text, 'name = "signature"'), "field signature"),
    ]
    outside = check(tmp_path, text.replace("size = [100]", "size = [100, 140]"))
    assert any("birth_date" in fault.message and "outside" in fault.message for fault in outside)
    assert len(outside) == len(faults)


def test_a_field_may_refer_to_one_that_is_wrong(tmp_path: Path) -> None:
    text = TEXT.replace("cells = 16", "cells = 0").replace('lexicon = "given_names"', 'within = "surname"')
    assert [fault.line for fault in check(tmp_path, text) if fault.stops] == [line(text, "cells = 0")]


OPTION = '[[fields.options]]\ncode = "{}"\nlabel = "{}"\nbox = [{}, 66, 4, {}]\n'


def test_parts_written_as_tables_have_lines_of_their_own(tmp_path: Path) -> None:
    head = TEXT.split('name = "sex"')[0]
    text = head + 'name = "sex"\nkind = "one_of"\nbox = [40, 66, 50, 5]\nlabel_ru = "Пол"\n'
    text += OPTION.format("M", "муж.", 40, 4) + OPTION.format("F", "жен.", 66, 0)
    (fault,) = check(tmp_path, text)
    assert fault.line == line(text, "box = [66, 66, 4, 0]")


def test_names_may_stand_in_single_quotes(tmp_path: Path) -> None:
    text = TEXT.replace('name = "given_name"', "name = 'given_name'").replace('"given_names"', "'x'")
    (fault,) = check(tmp_path, text)
    assert fault.line == line(TEXT, 'name = "given_name"')


ALPHABET = 'alphabet = "cyrillic"\nlexicon = "given_names"'


@pytest.mark.parametrize("alphabet, letters, note", [("code", "", "never measured"), ("runes", "ᚠᚢᚦ", "ᚠ ᚢ ᚦ")])
def test_what_only_people_can_settle_is_a_note(alphabet: str, letters: str, note: str, tmp_path: Path) -> None:
    if letters:
        (tmp_path / "alphabets.toml").write_text(f'[{alphabet}]\nletters = "{letters}"\n', "utf-8")
    text = TEXT.replace(ALPHABET, f'alphabet = "{alphabet}"')
    notes = check(tmp_path, text)
    assert {(fault.line, fault.stops) for fault in notes} == {(line(text, 'name = "given_name"'), False)}
    assert any(note in fault.message for fault in notes)
    result = CliRunner().invoke(cli, ["form", "check", str(tmp_path / "card.toml")])
    assert (result.exit_code, "note: " in result.output) == (0, True)


def test_dictionaries_beside_the_form_are_known_and_their_faults_told(tmp_path: Path) -> None:
    text = TEXT.replace("given_names", "nicknames")
    (missing,) = check(tmp_path, text)
    assert "no lexicon is called nicknames" in missing.message
    (tmp_path / "lexicons").mkdir()
    nicknames = tmp_path / "lexicons" / "nicknames.csv"
    nicknames.write_text("code,name\n1,Али\n", "utf-8")
    (wrong,) = check(tmp_path, text)
    assert "nicknames.csv: the columns are code, ru" in wrong.message
    nicknames.write_text("code,ru\n1,Али\n", "utf-8")
    assert check(tmp_path, text) == ()


def test_too_little_artwork_to_be_found(tmp_path: Path) -> None:
    head = TEXT[: TEXT.index("[[panels]]")]
    (fault,) = check(tmp_path, head + '[[texts]]\nat = [10, 20]\ntext = "Карточка"\n')
    assert fault.line == 0
    assert "print more words" in fault.message


def test_no_file(tmp_path: Path) -> None:
    (fault,) = check_form(tmp_path / "nowhere.toml")
    assert fault.line == 0
    assert "nowhere.toml" in fault.message
