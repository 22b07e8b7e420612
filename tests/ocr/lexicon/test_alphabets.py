from __future__ import annotations

from pathlib import Path

import pytest

from ocr.data import use_own_folder
from ocr.errors import BadInputError
from ocr.lexicon.alphabets import alphabet, mask


@pytest.mark.parametrize(
    ("text", "name", "kept"),
    [
        ("Қӯрғон-теппа 5!", "cyrillic", "Қӯрғон-теппа"),
        ("12 О3!", "digits", "1203"),
        ("РOГYН 3", "cyrillic", "РОГУН З"),
        ("ТАДЖИК", "latin", "TAK"),
        ("Р123", "passport", "P123"),
        ("14.03.2026 г", "date", "14032026"),
        ("А 123|45", "passport", "A12345"),
        ("ab-12/34", "code", "ab-1234"),
        ("Rahimov дж", "latin", "Rahimov"),
    ],
)
def test_mask_keeps_what_may_occur(text: str, name: str, kept: str) -> None:
    assert mask(text, name) == kept


def test_unknown_alphabet_is_refused() -> None:
    with pytest.raises(BadInputError, match="'runes'"):
        mask("x", "runes")


def test_alphabets_of_ones_own_add_to_the_packages(tmp_path: Path) -> None:
    (tmp_path / "alphabets.toml").write_text('[plate]\nletters = "abc№1"\nsigns = "-"\n', "utf-8")
    use_own_folder(tmp_path)
    assert mask("A-b№!", "plate") == "A-b№"
    assert (alphabet("plate").letters, alphabet("plate").unreadable) == ("ABC№1", "№")
    assert alphabet("latin").unreadable == ""
    use_own_folder(None)
    with pytest.raises(BadInputError, match="plate"):
        alphabet("plate")


@pytest.mark.parametrize(
    "text, says",
    [
        ('[latin]\nletters = "A"\n', "the alphabet latin comes with migcards"),
        ('[plate]\nleters = "A"\n', "leters"),
        ("[plate]\n", "letters"),
        ("[plate", "alphabets.toml"),
    ],
)
def test_a_wrong_file_of_alphabets_is_refused(text: str, says: str, tmp_path: Path) -> None:
    (tmp_path / "alphabets.toml").write_text(text, "utf-8")
    use_own_folder(tmp_path)
    with pytest.raises(BadInputError, match=says):
        alphabet("latin")
