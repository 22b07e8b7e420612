"""Originals are kept by content, whole or not at all."""

from __future__ import annotations

import errno
import os
from hashlib import sha256
from pathlib import Path
from time import time

import pytest

from ocr.errors import BadInputError, StoreError
from store.archive import find, is_whole, keep, originals, size_of, tidy


def test_an_original_is_kept_once_under_its_hash_and_never_altered(tmp_path: Path) -> None:
    original, folder = tmp_path / "Scan 1.TIF", tmp_path / "archive"
    original.write_bytes(b"x" * 3_000_000)
    digest = sha256(original.read_bytes()).hexdigest()
    kept = keep(folder, original, digest)
    assert kept == folder / digest[:2] / f"{digest}.tif" == find(folder, digest)
    assert kept.read_bytes() == original.read_bytes()
    assert kept.stat().st_mode & 0o222 == 0
    before = kept.stat().st_mtime_ns
    other_name = tmp_path / "same.jpeg"
    other_name.write_bytes(original.read_bytes())
    assert keep(folder, other_name, digest) == kept
    assert kept.stat().st_mtime_ns == before
    assert size_of(folder) == (1, 3_000_000)
    assert list(originals(folder)) == [(digest, kept)] and is_whole(kept, digest)


def test_a_file_that_changed_since_it_was_read_is_not_kept(tmp_path: Path) -> None:
    original, folder = tmp_path / "a.png", tmp_path / "archive"
    original.write_bytes(b"now")
    with pytest.raises(BadInputError, match="changed"):
        keep(folder, original, sha256(b"then").hexdigest())
    assert [path for path in folder.rglob("*") if path.is_file()] == []


def test_a_missing_file_is_an_error_for_the_operator(tmp_path: Path) -> None:
    with pytest.raises(BadInputError, match="cannot be read"):
        keep(tmp_path / "archive", tmp_path / "none.png", "a" * 64)


def test_damage_is_found(tmp_path: Path) -> None:
    original, folder = tmp_path / "a.png", tmp_path / "archive"
    original.write_bytes(b"original")
    digest = sha256(b"original").hexdigest()
    kept = keep(folder, original, digest)
    assert not is_whole(folder, digest), "a folder cannot be read"
    kept.chmod(0o644)
    kept.write_bytes(b"tampered")
    assert not is_whole(kept, digest)


def test_originals_are_listed_in_order_and_by_the_first_digits(tmp_path: Path) -> None:
    for content in (b"a", b"b", b"c", b"d"):
        (tmp_path / "scan.png").write_bytes(content)
        keep(tmp_path / "archive", tmp_path / "scan.png", sha256(content).hexdigest())
    digests = sorted(sha256(content).hexdigest() for content in (b"a", b"b", b"c", b"d"))
    assert [digest for digest, _ in originals(tmp_path / "archive")] == digests
    assert [digest for digest, _ in originals(tmp_path / "archive", digests[1][:2])] == [digests[1]]
    assert list(originals(tmp_path / "none")) == []


def test_an_archive_that_cannot_be_written_is_not_the_fault_of_the_scan(tmp_path: Path) -> None:
    (tmp_path / "scan.png").write_bytes(b"scan")
    (tmp_path / "archive").write_bytes(b"a file where a folder should be")
    with pytest.raises(StoreError, match="archive"):
        keep(tmp_path / "archive", tmp_path / "scan.png", sha256(b"scan").hexdigest())


def test_an_archive_that_cannot_be_read_is_said_in_a_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(folder: Path, digest: str) -> None:
        raise OSError(errno.EIO, os.strerror(errno.EIO))

    monkeypatch.setattr("store.archive.find", fails)
    with pytest.raises(StoreError, match="Input/output error"):
        keep(tmp_path / "archive", tmp_path / "scan.png", "a" * 64)


def test_unfinished_copies_of_killed_programs_are_removed_after_a_day(tmp_path: Path) -> None:
    (tmp_path / "scan.png").write_bytes(b"scan")
    kept = keep(tmp_path / "archive", tmp_path / "scan.png", sha256(b"scan").hexdigest())
    old, new = (tmp_path / "archive" / f".{name}.part" for name in ("old", "new"))
    for path, hours in ((old, 25), (new, 1), (kept, 1000)):
        path.touch()
        os.utime(path, (0, time() - hours * 3600))
    tidy(tmp_path / "archive")
    assert {path for path in (tmp_path / "archive").rglob("*") if path.is_file()} == {new, kept}
    tidy(tmp_path / "nowhere")
