"""The bytes of a scan file, held against their hash: what is hashed is what is decoded, whatever happens meanwhile."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import lru_cache
from io import BufferedReader, BytesIO
from pathlib import Path
from time import time_ns
from typing import BinaryIO, NamedTuple

from ocr.preprocess import raster

MAX_HELD_BYTES = raster.MAX_PICTURE_BYTES
"""Files up to this size are read into memory as a whole; larger ones, always TIFF or PDF, are read where they lie."""


SETTLED_NS = 2 * 10**9
"""A file that was changed this short time ago may be changed again within the same tick of its clock."""


class ChangedError(Exception):
    """A file is not, or no longer, the one that was hashed."""


def file_hash(path: Path) -> str:
    """SHA-256 of a file's bytes; of its path where there is no file or it may not be read."""
    with suppress(OSError):
        if path.is_file():
            with path.open("rb") as file:
                return hashlib.file_digest(file, "sha256").hexdigest()
    return path_hash(path)


def path_hash(path: Path) -> str:
    """SHA-256 of a path, by which files are known whose bytes cannot be had."""
    return hashlib.sha256(os.fsencode(path)).hexdigest()


def hashed(file: BufferedReader) -> tuple[BinaryIO, str]:
    """The content of an open file and its hash; the content of all but the largest is in memory already."""
    if os.fstat(file.fileno()).st_size > MAX_HELD_BYTES:
        sha256 = hashlib.file_digest(file, "sha256").hexdigest()
        file.seek(0)
        return file, sha256
    data = file.read()
    return BytesIO(data), hashlib.sha256(data).hexdigest()


@contextmanager
def opened(path: Path, sha256: str) -> Iterator[BinaryIO]:
    """The bytes with this hash that lie at `path`; for the next page of the last file it is the same object.

    A large file is hashed once, and again only when its state has changed. What changes a file without changing its
    size, its number and both its times is not seen then: a disk that is written to past its file system, or a share
    whose server tells of new times late.

    Raises
    ------
    ChangedError
        Others lie there; of a large file this shows at the end.
    """
    state = _state(path.stat())
    if state.size <= MAX_HELD_BYTES:
        source = _content(path, sha256)
        source.seek(0)
        yield source
        return
    file = _file(path, state)
    file.seek(0)
    try:
        yield file
    finally:
        recent = time_ns() - max(state.changed_ns, state.modified_ns) < SETTLED_NS
        found = (_hash.__wrapped__ if recent else _hash)(path, state)
        if found != sha256 or _state(path.stat()) != state:
            raise ChangedError  # also where decoding failed: it was not this file's fault


@contextmanager
def unchanged(file: BufferedReader) -> Iterator[None]:
    """Raise `ChangedError` where a file has been written to in the meantime."""
    before = _state(os.fstat(file.fileno()))
    yield
    if _state(os.fstat(file.fileno())) != before:
        raise ChangedError


@lru_cache(maxsize=1)
def _content(path: Path, sha256: str) -> BytesIO:
    """A file's bytes; those of the last file are kept for its next page."""
    data = path.read_bytes()
    if hashlib.sha256(data).hexdigest() != sha256:
        raise ChangedError
    return BytesIO(data)


class _State(NamedTuple):
    """By what the system tells that a file is the same and unchanged."""

    device: int
    number: int
    size: int
    modified_ns: int
    changed_ns: int


def _state(stat: os.stat_result) -> _State:
    return _State(stat.st_dev, stat.st_ino, stat.st_size, stat.st_mtime_ns, stat.st_ctime_ns)


@lru_cache(maxsize=1)
def _file(path: Path, state: _State) -> BufferedReader:
    """A large file in a state, open; the last one stays open for its next page."""
    file = path.open("rb")
    if _state(os.fstat(file.fileno())) != state:
        raise ChangedError
    return file


@lru_cache(maxsize=1)
def _hash(path: Path, state: _State) -> str:
    """Hash of a file that is in a state from beginning to end."""
    with path.open("rb") as file:
        before = _state(os.fstat(file.fileno()))
        found = hashlib.file_digest(file, "sha256").hexdigest()
        if not before == state == _state(os.fstat(file.fileno())):
            raise ChangedError
    return found
