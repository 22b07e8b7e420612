"""Scans at an address that fsspec knows (``s3://``, ``sftp://``, …), each copied to where originals are kept.

Who may read there is told to fsspec by its own configuration, never in an address: addresses are kept and shown.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path, PurePosixPath
from time import sleep
from typing import IO, Any, TypeVar
from urllib.parse import urlsplit

from fsspec import AbstractFileSystem
from fsspec.core import url_to_fs

from migcards.scan_file import ScanFile, SourceError, refused_file
from migcards.zips import ZIP, members
from ocr.errors import BadInputError, ToolMissingError
from ocr.file_names import as_text
from ocr.preprocess.discover import EXTENSIONS, is_named, natural
from ocr.reading import Refusal
from store.archive import keep_pieces

T = TypeVar("T")

PAUSES_S = (0.5, 3.0)
"""Before the second and the third attempt; most file systems try again by themselves as well."""

_CHUNK = 8 * 2**20  # one request for most scans
_NOT_FETCHED = "not_fetched"


@dataclass(frozen=True)
class RemoteEntry:
    """A file or folder as its file system calls it."""

    path: str
    is_folder: bool

    @property
    def is_scan(self) -> bool:
        """Whether it counts within a folder."""
        return is_named(self.path, EXTENSIONS | {ZIP})


@dataclass(frozen=True)
class RemotePlace:
    """What an address names.

    Attributes
    ----------
    prefix
        What makes an address of a path.
    entries
        One file or folder, or what a pattern matches.
    """

    system: AbstractFileSystem
    prefix: str
    entries: tuple[RemoteEntry, ...]

    def name(self, path: str) -> str:
        """A path as people call it."""
        return as_text(self.prefix + path)


def is_address(text: str) -> bool:
    """Whether a text names something that does not simply lie on this machine's disks."""
    return "://" in text


def place_of(address: str) -> RemotePlace:
    """What lies at an address, in which ``*`` may stand for any names.

    Raises
    ------
    BadInputError
        Nothing does, it cannot be got at, or the address holds a secret.
    ToolMissingError
        The library for such addresses is not installed.
    """
    parts = urlsplit(address)
    if parts.password or (parts.scheme in ("http", "https") and parts.query):
        raise BadInputError(
            f"An address at {parts.hostname} holds a password or key, which would be kept with every scan. "
            "Leave it out and put it into fsspec's configuration, ~/.config/fsspec/conf.json."
        )
    shown = as_text(address)
    address = address if address.endswith("://") else address.rstrip("/")
    try:
        system, path = url_to_fs(address)
    except ImportError as error:
        advice = "Install it by `pip install 'migcards[s3]'`" if parts.scheme == "s3" else str(error)
        raise ToolMissingError(
            f"{shown} cannot be read: the library for such addresses is missing. {advice}."
        ) from error
    except ValueError as error:
        raise BadInputError(f"{shown} cannot be read: {error}.") from error
    system.invalidate_cache()  # file systems outlive a run in this process
    try:
        found = system.glob(path, detail=True) if "*" in path else {path: system.info(path)}
    except FileNotFoundError as error:
        raise BadInputError(f"{shown} does not exist.") from error
    except Exception as error:  # of any library for any kind of address
        raise BadInputError(f"{shown} cannot be reached: {error or type(error).__name__}.") from error
    entries = _entries(found.values())
    if not entries:
        raise BadInputError(f"{shown} names no file or folder.")
    return RemotePlace(system, address.removesuffix(path) if address.endswith(path) else f"{parts.scheme}://", entries)


def files_at(place: RemotePlace, spool: Path) -> Iterator[ScanFile]:
    """Scans at a place, in natural order and one by one; what cannot be had now is refused by its address.

    Parameters
    ----------
    spool
        The archive of originals, into which each file is copied before it is handed out.

    Raises
    ------
    StoreError
        The archive cannot be written.
    """
    for entry in place.entries:
        yield from (_below if entry.is_folder else _file)(place, entry.path, spool)


def _entries(infos: Iterable[dict[str, Any]], folder: str = "") -> tuple[RemoteEntry, ...]:
    """Files and folders in natural order; a folder may list itself, and a linked one may lead round in a circle."""
    found = [
        RemoteEntry(info["name"].rstrip("/"), info["type"] == "directory")
        for info in infos
        if info["type"] == "file" or (info["type"] == "directory" and not info.get("islink"))
    ]
    return tuple(sorted((e for e in found if e.path != folder), key=lambda e: [natural(p) for p in e.path.split("/")]))


def _below(place: RemotePlace, folder: str, spool: Path) -> Iterator[ScanFile]:
    def listed() -> tuple[RemoteEntry, ...]:
        with _told():
            return _entries(place.system.ls(folder, detail=True), folder)

    try:
        entries = _tried(place, listed)
    except SourceError as error:
        yield refused_file(place.name(folder), Refusal.UNAVAILABLE, str(error))
        return
    for entry in entries:
        if PurePosixPath(entry.path).name.startswith("."):
            continue
        if entry.is_folder:
            yield from _below(place, entry.path, spool)
        elif entry.is_scan:
            yield from _file(place, entry.path, spool)
    place.system.invalidate_cache(folder)  # or the lists of all folders stay in memory


def _file(place: RemotePlace, path: str, spool: Path) -> Iterator[ScanFile]:
    name = place.name(path)
    try:
        if is_named(path, {ZIP}):
            with _fetched(place, path, spool) as copy:
                yield from members(copy, name, spool)
        else:
            suffix = PurePosixPath(path).suffix
            kept, _ = _tried(place, lambda: keep_pieces(spool, _pieces(place, path), suffix))
            yield ScanFile(kept, name)
    except SourceError as error:
        yield refused_file(name, Refusal.UNAVAILABLE, str(error))


@contextmanager
def _fetched(place: RemotePlace, path: str, spool: Path) -> Iterator[Path]:
    """A copy of a file for a while."""
    spool.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile(dir=spool, prefix=".", suffix=".part") as copy:
        _tried(place, partial(_copy, place, path, copy))
        yield Path(copy.name)


def _copy(place: RemotePlace, path: str, copy: IO[bytes]) -> None:
    copy.seek(0)
    copy.truncate()
    for piece in _pieces(place, path):
        copy.write(piece)
    copy.flush()


def _pieces(place: RemotePlace, path: str) -> Iterator[bytes]:
    with _told(), place.system.open(path, "rb", cache_type="none") as file:
        yield from iter(partial(file.read, _CHUNK), b"")


def _tried(place: RemotePlace, attempt: Callable[[], T]) -> T:
    """The result of what is attempted up to three times."""
    for pause in PAUSES_S:
        try:
            return attempt()
        except SourceError as error:
            if str(error) != _NOT_FETCHED:
                raise
        sleep(pause)
        place.system.invalidate_cache()  # what it knew of the file may be out of date
    return attempt()


@contextmanager
def _told() -> Iterator[None]:
    """Say in words why something cannot be had."""
    try:
        yield
    except FileNotFoundError as error:
        raise SourceError("gone") from error
    except PermissionError as error:
        raise SourceError("forbidden") from error
    except Exception as error:  # of any library for any kind of address
        raise SourceError(_NOT_FETCHED) from error
