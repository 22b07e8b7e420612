"""One consistent copy of database, originals, settings and own forms.

A folder of backups holds a folder for each, named after its moment, and beside them ``originals``, which all of them
share: an original never changes, so a backup adds those that came since the last. Every file of a backup stands in its
manifest with its hash. It is written under another name, and renamed once it is whole.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

from pydantic import BaseModel, ConfigDict
from sqlalchemy import Engine

from migcards.verify import StageProgress
from ocr.errors import BadInputError, StoreError
from ocr.preprocess.content import file_hash
from store.archive import is_whole, keep, originals
from store.copy import StepProgress
from store.snapshot import snapshot

DATABASE, SETTINGS, FORMS = "database.db", "migcards.toml", "forms"
LIST, MANIFEST = "originals.txt", "manifest.json"


@dataclass(frozen=True)
class Office:
    """What an installation consists of besides its database.

    Attributes
    ----------
    settings
        The file `migcards.toml`, if there is one.
    forms
        Folder of forms, dictionaries and alphabets of its own, if it has one.
    archive
        Folder of originals by content hash, if it has one.
    """

    settings: Path | None
    forms: Path | None
    archive: Path | None


class Manifest(BaseModel):
    """What a backup holds: rows by table, hashes by file, and how many originals belong to it."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    made: datetime
    rows: dict[str, int]
    files: dict[str, str]
    originals: int


@dataclass(frozen=True)
class Backup:
    """A backup that was written. `damaged` are originals that are not what their name says, and therefore not in it."""

    folder: Path
    manifest: Manifest
    damaged: tuple[Path, ...]


def back_up(
    engine: Engine, office: Office, target: Path, progress: StageProgress = lambda stage, done, total: None
) -> Backup:
    """Back up an installation into a new folder within `target`, while others work with it.

    The database comes first: the originals of all that it knows then lie in the archive already.

    Parameters
    ----------
    progress
        Told the stage, ``rows`` or ``originals``, what is done of it and how much there is to do.

    Raises
    ------
    StoreError
        The backup cannot be written, or the database fails.
    """
    made = datetime.now(UTC)
    folder = target / made.strftime("%Y-%m-%dT%H%M%SZ")
    with _failures_of(target):
        shared_originals(target).mkdir(mode=0o700, parents=True, exist_ok=True)
        with TemporaryDirectory(dir=target, prefix=".", suffix=".part", ignore_cleanup_errors=True) as name:
            part = Path(name)
            rows = snapshot(engine, part / DATABASE, partial(progress, "rows"))
            kept, damaged = _keep_originals(office.archive, target, part / LIST, partial(progress, "originals"))
            if office.settings is not None:
                shutil.copy(office.settings, part / SETTINGS)
            if office.forms is not None:
                shutil.copytree(office.forms, part / FORMS)
            files = {str(path.relative_to(part)): _synced(path) for path in sorted(part.rglob("*")) if path.is_file()}
            manifest = Manifest(made=made, rows=rows, files=files, originals=kept)
            (part / MANIFEST).write_text(manifest.model_dump_json(indent=1), "utf-8")
            _synced(part / MANIFEST)
            part.rename(folder)
    return Backup(folder, manifest, tuple(damaged))


def shared_originals(target: Path) -> Path:
    """Where the originals of all backups in a folder lie."""
    return target / "originals"


def _keep_originals(archive: Path | None, target: Path, names: Path, progress: StepProgress) -> tuple[int, list[Path]]:
    """Add the originals that the backups do not have, and list all; their number, and those that are damaged."""
    total = sum(1 for _ in originals(archive)) if archive else 0
    kept, damaged = 0, []
    with names.open("w", encoding="utf-8") as listed:
        for done, (sha256, path) in enumerate(originals(archive) if archive else (), start=1):
            if _kept(path, sha256, shared_originals(target)):
                listed.write(f"{path.name}\n")
                kept += 1
            else:
                damaged.append(path)
            progress(done, total)
    return kept, damaged


def _kept(path: Path, sha256: str, folder: Path) -> bool:
    if (folder / sha256[:2] / path.name).is_file():
        return True
    try:
        copy = keep(folder, path, sha256)
    except BadInputError:
        return False
    if not is_whole(copy, sha256):
        raise StoreError(f"{copy} is not what was written. Check the disk of the backups.")
    return True


def _synced(path: Path) -> str:
    """Wait until a file is on the disk, and read its hash back from it."""
    with path.open("rb") as file:
        os.fsync(file.fileno())
    return file_hash(path)


@contextmanager
def _failures_of(target: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise StoreError(f"The backup cannot be written to {target}: {error.strerror or error}.") from error
