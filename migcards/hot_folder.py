"""A folder into which a scanner puts files: looked over again and again, since network shares tell of no change."""

from __future__ import annotations

import fcntl
import os
import signal
import stat
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import takewhile
from pathlib import Path
from threading import Event
from time import monotonic
from typing import BinaryIO, TypeAlias

from migcards.intake import file_or_members
from migcards.scan_file import ScanFile
from migcards.watch import Glimpse, HotFiles, Look, after_reading, noticed, ready
from migcards.zips import ZIP
from ocr.errors import BadInputError
from ocr.file_names import as_text
from ocr.preprocess import tiff_pages
from ocr.preprocess.discover import EXTENSIONS, is_named
from ocr.preprocess.raster import UnreadableError

POLL_S = 2.0
"""Between looks at the folder."""

SHARE_OF_TIME = 0.1
"""At most of which the folder is looked over, however slow the share is."""

_TAIL = 1024
_ENDS = ((b"\xff\xd8\xff", b"\xff\xd9"), (b"\x89PNG", b"IEND"), (b"%PDF-", b"%%EOF"), (b"PK", b"PK\5\6"))


@dataclass(frozen=True)
class Sight:
    """What one look over a folder showed.

    Attributes
    ----------
    passed_over
        Links, devices, pipes and sockets with the name of a scan: nothing that a scanner writes.
    unlisted
        Folders that could not be listed.
    """

    files: dict[str, Glimpse] = field(default_factory=dict)
    passed_over: list[str] = field(default_factory=list)
    unlisted: list[str] = field(default_factory=list)


Read: TypeAlias = Callable[[Iterator[ScanFile], bool], object]
"""Reads files; True where they lay in the order in which they came, False where they are read later than that."""


@dataclass
class HotFolder:
    """A folder that is looked over in rounds.

    Parameters
    ----------
    read
        Reads files; a look over the folder waits for it.
    unavailable
        Which of these files, by their names, could not be got at when they were read.
    archive
        Where members of zip files are kept.
    end
        Once it is set, no further file is begun.
    """

    folder: Path
    read: Read
    unavailable: Callable[[Sequence[str]], Collection[str]]
    archive: Path | None = None
    clock: Callable[[], float] = monotonic
    end: Event = field(default_factory=Event)
    candidates: HotFiles = field(default_factory=dict)
    waiting: int = 0
    sight: Sight = field(default_factory=Sight)

    def __post_init__(self) -> None:
        if not self.folder.is_dir():
            raise BadInputError(f"{as_text(self.folder)} is no folder.")
        self.folder = self.folder.absolute()

    def round(self) -> float:
        """Look over the folder, read what is ready; returns the seconds that may pass until the next round."""
        began = self.clock()
        self.sight = look_over(str(self.folder))
        kept = self.candidates if self.sight.unlisted else {}  # of what cannot be listed, nothing new is known
        self.candidates = {**kept, **noticed(self.candidates, self.sight.files, began)}
        took = self.clock() - began
        now = ready(self.candidates, began, look_into)
        self.candidates, self.waiting = now.candidates, now.waiting
        for paths, in_order in ((now.files, True), (now.apart, False)):
            if paths:
                self._read(paths, in_order)
        return max(POLL_S, took / SHARE_OF_TIME)

    def _read(self, paths: Sequence[str], in_order: bool) -> None:
        files = (file for path in paths for file in file_or_members(Path(path), self.archive))
        self.read(takewhile(lambda file: not self.end.is_set(), files), in_order)
        away = self.unavailable([as_text(path) for path in paths])
        unavailable = [path for path in paths if as_text(path) in away]
        self.candidates = after_reading(self.candidates, paths, unavailable, self.clock())

    def run(self, told: Callable[[], object]) -> None:
        """Look over the folder until it is told to end.

        Parameters
        ----------
        told
            Called after each round.
        """
        while not self.end.is_set():
            seconds = self.round()
            told()
            self.end.wait(seconds)


def look_over(folder: str) -> Sight:
    """Scans and zip files in a folder and all below it, by their names; hidden ones are skipped, links not followed."""
    sight, folders = Sight(), [folder]
    while folders:
        here = folders.pop()
        try:
            with os.scandir(here) as entries:
                folders += [entry.path for entry in entries if _notice(entry, sight)]
        except OSError:
            sight.unlisted.append(here)
    return sight


def _notice(entry: os.DirEntry[str], sight: Sight) -> bool:
    """Take an entry of a folder in; returns whether it is a folder to look over."""
    if entry.name.startswith("."):
        return False
    if entry.is_dir(follow_symlinks=False):
        return True
    if is_named(entry.name, EXTENSIONS | {ZIP}):
        if entry.is_file(follow_symlinks=False):
            with suppress(FileNotFoundError):  # it was there a moment ago
                seen = entry.stat(follow_symlinks=False)
                sight.files[entry.path] = Glimpse(seen.st_ino, seen.st_size, seen.st_mtime_ns)
        else:
            sight.passed_over.append(entry.path)
    return False


def look_into(path: str) -> Look:
    """Whether a file looks whole."""
    try:
        handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    except OSError:
        with suppress(OSError):
            return Look.UNOPENED if stat.S_ISREG(Path(path).lstat().st_mode) else Look.NO_FILE
        return Look.NO_FILE
    if not stat.S_ISREG(os.fstat(handle).st_mode):
        os.close(handle)
        return Look.NO_FILE
    with os.fdopen(handle, "rb") as file:
        try:
            return Look.IN_USE if _is_written_to(handle) else Look.WHOLE if _has_end(file) else Look.NO_END
        except OSError:
            return Look.UNOPENED


def _has_end(file: BinaryIO) -> bool:
    head = file.read(8)
    with suppress(UnreadableError):
        if head[:2] in (b"II", b"MM"):
            return tiff_pages.is_whole(file)
    file.seek(max(0, os.fstat(file.fileno()).st_size - _TAIL))
    tail = file.read()
    return any(head.startswith(beginning) and end in tail for beginning, end in _ENDS)


def _is_written_to(handle: int) -> bool:
    """Whether a program of this machine has the file open for writing: then the system grants no lease on it.

    Where it grants none for other reasons, as on network shares, nothing is known.
    """
    try:
        fcntl.fcntl(handle, fcntl.F_SETSIG, signal.SIGURG)  # is ignored; the usual one would end this program
        fcntl.fcntl(handle, fcntl.F_SETLEASE, fcntl.F_RDLCK)
        fcntl.fcntl(handle, fcntl.F_SETLEASE, fcntl.F_UNLCK)
    except BlockingIOError:
        return True
    except OSError:
        return False
    return False
