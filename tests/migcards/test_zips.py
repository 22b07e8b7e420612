"""A zip file of scans: names of all code pages, and nothing in it is trusted."""

from __future__ import annotations

import os
import struct
import tracemalloc
from collections.abc import Callable
from pathlib import Path
from zipfile import ZIP_BZIP2, ZIP_DEFLATED, ZIP_STORED, ZipFile, ZipInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from migcards import zips
from migcards.zips import member_name, members
from ocr.reading import Refusal


def raw_named(path: Path, name: bytes) -> None:
    """A zip file as old Windows writes it: the name in a code page that is not stated."""
    with ZipFile(path, "w") as file:
        file.writestr("?" * len(name) + ".jpg", b"scan")
    path.write_bytes(path.read_bytes().replace(b"?" * len(name), name))


def outcomes(path: Path, archive: Path) -> dict[str, str]:
    """What became of each scan, by its name within the zip file."""
    files = members(path, "box.zip", archive)
    return {file.name.removeprefix("box.zip/"): file.refused.detail if file.refused else "kept" for file in files}


def left_over(archive: Path) -> list[Path]:
    return [path for path in archive.rglob("*") if path.is_file() and path.suffix == ".part"]


@pytest.mark.parametrize(
    ("name", "encoding"),
    [
        ("Карточка №7 ёЁ", "cp866"),
        ("карточка", "cp866"),
        ("Карточка", "cp1251"),
        ("Ҳуҷанд", "utf-8"),
        ("║ 5 °", "cp866"),
        ("plain", "ascii"),
    ],
)
def test_names_are_shown_as_they_were_written(tmp_path: Path, name: str, encoding: str) -> None:
    raw_named(tmp_path / "box.zip", name.encode(encoding))
    assert outcomes(tmp_path / "box.zip", tmp_path / "archive") == {f"{name}.jpg": "kept"}


def test_names_that_state_their_encoding_or_steer_a_terminal(tmp_path: Path) -> None:
    with ZipFile(tmp_path / "box.zip", "w") as file:
        for name in ("Ҳуҷанд.jpg", "a\x1b[2J.jpg", "../../etc/1.jpg", "C:\\scans\\1.jpg"):
            file.writestr(name, name)
    shown = outcomes(tmp_path / "box.zip", tmp_path / "archive")
    assert set(shown) == {"Ҳуҷанд.jpg", "a\\x1b[2J.jpg", "../../etc/1.jpg", "C:/scans/1.jpg"} - {"../../etc/1.jpg"}
    assert {path.parent.parent for path in tmp_path.rglob("*.jpg")} == {tmp_path / "archive"}


@given(st.binary(min_size=1, max_size=30))
def test_any_bytes_are_a_name(raw: bytes) -> None:
    info = ZipInfo("x")
    info.orig_filename = raw.decode("cp437")
    assert member_name(info)


def test_what_cannot_be_had_is_refused_by_its_name_and_the_rest_is_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(zips, "MAX_PICTURE_BYTES", 100_000)
    path = tmp_path / "box.zip"
    with ZipFile(path, "w", ZIP_DEFLATED) as file:
        file.writestr("1.jpg", b"fine")
        file.writestr("2.jpg", bytes(100_001))
        file.writestr("3.zip", b"PK")
        file.writestr("4.jpg", os.urandom(50_000))
        file.writestr("5.jpg", b"packed", compress_type=ZIP_BZIP2)
        file.writestr("6.jpg", b"locked")
        file.writestr("7.jpg", b"more than is said" * 1000)
        file.writestr("8.jpg", b"fine too", compress_type=ZIP_STORED)
    data = bytearray(path.read_bytes())
    data[data.index(b"4.jpg") + 1000] ^= 1
    for name, offset, value in ((b"6.jpg", 8, struct.pack("<H", 1)), (b"7.jpg", 24, struct.pack("<I", 17))):
        entry = data.rindex(name) - 46
        data[entry + offset : entry + offset + len(value)] = value
    path.write_bytes(data)
    assert outcomes(path, tmp_path / "archive") == {
        "1.jpg": "kept",
        "2.jpg": "too_many_bytes",
        "3.zip": "zip_nested",
        "4.jpg": "damaged",
        "5.jpg": "zip_method",
        "6.jpg": "zip_locked",
        "7.jpg": "damaged",
        "8.jpg": "kept",
    }
    assert left_over(tmp_path / "archive") == []
    (refused,) = [file.refused for file in members(path, "box.zip", tmp_path / "archive") if "/2.jpg" in file.name]
    assert refused and refused.reason is Refusal.UNREADABLE_FILE


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_a_name_that_stands_there_twice_is_two_scans_unless_both_are_the_same(tmp_path: Path) -> None:
    with ZipFile(tmp_path / "box.zip", "w") as file:
        for content in (b"one", b"two", b"one"):
            file.writestr("1.jpg", content)
    files = list(members(tmp_path / "box.zip", "box.zip", tmp_path / "archive"))
    assert [(file.name, file.path.read_bytes()) for file in files] == [
        ("box.zip/1.jpg", b"one"),
        ("box.zip/1.jpg", b"two"),
    ]


