"""A hot folder with all that a scanner, a network and people put into it."""

from __future__ import annotations

import os
import shutil
import socket
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from zipfile import ZipFile

import pytest

from migcards.hot_folder import POLL_S, HotFolder, look_into, look_over
from migcards.scan_file import ScanFile
from migcards.watch import QUIET_S, Look
from ocr.errors import BadInputError
from ocr.file_names import as_text

SAMPLES = Path(__file__).parents[2] / "fixtures" / "samples"
WHOLE = b"\xff\xd8\xff scan \xff\xd9"


class Office:
    """A hot folder, its clock, and what was read of it."""

    def __init__(self, folder: Path) -> None:
        self.at, self.read, self.away = 0.0, [], set()  # type: ignore[var-annotated]
        self.folder = HotFolder(folder, self._read, self._unavailable, folder.parent / "archive", lambda: self.at)

    def _read(self, files: Iterator[ScanFile], in_order: bool) -> None:
        self.read += [(Path(file.name).name, in_order) for file in files]

    def _unavailable(self, names: Sequence[str]) -> set[str]:
        return {name for name in names if Path(name).name in self.away}

    def wait(self, seconds: float = 60.0) -> list[str]:
        """Go on for some seconds; the names of what was read."""
        before, end = len(self.read), self.at + seconds
        while self.at < end:
            self.at += self.folder.round()
        return [name for name, _ in self.read[before:]]


def test_nothing_is_begun_any_more_once_it_is_told_to_end(office: Office) -> None:
    for name in ("1.jpg", "2.jpg", "3.jpg"):
        (office.folder.folder / name).write_bytes(WHOLE)

    def read(files: Iterator[ScanFile], in_order: bool) -> None:
        for file in files:
            office.read.append((Path(file.name).name, in_order))
            office.folder.end.set()

    office.folder.read = read
    office.wait()
    assert len(office.read) == 1
    office.folder.run(lambda: pytest.fail("no further round"))


@pytest.fixture
def office(tmp_path: Path) -> Office:
    (tmp_path / "hot").mkdir()
    return Office(tmp_path / "hot")


def test_a_slow_writer_is_waited_for(office: Office) -> None:
    path = office.folder.folder / "slow.pdf"
    with path.open("wb") as file:
        for piece in (b"%PDF-1.5 ", b"page " * 100, b"more " * 100):
            file.write(piece)
            file.flush()
            assert office.wait(QUIET_S + POLL_S) == []
        file.write(b"%%EOF")
        file.flush()
        assert office.wait() == [], "a program has it open for writing"
    assert office.wait(10) == ["slow.pdf"]
    assert office.wait() == []


def test_a_file_that_is_renamed_into_place_is_read(office: Office) -> None:
    folder = office.folder.folder
    (folder / "scan.jpg.part").write_bytes(WHOLE)
    (folder / ".hidden.jpg").write_bytes(WHOLE)
    assert office.wait() == []
    (folder / "scan.jpg.part").rename(folder / "scan.jpg")
    assert office.wait() == ["scan.jpg"]


def test_links_pipes_sockets_and_linked_folders_are_passed_over(office: Office, tmp_path: Path) -> None:
    folder = office.folder.folder
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "elsewhere" / "secret.jpg").write_bytes(WHOLE)
    os.mkfifo(folder / "pipe.jpg")
    (folder / "zero.jpg").symlink_to("/dev/zero")
    (folder / "link.jpg").symlink_to(tmp_path / "elsewhere" / "secret.jpg")
    (folder / "elsewhere").symlink_to(tmp_path / "elsewhere")
    (folder / "nowhere.png").symlink_to(tmp_path / "nowhere")
    with socket.socket(socket.AF_UNIX) as ear:
        ear.bind(str(folder / "ear.tif"))
        (folder / "sub").mkdir()
        (folder / "sub" / "scan.jpg").write_bytes(WHOLE)
        assert office.wait() == ["scan.jpg"]
    passed_over = {Path(path).name for path in office.folder.sight.passed_over}
    assert passed_over == {"pipe.jpg", "zero.jpg", "link.jpg", "nowhere.png", "ear.tif"}


