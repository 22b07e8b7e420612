"""Scans that operators send from a browser, kept in a folder until they are read: each whole or not at all.

They lie at ``INBOX/BATCH/UPLOAD/NAME``, where the batch of refused sheets that were scanned again has ``.rescan``
behind its number. What was read is written into ``.read`` beside them, so that no restart reads it again.
"""

from __future__ import annotations

import os
import re
import shutil
import tempfile
import time
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from threading import Lock

from migcards.zips import ZIP
from ocr.errors import BadInputError
from ocr.preprocess.discover import EXTENSIONS, files_below
from ocr.preprocess.raster import MAX_PICTURE_BYTES
from review.errors import ReviewError
from review.web.scan_inbox import UploadLot

MAX_FILES = 10_000
"""In one upload: two boxes."""

MAX_BYTES = {".jpg": MAX_PICTURE_BYTES, ".jpeg": MAX_PICTURE_BYTES, ".png": MAX_PICTURE_BYTES}
MAX_OTHER_BYTES = 16 * MAX_PICTURE_BYTES
"""Of a file with many pages, which is never read as a whole."""

KEEP_FREE = 2 * 2**30
"""Bytes that uploads leave free: the database grows too."""

QUIET_S = 600
"""After so long an upload that nobody finished is taken as it is: the browser was closed."""

NO_BATCH, RESCAN, READ, BY, COMPLETE = "no-batch", ".rescan", ".read", ".by", ".complete"
_ODD = re.compile(r'[\x00-\x1f\x7f<>:"|?*\\]')
_MAX_NAME = 100  # characters: 200 bytes of Cyrillic, and no file system takes more than 255


@dataclass(eq=False)
class ScanInboxFolder:
    """The folder of uploads; may be used by many threads of one program.

    Parameters
    ----------
    folder
        Made if it is not there.
    takes_zip
        Whether zip files are taken: their scans need an archive to lie in.
    """

    folder: Path
    takes_zip: bool = False
    _lock: Lock = field(default_factory=Lock, repr=False)

    def __post_init__(self) -> None:
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            for part in self.folder.glob("*/*/.*.part"):
                part.unlink()
        except OSError as error:
            raise BadInputError(f"The inbox {self.folder} cannot be used: {error.strerror}.") from error

    def receive(self, lot: UploadLot, name: str, size: int | None) -> IncomingScan:
        """As `review.web.scan_inbox.ScanInbox` says."""
        name = safe_name(name)
        suffix = PurePosixPath(name).suffix.lower()
        if suffix not in EXTENSIONS | {ZIP}:
            raise ReviewError("upload_kind", name=name)
        if suffix == ZIP and not self.takes_zip:
            raise ReviewError("upload_zip", name=name)
        limit = MAX_BYTES.get(suffix, MAX_OTHER_BYTES)
        if size is not None and size > limit:
            raise ReviewError("upload_large", name=name, megabytes=limit // 2**20)
        if shutil.disk_usage(self.folder).free - (size or 0) < KEEP_FREE:
            raise ReviewError("upload_full")
        place = self._place(lot)
        if sum(1 for _ in scans_in(place)) >= MAX_FILES:
            raise ReviewError("upload_many", most=MAX_FILES)
        return IncomingScan(place, name, limit, self._lock)

    def finish(self, lot: UploadLot) -> None:
        """All files of an upload are there."""
        (self._place(lot) / COMPLETE).touch()

    def lots(self) -> Iterator[Path]:
        """Folders of uploads that may be read, the oldest first.

        Where the batch is known reading begins with the first file; else with the last, as a cover sheet opens the
        batch of all that come after it.
        """
        for place in sorted(self.folder.glob("*/*"), key=lambda place: (place.name, place)):
            if place.parent.name != NO_BATCH or (place / COMPLETE).exists() or _is_quiet(place):
                yield place

    def _place(self, lot: UploadLot) -> Path:
        place = self.folder / (f"{lot.batch}{RESCAN if lot.rescan else ''}" if lot.batch else NO_BATCH) / lot.id
        if not place.is_dir():
            place.mkdir(parents=True, exist_ok=True)
            (place / BY).write_text(lot.person, "utf-8")
        return place


class IncomingScan:
    """A file on its way into a folder, under a hidden name until it is whole."""

    def __init__(self, place: Path, name: str, limit: int, lock: Lock) -> None:
        self.place, self.name, self.limit, self._lock, self._size = place, name, limit, lock, 0
        handle, part = tempfile.mkstemp(dir=place, prefix=".", suffix=".part")
        self._part, self._file = Path(part), os.fdopen(handle, "wb")

    def write(self, data: bytes) -> None:
        """As `review.web.scan_inbox.ScanPart` says."""
        self._size += len(data)
        if self._size > self.limit:
            raise ReviewError("upload_large", name=self.name, megabytes=self.limit // 2**20)
        try:
            self._file.write(data)
        except OSError as error:
            raise ReviewError("upload_full") from error

    def keep(self) -> str:
        """As `review.web.scan_inbox.ScanPart` says."""
        if not self._size:
            raise ReviewError("upload_empty", name=self.name)
        try:
            self._file.flush()
            os.fsync(self._file.fileno())
            self._file.close()
            self._part.chmod(0o644)
            with self._lock:
                target = self.place / _free(self.place, self.name)
                self._part.rename(target)
        except OSError as error:
            raise ReviewError("upload_full") from error
        return target.name

    def drop(self) -> None:
        """As `review.web.scan_inbox.ScanPart` says."""
        with suppress(OSError):  # what could not be written before cannot be now
            self._file.close()
        self._part.unlink(missing_ok=True)


def safe_name(name: str) -> str:
    """The last part of a name, without signs that file systems refuse, hidden by no dot, and not too long."""
    bare = _ODD.sub("_", name.replace("\\", "/").rpartition("/")[2]).strip(" .") or "scan"
    path = PurePosixPath(bare)
    return path.stem[: _MAX_NAME - len(path.suffix)] + path.suffix[:_MAX_NAME]


def scans_in(place: Path) -> Iterator[Path]:
    """The files of an upload, in natural order."""
    return files_below(place, lambda error: None, EXTENSIONS | {ZIP})


def already_read(place: Path) -> set[str]:
    """Names of the files of an upload that need not be read again."""
    journal = place / READ
    return set(journal.read_text("utf-8").splitlines()) if journal.exists() else set()


def note_read(place: Path, names: Iterable[str]) -> None:
    """Write down which files of an upload were read; a line that is lost costs a look at its file, no more."""
    with (place / READ).open("a", encoding="utf-8") as journal:
        journal.writelines(f"{name}\n" for name in names)


def sent_by(place: Path) -> str:
    """Login of whoever sent an upload."""
    return (place / BY).read_text("utf-8") if (place / BY).exists() else ""


def batch_of_lot(place: Path) -> tuple[str, bool]:
    """Number of the batch of an upload, empty for none, and whether its refused sheets were scanned again."""
    name = place.parent.name
    return ("" if name == NO_BATCH else name.removesuffix(RESCAN)), name.endswith(RESCAN)


def _free(place: Path, name: str) -> str:
    """The name, or one like it that nothing has or had: what was read may have gone into the archive."""
    path, number, had = PurePosixPath(name), 2, already_read(place)
    while name in had or (place / name).exists():
        name, number = f"{path.stem}-{number}{path.suffix}", number + 1
    return name


def _is_quiet(place: Path) -> bool:
    return time.time() - place.stat().st_mtime > QUIET_S
