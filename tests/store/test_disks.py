"""Room on the disks that fill up."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from store import disks
from store.disks import folders_of, rooms
from store.engine import open_store


def test_room_is_that_of_the_disk_where_a_folder_will_be(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    engine = open_store(f"sqlite:///{tmp_path / 'cards.db'}")
    folders = folders_of(engine, archive=tmp_path / "not" / "yet", inbox=None)
    engine.dispose()
    assert folders == {"database": tmp_path, "archive": tmp_path / "not" / "yet"}
    found = rooms(folders)
    total = shutil.disk_usage(tmp_path).total
    assert [(one.name, one.total) for one in found] == [("database", total), ("archive", total)]
    monkeypatch.setattr(disks, "LOW_BYTES", found[0].free + 2**40)
    assert found[0].low
    monkeypatch.setattr(disks, "LOW_BYTES", 0)
    assert not found[0].low