def test_what_takes_the_place_of_a_file_after_it_was_listed_is_not_opened(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.jpg")
    (tmp_path / "zero.jpg").symlink_to("/dev/zero")
    (tmp_path / "folder.jpg").mkdir()
    names = ("pipe.jpg", "zero.jpg", "folder.jpg", "gone.jpg")
    assert {look_into(str(tmp_path / name)) for name in names} == {Look.NO_FILE}


def test_a_file_that_cannot_be_opened_is_tried_again_and_stops_no_other(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder, opened = office.folder.folder, os.open
    (folder / "1.jpg").write_bytes(WHOLE)
    (folder / "2.jpg").write_bytes(WHOLE)

    def denied(path: str, flags: int) -> int:
        if Path(path).name == "1.jpg" and "1.jpg" in office.away:
            raise PermissionError(13, "Permission denied")
        return opened(path, flags)

    monkeypatch.setattr(os, "open", denied)
    office.away = {"1.jpg"}
    assert office.wait() == ["2.jpg", "1.jpg"], "it is put on the rescan list"
    assert office.wait(600) == []
    office.away = set()
    assert office.wait(3600) == ["1.jpg"]
    assert office.read[-1] == ("1.jpg", False)
    assert office.wait(3600) == []


def test_a_file_that_could_not_be_got_at_when_it_was_read_is_read_later(office: Office) -> None:
    (office.folder.folder / "1.jpg").write_bytes(WHOLE)
    office.away = {"1.jpg"}
    assert office.wait() == ["1.jpg"] * 3  # after 10 and 20 seconds
    office.away = set()
    assert office.wait(600) == ["1.jpg"]


def test_a_file_that_is_deleted_in_between_is_forgotten(office: Office) -> None:
    path = office.folder.folder / "1.jpg"
    path.write_bytes(WHOLE)
    office.wait(POLL_S)
    path.unlink()
    assert office.wait() == [] and office.folder.candidates == {}
    path.write_bytes(WHOLE)
    assert office.wait() == ["1.jpg"]


def test_names_that_are_no_utf8(office: Office) -> None:
    name = os.fsdecode("скан.jpg".encode("cp1251"))
    (office.folder.folder / name).write_bytes(WHOLE)
    assert office.wait() == [as_text(name)]


def test_a_folder_that_is_away_for_a_while_changes_nothing(office: Office, tmp_path: Path) -> None:
    folder = office.folder.folder
    (folder / "1.jpg").write_bytes(WHOLE)
    assert office.wait() == ["1.jpg"]
    folder.rename(tmp_path / "away")
    assert office.wait() == [] and office.folder.sight.unlisted == [str(folder)]
    (tmp_path / "away").rename(folder)
    (folder / "2.jpg").write_bytes(WHOLE)
    assert office.wait() == ["2.jpg"]


def test_a_new_watch_reads_all_that_lies_there(office: Office) -> None:
    folder = office.folder.folder
    for number in (10, 9, 1):
        (folder / f"{number}.jpg").write_bytes(WHOLE)
    assert office.wait() == Office(folder).wait() == ["1.jpg", "9.jpg", "10.jpg"]


def test_the_members_of_a_zip_file_are_read(office: Office) -> None:
    with ZipFile(office.folder.folder / "box.zip", "w") as file:
        file.writestr("7.jpg", WHOLE)
    assert office.wait() == ["7.jpg"]


def test_there_must_be_a_folder(tmp_path: Path) -> None:
    with pytest.raises(BadInputError, match="is no folder"):
        Office(tmp_path / "nowhere")


@pytest.mark.parametrize("name", ["usual-01.jpg", "fault-noise.png", "duplex-return.pdf", "duplex-departure.tif"])
def test_a_scan_that_is_cut_off_has_no_end(name: str, tmp_path: Path) -> None:
    path = tmp_path / name
    shutil.copy(SAMPLES / name, path)
    assert look_into(str(path)) is Look.WHOLE
    data = path.read_bytes()
    path.write_bytes(data[: len(data) // 2])
    assert look_into(str(path)) is Look.NO_END
    path.write_bytes(b"")
    assert look_into(str(path)) is Look.NO_END


def test_five_thousand_files_are_looked_over_in_little_time(office: Office) -> None:
    for number in range(5000):
        (office.folder.folder / f"{number}.jpg").write_bytes(WHOLE)
    assert office.wait(2 * QUIET_S + POLL_S) == [f"{number}.jpg" for number in range(5000)]
    began = time.process_time()
    assert office.wait(POLL_S) == []
    assert time.process_time() - began < 1
    assert len(look_over(str(office.folder.folder)).files) == 5000
