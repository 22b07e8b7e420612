"""Scans in a zip file, each copied to where originals are kept; nothing in the file is trusted."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator
from contextlib import suppress
from errno import EINVAL
from functools import cache, partial
from pathlib import Path, PurePosixPath

from migcards.scan_file import ScanFile, SourceError, refused_file
from ocr.file_names import as_text
from ocr.preprocess.content import file_hash
from ocr.preprocess.discover import EXTENSIONS, is_named, natural
from ocr.preprocess.raster import MAX_PICTURE_BYTES
from ocr.reading import Refusal
from store.archive import keep_pieces

ZIP = ".zip"

MAX_DIRECTORY_BYTES = 16 * 2**20
"""Bound on a zip file's list of members, which is held in memory: over 100,000 names as scanners give them."""

MAX_GROWTH = 100
SMALL_BYTES = 2**30
"""All members together may take as many times the room of the zip file, and this much in any case: a single blank
sheet packs to a thousandth, a box of scans never to a hundredth. What takes more is there to fill the disk."""

_PASSING = ("gone", "forbidden", "system_error")
_CHUNK = 2**20
_ENCRYPTED, _UTF8 = 0x1, 0x800
_BOUNDED_METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
"""Those that can be inflated piece by piece; a piece of the others may grow to gigabytes."""

_END, _END64 = b"PK\5\6", b"PK\6\6"
_TAIL_BYTES = 2**16 + 22 + 20 + 56  # a comment, and the records that end a zip file

_CP866_LETTERS = re.compile(rb"[\x00-\x7f\x80-\xaf\xe0-\xf1\xfc]*")
_CP1251_LETTERS = re.compile(rb"[\x00-\x7f\xa8\xb8\xb9\xc0-\xff]*")


def members(path: Path, name: str, spool: Path) -> Iterator[ScanFile]:
    """Scans in a zip file, in natural order; what cannot be had is refused by its name.

    Members count by their extension, and hidden ones are skipped, as in folders.

    Parameters
    ----------
    name
        What the zip file is called.
    spool
        The archive of originals, into which each member is copied before it is handed out.

    Raises
    ------
    StoreError
        The archive cannot be written.
    """
    content = cache(file_hash)

    def refused(detail: str, called: str = name) -> ScanFile:
        if detail in _PASSING:
            return refused_file(called, Refusal.UNAVAILABLE, detail)
        return refused_file(called, Refusal.UNREADABLE_FILE, detail, f"{content(path)}/{called}")

    try:
        with _opened(path) as file:
            seen = set()
            for member, info in _scans_in(file, path):
                called = f"{name}/{as_text(member)}"
                try:
                    _check(info, member)
                    kept, _ = keep_pieces(spool, _pieces(file, info), PurePosixPath(member).suffix)
                except SourceError as error:
                    yield refused(str(error), called)
                else:
                    if (kept, called) not in seen:  # a name may stand there twice, with one content or two
                        yield ScanFile(kept, called)
                    seen.add((kept, called))
    except SourceError as error:
        yield refused(str(error))


def member_name(info: zipfile.ZipInfo) -> str:
    """A member's name as it was written; where no encoding is stated, the one in which it makes sense.

    Windows writes names in the code page of its console, which is 866 in Russian.
    """
    name = info.orig_filename
    if not info.flag_bits & _UTF8:
        raw = name.encode("cp437")  # as `zipfile` has decoded it
        is_cp1251 = not _CP866_LETTERS.fullmatch(raw) and _CP1251_LETTERS.fullmatch(raw)
        name = raw.decode("cp1251" if is_cp1251 else "cp866")
        with suppress(UnicodeDecodeError):
            name = raw.decode("utf-8")
    return name.replace("\\", "/")


def _opened(path: Path) -> zipfile.ZipFile:
    try:
        if _directory_bytes(path) > MAX_DIRECTORY_BYTES:
            raise SourceError("zip_bomb")
        return zipfile.ZipFile(path)
    except SourceError:
        raise
    except FileNotFoundError as error:
        raise SourceError("gone") from error
    except PermissionError as error:
        raise SourceError("forbidden") from error
    except Exception as error:  # of whatever the file makes `zipfile` raise
        raise SourceError(_why(error, "zip_damaged")) from error


def _directory_bytes(path: Path) -> int:
    """Size that a zip file states for its list of members; 0 where it states none."""
    with path.open("rb") as file:
        file.seek(max(0, path.stat().st_size - _TAIL_BYTES))
        tail = file.read(_TAIL_BYTES)
    end, end64 = tail.rfind(_END), tail.rfind(_END64)
    stated = int.from_bytes(tail[end + 12 : end + 16], "little") if end >= 0 else 0
    if stated != 2**32 - 1:
        return stated
    return int.from_bytes(tail[end64 + 40 : end64 + 48], "little") if end64 >= 0 else stated


def _scans_in(file: zipfile.ZipFile, path: Path) -> list[tuple[str, zipfile.ZipInfo]]:
    """Members that are scans, or zip files, by name and in natural order."""
    named = ((member_name(info), info) for info in file.infolist())
    found = [(name, info) for name, info in named if is_named(name, EXTENSIONS | {ZIP}) and not _is_hidden(name)]
    if sum(info.file_size for _, info in found) > MAX_GROWTH * path.stat().st_size + SMALL_BYTES:
        raise SourceError("zip_bomb")
    return sorted(found, key=lambda item: [natural(part) for part in item[0].split("/")])


def _is_hidden(name: str) -> bool:
    return any(part.startswith(".") or part == "__MACOSX" for part in name.split("/"))


def _check(info: zipfile.ZipInfo, name: str) -> None:
    """Refuse a member unread by what is stated of it."""
    if is_named(name, {ZIP}):
        raise SourceError("zip_nested")
    if info.flag_bits & _ENCRYPTED:
        raise SourceError("zip_locked")
    if info.compress_type not in _BOUNDED_METHODS:
        raise SourceError("zip_method")
    if info.file_size > MAX_PICTURE_BYTES:
        raise SourceError("too_many_bytes")


def _pieces(file: zipfile.ZipFile, info: zipfile.ZipInfo) -> Iterator[bytes]:
    """A member's content, never more than is stated: `zipfile` stops there, and the checksum tells that more came."""
    try:
        with file.open(info) as member:
            yield from iter(partial(member.read, _CHUNK), b"")
    except Exception as error:  # of whatever the file makes `zipfile` and `zlib` raise
        raise SourceError(_why(error, "damaged")) from error


def _why(error: Exception, damaged: str) -> str:
    """Why a file or member cannot be had: by the system's word for now, else for good."""
    from_system = isinstance(error, OSError) and error.errno not in (None, EINVAL)  # to seek where a damaged file says
    return "system_error" if from_system else damaged
