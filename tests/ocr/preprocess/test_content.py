"""What is hashed is what is decoded, and a large file is hashed once and not for each page."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator
from pathlib import Path
from time import time_ns

import pytest

from ocr.preprocess import content
from ocr.preprocess.content import SETTLED_NS, ChangedError, file_hash, opened, unchanged


@pytest.fixture
def large(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A file that is too large to be held, as if it had lain there for a while."""
    monkeypatch.setattr(content, "MAX_HELD_BYTES", 4)
    monkeypatch.setattr(content, "time_ns", lambda: time_ns() + 10 * SETTLED_NS)
    path = tmp_path / "large.pdf"
    path.write_bytes(b"large file")
    return path


@pytest.fixture
def hashings(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """Hashes that are made of whole files."""
    made: list[str] = []
    digest = hashlib.file_digest

    def file_digest(file: object, name: str) -> object:
        found = digest(file, name)  # type: ignore[arg-type]
        made.append(found.hexdigest())
        return found

    monkeypatch.setattr(hashlib, "file_digest", file_digest)
    yield made


def test_a_large_file_is_hashed_once_for_all_its_pages(large: Path, hashings: list[str]) -> None:
    sha256 = file_hash(large)
    hashings.clear()
    for _ in range(5):
        with opened(large, sha256) as file:
            assert file.read() == b"large file"
    assert hashings == [sha256]


def test_a_file_that_was_changed_a_moment_ago_is_hashed_for_each_page(
    large: Path, hashings: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(content, "time_ns", time_ns)
    sha256 = hashlib.sha256(b"large file").hexdigest()
    for _ in range(3):
        with opened(large, sha256):
            pass
    assert hashings == [sha256] * 3


def test_a_large_file_that_is_changed_between_or_while_pages_are_read_is_told(large: Path) -> None:
    sha256 = file_hash(large)
    with opened(large, sha256):
        pass
    with pytest.raises(ChangedError), opened(large, sha256):
        large.write_bytes(b"LARGE FILE")
    with pytest.raises(ChangedError), opened(large, sha256):
        pass
    large.write_bytes(b"large file")
    with opened(large, sha256) as file:
        assert file.read() == b"large file"


def test_a_large_file_that_another_is_put_in_the_place_of_is_told(large: Path, tmp_path: Path) -> None:
    sha256, stat = file_hash(large), large.stat()
    with opened(large, sha256):
        pass
    (tmp_path / "other").write_bytes(b"LARGE FILE")
    os.utime(tmp_path / "other", ns=(stat.st_atime_ns, stat.st_mtime_ns))
    (tmp_path / "other").rename(large)
    with pytest.raises(ChangedError), opened(large, sha256):
        pass


def test_a_large_file_whose_time_is_put_back_is_told(large: Path) -> None:
    sha256, stat = file_hash(large), large.stat()
    with opened(large, sha256):
        pass
    large.write_bytes(b"LARGE FILE")
    os.utime(large, ns=(stat.st_atime_ns, stat.st_mtime_ns))
    with pytest.raises(ChangedError), opened(large, sha256):
        pass


def test_it_was_not_the_files_fault_where_decoding_failed_on_other_bytes(large: Path) -> None:
    sha256 = file_hash(large)
    with pytest.raises(ChangedError), opened(large, sha256):
        large.write_bytes(b"half")
        raise ValueError("undecodable")


def test_a_file_that_is_written_to_while_it_is_looked_into_is_no_longer_that_file(large: Path) -> None:
    """Its pages would be counted in other bytes than those that were hashed."""
    with large.open("rb") as file, unchanged(file):
        file.read()
    with pytest.raises(ChangedError), large.open("rb") as file, unchanged(file):
        large.write_bytes(b"another file")
