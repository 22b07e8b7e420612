"""Any name of a file becomes clean text and is found again by it."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ocr.file_names import as_path, as_text, shown_path


@given(st.binary(min_size=1).filter(lambda name: b"\0" not in name))
def test_text_is_clean_and_leads_back_to_the_same_bytes(name: bytes) -> None:
    text = as_text(os.fsdecode(name))
    assert text.encode("utf-8").decode("utf-8") == text
    assert not any(ord(char) < 32 for char in text)
    assert os.fsencode(as_path("/box/" + text)) == os.fsencode(Path("/box/" + os.fsdecode(name)))


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("Карта 7.jpg".encode(), "Карта 7.jpg"),
        ("Карта 7.jpg".encode("cp1251"), "Карта 7.jpg"),
        (b"red\x1b[31m\n.jpg", "red?[31m?.jpg"),
    ],
)
def test_people_see_a_name_that_they_can_read(name: bytes, shown: str) -> None:
    assert shown_path(as_text(os.fsdecode(name))) == shown


def test_paths_in_the_working_directory_are_shown_short(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert shown_path(str(tmp_path / "box" / "1.tif")) == str(Path("box", "1.tif"))
    assert shown_path("box/1.tif") == "box/1.tif"
    assert shown_path(str(tmp_path.parent / "1.tif")) == str(tmp_path.parent / "1.tif")
