"""Scan files are found folder by folder, in natural order."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ocr.errors import BadInputError
from ocr.preprocess.discover import discover, files_below, natural


def test_discover_takes_pictures_in_natural_order_and_named_files_always(tmp_path: Path) -> None:
    names = ["b/card 10.JPG", "b/card 2.tiff", "b/notes.txt", "a/x.pdf", ".hidden/y.png", "a/.z.png", "odd.scan"]
    for name in names:
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).touch()
    found = discover([tmp_path, tmp_path / "odd.scan", tmp_path / "a/x.pdf", tmp_path / "a/.z.png"])
    expected = ["a/x.pdf", "b/card 2.tiff", "b/card 10.JPG", "odd.scan", "a/.z.png"]
    assert found == tuple(tmp_path / name for name in expected)


def test_discover_names_a_path_that_does_not_exist(tmp_path: Path) -> None:
    with pytest.raises(BadInputError, match="nowhere does not exist"):
        discover([tmp_path / "nowhere"])


def test_folders_lie_in_their_place_and_links_to_folders_are_not_followed(tmp_path: Path) -> None:
    for name in ("2/a.jpg", "10/a.jpg", "3.jpg", "away/x.jpg"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).touch()
    box = tmp_path / "box"
    box.mkdir()
    for name in ("2", "10", "3.jpg"):
        (tmp_path / name).rename(box / name)
    (box / "link").symlink_to(tmp_path / "away")
    (box / "link.jpg").symlink_to(tmp_path / "away")
    (box / "loop").symlink_to(box)
    assert discover([box]) == tuple(box / name for name in ("2/a.jpg", "3.jpg", "10/a.jpg"))


def test_a_folder_that_cannot_be_listed_is_told_and_the_rest_is_found(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("1/a.jpg", "2/a.jpg", "3/a.jpg"):
        (tmp_path / name).parent.mkdir()
        (tmp_path / name).touch()
    listed = os.scandir

    def scandir(folder: Path) -> object:
        if folder == tmp_path / "2":
            raise PermissionError(13, "Permission denied", str(folder))
        return listed(folder)

    monkeypatch.setattr(os, "scandir", scandir)
    failed: list[OSError] = []
    assert list(files_below(tmp_path, failed.append)) == [tmp_path / "1/a.jpg", tmp_path / "3/a.jpg"]
    assert [error.filename for error in failed] == [str(tmp_path / "2")]
    with pytest.raises(BadInputError, match="2 cannot be listed: Permission denied"):
        discover([tmp_path])


@given(st.lists(st.integers(0, 10**30), max_size=8))
def test_numbers_sort_by_value(numbers: list[int]) -> None:
    assert sorted((f"card {n}.jpg" for n in numbers), key=natural) == [f"card {n}.jpg" for n in sorted(numbers)]


@given(st.lists(st.text(), unique=True))
def test_no_two_names_are_alike(names: list[str]) -> None:
    assert len({repr(natural(name)) for name in names}) == len(names)


def test_a_number_of_thousands_of_digits_has_its_place() -> None:
    assert natural("9" * 5000) > natural("8" * 5000) > natural("9" * 4999)
