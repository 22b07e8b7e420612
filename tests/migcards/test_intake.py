"""What an operator names becomes scan files: folders, patterns, zip files and addresses."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile

import boto3
import fsspec
import pytest
from fsspec.implementations.memory import MemoryFileSystem
from fsspec.registry import _registry
from moto.server import ThreadedMotoServer

from migcards import addresses
from migcards.intake import found
from migcards.scan_file import ScanFile
from ocr.errors import BadInputError, StoreError, ToolMissingError
from ocr.file_names import as_text
from ocr.reading import Refusal


def put(folder: Path, *names: str) -> None:
    """Files that hold their names."""
    for name in names:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(os.fsencode(name))


def zipped(path: Path, *names: str) -> None:
    with ZipFile(path, "w", ZIP_DEFLATED) as file:
        for name in names:
            file.writestr(name, name)


def names(files: Iterator[ScanFile], below: object = "") -> list[str]:
    return [file.name.removeprefix(f"{below}/") for file in files]


def refusals(files: Iterator[ScanFile]) -> dict[str, tuple[Refusal, str]]:
    return {file.name: (file.refused.reason, file.refused.detail) for file in files if file.refused}


def test_files_and_folders_come_in_natural_order_each_once(tmp_path: Path) -> None:
    put(tmp_path, "box/card 10.jpg", "box/card 2.tif", "box/.x.jpg", "box/notes.txt", "odd.scan")
    named = [f"{tmp_path}/box/card 10.jpg", f"{tmp_path}/box", f"{tmp_path}/odd.scan"]
    assert names(found(named, None), tmp_path) == ["box/card 10.jpg", "box/card 2.tif", "odd.scan"]
    file = next(found([f"{tmp_path}/box"], None))
    assert (file.path, file.name) == (tmp_path / "box/card 2.tif", f"{tmp_path}/box/card 2.tif")


def test_relative_paths_and_names_that_are_no_utf8_lead_to_their_files(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    name = os.fsdecode("скан.jpg".encode("cp1251"))
    put(tmp_path / "box", name)
    monkeypatch.chdir(tmp_path)
    (file,) = found(["box"], None)
    assert (file.path, file.name) == (tmp_path / "box" / name, as_text(tmp_path / "box" / name))


def test_listing_goes_folder_by_folder(tmp_path: Path) -> None:
    put(tmp_path, "1/a.jpg", "2/a.jpg")
    files = found([str(tmp_path)], None)
    assert next(files).path == tmp_path / "1/a.jpg"
    put(tmp_path, "2/b.jpg")
    assert names(files, tmp_path) == ["2/a.jpg", "2/b.jpg"]


def test_what_does_not_exist_is_said_before_anything_is_read(tmp_path: Path) -> None:
    put(tmp_path, "a.jpg")
    for name, message in (("nowhere.jpg", "does not exist"), ("no*.jpg", "matches nothing")):
        with pytest.raises(BadInputError, match=message):
            found([f"{tmp_path}/a.jpg", f"{tmp_path}/{name}"], None)


def test_a_folder_that_cannot_be_listed_is_a_refused_sheet_and_no_end(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(tmp_path, "1/a.jpg", "2/a.jpg", "3/a.jpg")
    listed = os.scandir

    def scandir(folder: Path) -> object:
        if folder == tmp_path / "2":
            raise PermissionError(13, "Permission denied", str(folder))
        return listed(folder)

    monkeypatch.setattr(os, "scandir", scandir)
    files = list(found([str(tmp_path)], None))
    assert names(iter(files), tmp_path) == ["1/a.jpg", "3/a.jpg", "2"]
    assert refusals(iter(files)) == {f"{tmp_path}/2": (Refusal.UNAVAILABLE, "forbidden")}
    with pytest.raises(BadInputError, match="2 cannot be listed: Permission denied"):
        found([f"{tmp_path}/2"], None)


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [
        ("scans/2026-1*/*.jpg", ["2026-1/2.jpg", "2026-1/10.jpg", "2026-10/1.jpg"]),
        ("scans/2026-1*", ["2026-1/2.jpg", "2026-1/10.jpg", "2026-1/deep/3.jpg", "2026-10/1.jpg"]),
        ("scans/**/3.jpg", ["2026-1/deep/3.jpg"]),
        ("scans/**/**/[12].jpg", ["2026-1/2.jpg", "2026-2/1.jpg", "2026-10/1.jpg"]),
        ("scans/**", ["2026-1/2.jpg", "2026-1/10.jpg", "2026-1/deep/3.jpg", "2026-2/1.jpg", "2026-10/1.jpg"]),
        ("scans/*/deep/?.jpg", ["2026-1/deep/3.jpg"]),
        ("scans/.old/*.jpg", [".old/1.jpg"]),
    ],
)
def test_patterns(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, pattern: str, expected: list[str]) -> None:
    put(tmp_path / "scans", "2026-1/10.jpg", "2026-1/2.jpg", "2026-1/notes.txt", "2026-1/deep/3.jpg")
    put(tmp_path / "scans", "2026-2/1.jpg", "2026-10/1.jpg", ".old/1.jpg")
    (tmp_path / "scans/2026-1/loop").symlink_to(tmp_path / "scans")
    monkeypatch.chdir(tmp_path)
    assert names(found([pattern], None), tmp_path / "scans") == expected


def test_a_name_that_looks_like_a_pattern_is_a_name_where_there_is_such_a_file(tmp_path: Path) -> None:
    put(tmp_path, "scan[1].jpg", "scan1.jpg")
    assert names(found([f"{tmp_path}/scan[1].jpg"], None), tmp_path) == ["scan[1].jpg"]


def test_zip_files_in_folders_are_opened_in_their_place_and_kept_in_the_archive(tmp_path: Path) -> None:
    put(tmp_path, "box/1.jpg", "box/3.jpg")
    zipped(tmp_path / "box/2.ZIP", "b/10.jpg", "b/9.JPG", "b/", "b/notes.txt", "__MACOSX/b/9.jpg")
    archive = tmp_path / "box" / "archive"
    files = list(found([str(tmp_path / "box")], archive))
    assert names(iter(files), tmp_path / "box") == ["1.jpg", "2.ZIP/b/9.JPG", "2.ZIP/b/10.jpg", "3.jpg"]
    digest = sha256(b"b/9.JPG").hexdigest()
    assert files[1].path == archive / digest[:2] / f"{digest}.jpg"
    assert files[1].path.read_bytes() == b"b/9.JPG"
    again = found([str(tmp_path / "box")], archive)
    assert [file.name for file in again] == [file.name for file in files], "the archive is no source"
    assert len(list(found([str(archive)], archive))) == 2, "unless it is named"


def test_without_an_archive_a_zip_file_that_is_named_is_an_error_and_one_in_a_folder_is_refused(tmp_path: Path) -> None:
    put(tmp_path, "1.jpg")
    zipped(tmp_path / "2.zip", "1.jpg")
    for address in (f"{tmp_path}/2.zip", "memory://"):
        with pytest.raises(BadInputError, match="Set `archive` in migcards"):
            found([address], None)
    files = list(found([str(tmp_path)], None))
    assert refusals(iter(files)) == {f"{tmp_path}/2.zip": (Refusal.UNAVAILABLE, "no_archive")}
    assert files[0].refused is None


def test_an_archive_that_cannot_be_written_ends_the_run(tmp_path: Path) -> None:
    zipped(tmp_path / "1.zip", "1.jpg")
    put(tmp_path, "archive")
    with pytest.raises(StoreError, match="archive"):
        list(found([f"{tmp_path}/1.zip"], tmp_path / "archive"))


@pytest.fixture
def memory(monkeypatch: pytest.MonkeyPatch) -> Iterator[MemoryFileSystem]:
    """A file system in memory with three scans, one of them in a zip file."""
    monkeypatch.setattr(addresses, "PAUSES_S", (0.0, 0.0))
    system = fsspec.filesystem("memory")
    for name in ("box/card 10.jpg", "box/card 2.jpg", "box/notes.txt", "box/.x.jpg", "box/sub/1.jpg"):
        system.pipe(f"/{name}", name.encode())
    yield system
    system.rm("/", recursive=True)


def test_an_address_is_listed_in_natural_order_and_taken_in(memory: MemoryFileSystem, tmp_path: Path) -> None:
    with memory.open("/box/more.zip", "wb") as file, ZipFile(file, "w") as packed:
        packed.writestr("7.jpg", b"seven")
    files = list(found(["memory://box/"], tmp_path))
    listed = ["card 2.jpg", "card 10.jpg", "more.zip/7.jpg", "sub/1.jpg"]
    assert names(iter(files)) == [f"memory://box/{name}" for name in listed]
    contents = [b"box/card 2.jpg", b"box/card 10.jpg", b"seven", b"box/sub/1.jpg"]
    assert [file.path.read_bytes() for file in files] == contents
    assert len([path for path in tmp_path.rglob("*") if path.is_file()]) == 4, "nothing is left over"
    assert names(found(["memory://box/card*.jpg"], tmp_path)) == [f"memory://box/card {i}.jpg" for i in (2, 10)]


def test_what_cannot_be_fetched_is_tried_again_and_then_refused_alone(
    memory: MemoryFileSystem, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened, tries = memory.open, []

    def failing(path: str, mode: str, **options: object) -> object:
        tries.append(path)
        if path.endswith("card 2.jpg") or tries.count(path) < 3:
            raise TimeoutError("no answer")
        if path.endswith("sub/1.jpg"):
            raise PermissionError
        return opened(path, mode, **options)

    monkeypatch.setattr(memory, "open", failing)
    files = list(found(["memory://box"], tmp_path))
    assert refusals(iter(files)) == {
        "memory://box/card 2.jpg": (Refusal.UNAVAILABLE, "not_fetched"),
        "memory://box/sub/1.jpg": (Refusal.UNAVAILABLE, "forbidden"),
    }
    assert [file.path.read_bytes() for file in files if not file.refused] == [b"box/card 10.jpg"]
    assert tries.count("/box/card 2.jpg") == 3


def test_an_address_may_hold_no_secret_and_must_be_known_and_there(tmp_path: Path) -> None:
    for address in ("sftp://clerk:hunter2@host/box", "https://host/a.jpg?X-Amz-Signature=hunter2"):
        with pytest.raises(BadInputError, match="host holds a password") as caught:
            found([address], tmp_path)
        assert "hunter2" not in str(caught.value)
    with pytest.raises(BadInputError, match="Protocol not known: parcel"):
        found(["parcel://box"], tmp_path)
    with pytest.raises(BadInputError, match="nowhere does not exist"):
        found(["memory://nowhere"], tmp_path)
    with pytest.raises(BadInputError, match="names no file or folder"):
        found(["memory://nowhere/*.jpg"], tmp_path)


def test_a_missing_library_is_named_with_its_cure(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(_registry, "s3", raising=False)
    monkeypatch.setitem(sys.modules, "s3fs", None)
    with pytest.raises(ToolMissingError, match=r"pip install 'migcards\[s3\]'"):
        found(["s3://bucket/box"], tmp_path)


@pytest.fixture
def bucket(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """A bucket of a storage that speaks S3, known to fsspec by its configuration."""
    server = ThreadedMotoServer(port=0)
    server.start()
    host, port = server.get_host_and_port()
    url = f"http://{host}:{port}"
    secrets = {"key": "clerk", "secret": "hunter2", "endpoint_url": url, "client_kwargs": {"region_name": "us-east-1"}}
    monkeypatch.setitem(fsspec.config.conf, "s3", secrets)
    client = boto3.client(
        "s3", endpoint_url=url, aws_access_key_id="clerk", aws_secret_access_key="hunter2", region_name="us-east-1"
    )
    client.create_bucket(Bucket="scans")
    for name in ("box7/10.jpg", "box7/9.jpg", "box7/back/1.jpg", "box7/", "box8/1.jpg"):
        client.put_object(Bucket="scans", Key=name, Body=name.encode() * 1000)
    yield "s3://scans"
    server.stop()


def test_scans_in_an_s3_bucket(bucket: str, tmp_path: Path) -> None:
    files = list(found([f"{bucket}/box7"], tmp_path))
    assert names(iter(files)) == [f"s3://scans/box7/{name}" for name in ("9.jpg", "10.jpg", "back/1.jpg")]
    assert files[0].path.read_bytes() == b"box7/9.jpg" * 1000
    assert len(list(found([bucket], tmp_path))) == 4
    assert names(found([f"{bucket}/box8/1.jpg"], tmp_path)) == ["s3://scans/box8/1.jpg"]
    assert names(found([f"{bucket}/box*/*.jpg"], tmp_path))[-1] == "s3://scans/box8/1.jpg"
    with pytest.raises(BadInputError, match="does not exist"):
        found([f"{bucket}/box9"], tmp_path)
    with pytest.raises(BadInputError, match="does not exist"):
        found(["s3://nobody/box"], tmp_path)


def test_an_object_that_is_overwritten_after_it_was_listed_is_taken_as_it_is_now(
    bucket: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(addresses, "PAUSES_S", (0.0, 0.0))
    files = found([f"{bucket}/box7"], tmp_path)
    first = next(files)
    with fsspec.open(f"{bucket}/box7/10.jpg", "wb", skip_instance_cache=True) as file:
        file.write(b"new")
    fsspec.filesystem("s3", skip_instance_cache=True).rm_file("scans/box7/back/1.jpg")
    ten, back = files
    assert first.path.read_bytes() == b"box7/9.jpg" * 1000
    assert ten.path.read_bytes() == b"new"
    assert back.refused and (back.refused.reason, back.refused.detail) == (Refusal.UNAVAILABLE, "gone")
