"""The bytes of a scan file, held against their hash: what is hashed is what is decoded, whatever happens meanwhile."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import lru_cache
from io import BufferedReader, BytesIO
from pathlib import Path
from typing import BinaryIO

from ocr.preprocess import raster

MAX_HELD_BYTES = raster.MAX_PICTURE_BYTES
"""Files up to this size are read into memory as a whole; larger ones, always TIFF or PDF, are read where they lie."""


class ChangedError(Exception):
    """A file is not, or no longer, the one that was hashed."""


def file_hash(path: Path) -> str:
    """SHA-256 of a file's bytes; of its path where there is no file or it may not be read."""
    with suppress(OSError):
        if path.is_file():
            with path.open("rb") as file:
                return hashlib.file_digest(file, "sha256").hexdigest()
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
    """The bytes with this hash that lie at `path`.

    Raises
    ------
    ChangedError
        Others lie there; of a large file this shows at the end.
    """
    if path.stat().st_size <= MAX_HELD_BYTES:
        yield BytesIO(_content(path, sha256))
        return
    with path.open("rb") as file:
        try:
            yield file
        finally:
            file.seek(0)
            if hashlib.file_digest(file, "sha256").hexdigest() != sha256:
                raise ChangedError  # also where decoding failed: it was not this file's fault


@lru_cache(maxsize=1)
def _content(path: Path, sha256: str) -> bytes:
    """A file's bytes; those of the last file are kept for its next page."""
    data = path.read_bytes()
    if hashlib.sha256(data).hexdigest() != sha256:
        raise ChangedError
    return data