def test_a_member_that_is_packed_again_without_its_fault_is_another_sheet(tmp_path: Path) -> None:
    path, seen = tmp_path / "box.zip", set()
    for content in (b"PK", b"PK again"):
        with ZipFile(path, "w") as file:
            file.writestr("1.zip", content)
        seen |= {file.refused.scan for file in members(path, "box.zip", tmp_path / "archive") if file.refused}
    assert len(seen) == 2


def bomb(path: Path) -> None:
    """Twenty members that take a thousandth of their size."""
    with ZipFile(path, "w", ZIP_DEFLATED) as file:
        for i in range(20):
            file.writestr(f"{i}.jpg", bytes(1_000_000))


def long_directory(path: Path) -> None:
    """More members than anybody scans."""
    with ZipFile(path, "w") as file:
        for i in range(3):
            file.writestr(ZipInfo(f"{i:060000}.jpg"), b"")
    data = path.read_bytes()
    end = data.rindex(b"PK\5\6")
    path.write_bytes(data[: end + 12] + struct.pack("<I", 17 * 2**20) + data[end + 16 :])


def long_directory64(path: Path) -> None:
    """The same, stated in the record of large zip files."""
    long_directory(path)
    data = path.read_bytes()
    end = data.rindex(b"PK\5\6")
    record = b"PK\6\6" + bytes(36) + struct.pack("<QQ", 17 * 2**20, 0)
    path.write_bytes(data[:end] + record + data[end : end + 12] + b"\xff" * 4 + data[end + 16 :])


@pytest.mark.parametrize(
    ("make", "detail"),
    [
        (bomb, "zip_bomb"),
        (long_directory, "zip_bomb"),
        (long_directory64, "zip_bomb"),
        (lambda path: path.write_bytes(b"PK\3\4 no zip file"), "zip_damaged"),
        (lambda path: path.write_bytes(b""), "zip_damaged"),
        (lambda path: None, "gone"),
    ],
)
def test_a_whole_file_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, make: Callable[[Path], object], detail: str
) -> None:
    monkeypatch.setattr(zips, "SMALL_BYTES", 10_000_000)
    make(tmp_path / "box.zip")
    tracemalloc.start()
    (refused,) = members(tmp_path / "box.zip", "box.zip", tmp_path / "archive")
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert refused.refused and refused.refused.detail == detail
    assert peak < 4 * 2**20
    assert not (tmp_path / "archive").exists()


def test_a_large_member_is_copied_in_little_memory(tmp_path: Path) -> None:
    with ZipFile(tmp_path / "box.zip", "w", ZIP_DEFLATED) as file, file.open("1.tif", "w") as member:
        for _ in range(4):
            member.write(bytes(10_000_000))
    tracemalloc.start()
    (kept,) = members(tmp_path / "box.zip", "box.zip", tmp_path / "archive")
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert kept.path.stat().st_size == 40_000_000
    assert peak < 8 * 2**20


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_changed_bytes_never_raise(tmp_path_factory: pytest.TempPathFactory, data: st.DataObject) -> None:
    folder = tmp_path_factory.mktemp("zip")
    path = folder / "box.zip"
    with ZipFile(path, "w", ZIP_DEFLATED) as file:
        for i in range(3):
            file.writestr(f"{i}.jpg", bytes(range(256)) * 4)
    content = bytearray(path.read_bytes())
    places = st.integers(0, len(content) - 1)
    for place, value in data.draw(st.lists(st.tuples(places, st.integers(0, 255)), min_size=1, max_size=12)):
        content[place] = value
    path.write_bytes(content[: data.draw(st.integers(0, len(content)))] if data.draw(st.booleans()) else content)
    outcomes(path, folder / "archive")
    assert left_over(folder / "archive") == []
