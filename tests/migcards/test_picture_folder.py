"""Pictures on disk: kept whole, and gone in time while the program serves."""

from __future__ import annotations

import os
import time
from pathlib import Path

from migcards.picture_folder import CLEAN_EVERY_S, DAY_S, KEEP_DAYS, PictureFolder

OLD, NEW, NEWEST = ("a" * 64, "b" * 64, "c" * 64)


class Clock:
    """Stands still until it is moved."""

    def __init__(self) -> None:
        self.now = time.time()

    def __call__(self) -> float:
        return self.now


def names(folder: Path) -> set[str]:
    return {place.name for place in folder.glob("??/*")}


def aged(folder: Path, name: str, seconds: float) -> None:
    place = folder / name[:2] / name
    os.utime(place, (place.stat().st_mtime - seconds,) * 2)


def test_what_was_written_is_read_and_what_was_not_is_not(tmp_path: Path) -> None:
    pictures = PictureFolder(tmp_path / "pictures")
    assert pictures.read(OLD) is None
    pictures.write(OLD, b"png")
    assert pictures.read(OLD) == b"png"
    assert (tmp_path / "pictures").stat().st_mode & 0o077 == 0, "names are nobody else's business"


def test_old_pictures_go_at_the_start(tmp_path: Path) -> None:
    first = PictureFolder(tmp_path)
    first.write(OLD, b"old")
    first.write(NEW, b"new")
    aged(tmp_path, OLD, (KEEP_DAYS + 1) * DAY_S)
    PictureFolder(tmp_path)
    assert names(tmp_path) == {NEW}


def test_old_pictures_go_while_the_program_serves(tmp_path: Path) -> None:
    clock = Clock()
    pictures = PictureFolder(tmp_path, clock=clock)
    pictures.write(OLD, b"old")
    aged(tmp_path, OLD, (KEEP_DAYS + 1) * DAY_S)
    pictures.write(NEW, b"new")
    assert names(tmp_path) == {OLD, NEW}, "not at every picture"
    clock.now += CLEAN_EVERY_S + 1
    pictures.write(NEWEST, b"newest")
    assert names(tmp_path) == {NEW, NEWEST}


def test_a_folder_that_is_too_large_loses_the_oldest(tmp_path: Path) -> None:
    clock = Clock()
    pictures = PictureFolder(tmp_path, max_bytes=25, clock=clock)
    for age, name in ((30, OLD), (20, NEW)):
        pictures.write(name, bytes(10))
        aged(tmp_path, name, age)
    clock.now += CLEAN_EVERY_S + 1
    pictures.write(NEWEST, bytes(10))
    assert names(tmp_path) == {NEW, NEWEST}


def test_a_folder_that_cannot_be_written_costs_no_picture(tmp_path: Path) -> None:
    pictures = PictureFolder(tmp_path)
    (tmp_path / OLD[:2]).write_text("a file where a folder should be")
    pictures.write(OLD, b"png")
    assert pictures.read(OLD) is None
