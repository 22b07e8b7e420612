"""Originals by content hash: ``ab/abcdef….tif``. A file is written whole or not at all, and never altered."""

from __future__ import annotations

import hashlib
import os
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from time import time
from typing import BinaryIO

from ocr.errors import BadInputError, StoreError
from ocr.file_names import as_text

_CHUNK = 1 << 20  # bytes
_UNFINISHED_S = 24 * 3600.0


def keep(folder: Path, original: Path, sha256: str) -> Path:
    """Copy an original into the archive and return where it lies; one that is there already stays as it is.

    Parameters
    ----------
    sha256
        The hash under which the original was read, 64 hexadecimal digits.

    Raises
    ------
    BadInputError
        The original cannot be read, or has changed since it was hashed.
    StoreError
        The archive cannot be written.
    """
    with _of_archive(folder):
        present = find(folder, sha256)
    if present is not None:
        return present
    place, found = keep_pieces(folder, _pieces(original), original.suffix, expected=sha256)
    if found != sha256:
        raise BadInputError(f"{as_text(original)} has changed since it was read.")
    return place


def keep_pieces(folder: Path, pieces: Iterable[bytes], suffix: str, *, expected: str | None = None) -> tuple[Path, str]:
    """Put what comes in pieces into the archive; where that content is there already, it stays as it is.

    Parameters
    ----------
    pieces
        An error that they raise is passed on, unless it is an `OSError`: it would be taken for one of the archive.
    suffix
        Extension of the file's name.
    expected
        The hash without which nothing is kept.

    Returns
    -------
    tuple of Path and str
        Where it lies, or would lie, and the hash of its content.

    Raises
    ------
    StoreError
        The archive cannot be written.
    """
    with _of_archive(folder):
        folder.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=folder, prefix=".", suffix=".part")
        part = Path(name)
        try:
            with os.fdopen(handle, "wb") as copy:
                sha256 = _copy(pieces, copy)
                copy.flush()
                os.fsync(copy.fileno())
            target = find(folder, sha256) or folder / sha256[:2] / f"{sha256}{suffix.lower()}"
            if expected in (None, sha256) and not target.exists():
                target.parent.mkdir(exist_ok=True)
                part.chmod(0o444)
                part.replace(target)
        finally:
            part.unlink(missing_ok=True)
    return target, sha256


def tidy(folder: Path) -> None:
    """Remove unfinished copies that are older than a day: programs that were killed left them.

    Raises
    ------
    StoreError
        The archive cannot be read or written.
    """
    with _of_archive(folder):
        for part in folder.glob(".*.part"):
            if part.stat().st_mtime < time() - _UNFINISHED_S:
                part.unlink(missing_ok=True)


def find(folder: Path, sha256: str) -> Path | None:
    """Where an original lies in the archive, or None."""
    return next(iter(sorted((folder / sha256[:2]).glob(f"{sha256}*"))), None)


def originals(folder: Path, prefix: str = "[0-9a-f][0-9a-f]") -> Iterator[tuple[str, Path]]:
    """All files of the archive with the hashes in their names, or those whose hash begins with two given digits."""
    for shelf in sorted(folder.glob(prefix)):
        for path in sorted(shelf.glob("[0-9a-f]*")):
            yield path.name.partition(".")[0], path


def size_of(folder: Path) -> tuple[int, int]:
    """Files in the archive and their bytes; looks at every file."""
    sizes = [path.stat().st_size for _, path in originals(folder)]
    return len(sizes), sum(sizes)


def is_whole(path: Path, sha256: str) -> bool:
    """Whether a file can be read and its content has this hash."""
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest() == sha256
    except OSError:
        return False


@contextmanager
def _of_archive(folder: Path) -> Iterator[None]:
    """Say that what fails inside is the archive."""
    try:
        yield
    except OSError as error:
        raise StoreError(f"The archive {as_text(folder)} cannot be read or written: {error.strerror}.") from error


def _copy(pieces: Iterable[bytes], copy: BinaryIO) -> str:
    """Write the pieces; returns the hash of what was written."""
    digest = hashlib.sha256()
    for piece in pieces:
        digest.update(piece)
        copy.write(piece)
    return digest.hexdigest()


def _pieces(original: Path) -> Iterator[bytes]:
    try:
        with original.open("rb") as file:
            while piece := file.read(_CHUNK):
                yield piece
    except OSError as error:
        raise BadInputError(f"{as_text(original)} cannot be read: {error.strerror}.") from error
