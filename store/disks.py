"""How much room is left where originals, database and uploads lie."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Engine

LOW_BYTES = 5 * 2**30
"""Less room than this is little: some ten thousand sheets."""


@dataclass(frozen=True)
class DiskRoom:
    """Room on the disk of a folder; `name` says what lies there: ``database``, ``archive`` or ``inbox``."""

    name: str
    free: int
    total: int

    @property
    def low(self) -> bool:
        """Whether somebody should make room."""
        return self.free < LOW_BYTES


def folders_of(engine: Engine, **folders: Path | None) -> dict[str, Path]:
    """Folders whose disks are watched: that of a database in a file, and those given, as far as they are set."""
    file = engine.url.database if engine.dialect.name == "sqlite" else None
    named = {"database": Path(file).absolute().parent if file else None} | folders
    return {name: path for name, path in named.items() if path is not None}


def rooms(folders: Mapping[str, Path]) -> list[DiskRoom]:
    """Room on the disks of folders; of one that is not there yet, on the disk where it will be."""
    found = []
    for name, folder in folders.items():
        there = next(path for path in (folder.absolute(), *folder.absolute().parents) if path.exists())
        used = shutil.disk_usage(there)
        found.append(DiskRoom(name, used.free, used.total))
    return found
