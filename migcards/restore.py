"""A backup brought back into an empty place; `migcards.backup` has the other way and says how a backup is laid out."""

from __future__ import annotations

import os
import shutil
import tomllib
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

from pydantic import ValidationError
from sqlalchemy import Engine

from migcards.backup import DATABASE, FORMS, LIST, MANIFEST, SETTINGS, Manifest, shared_originals
from migcards.settings import FILE, PREFIX
from migcards.verify import StageProgress
from ocr.errors import BadInputError, StoreError
from store.archive import is_whole, keep
from store.copy import copy_store, must_be_empty, open_existing
from store.engine import read_only


def read_manifest(backup: Path) -> Manifest:
    """The manifest of a backup, once everything in it was found to be there, and as it was written.

    Of originals only that they are there is looked at: each is held against its hash as it is brought back.

    Raises
    ------
    BadInputError
        It is no backup, or not whole.
    """
    try:
        manifest = Manifest.model_validate_json((backup / MANIFEST).read_bytes())
    except (OSError, ValidationError) as error:
        message = f"{backup} is no backup: it has no {MANIFEST} that can be read. Give the folder that a backup made."
        raise BadInputError(message) from error
    wrong = [backup / name for name, sha256 in manifest.files.items() if not is_whole(backup / name, sha256)]
    wrong += [] if wrong else [path for _, path in _originals(backup) if not path.is_file()]
    if wrong:
        raise BadInputError(f"The backup is not whole: {wrong[0]} is not as it was written. Take another backup.")
    return manifest


def restore_settings(backup: Path, folder: Path) -> None:
    """Bring back settings and own forms. Settings that the folder has already stay, and say where the forms belong.

    Raises
    ------
    BadInputError
        It is not set where the forms belong, or other forms lie there.
    """
    try:
        if (backup / SETTINGS).is_file() and not (folder / FILE).exists():
            shutil.copy(backup / SETTINGS, folder / FILE)
        own = tomllib.loads((folder / FILE).read_text("utf-8")) if (folder / FILE).exists() else {}
        place = os.environ.get(f"{PREFIX}FORMS_DIR") or own.get("forms_dir")
        if (backup / FORMS).is_dir():
            if place is None:
                raise BadInputError(f"The backup has forms of its own: say in {FILE} with forms_dir where they belong.")
            _restore_forms(backup / FORMS, folder / str(place))
    except tomllib.TOMLDecodeError as error:
        raise BadInputError(f"{FILE} cannot be read: {error}.") from error
    except OSError as error:
        raise BadInputError(f"Settings and forms cannot be brought back: {error}.") from error


def restore_data(
    backup: Path,
    engine: Engine,
    archive: Path | None,
    progress: StageProgress = lambda stage, done, total: None,
) -> None:
    """Bring originals and database back; the database in the end and as a whole, so that it can be done again.

    Raises
    ------
    BadInputError
        There are originals and no archive is set, or one is damaged.
    StoreError
        The database is not empty, or cannot be written.
    """
    with read_only(engine).connect() as connection:
        must_be_empty(connection)
    names = list(_originals(backup))
    if names and archive is None:
        raise BadInputError(f"The backup has {len(names)} originals: say in {FILE} with archive where they belong.")
    for done, (sha256, path) in enumerate(names, start=1):
        try:
            keep(archive or Path(), path, sha256)
        except BadInputError as error:
            raise BadInputError(f"{path} is damaged. Take it from another copy of the backups.") from error
        progress("originals", done, len(names))
    try:
        with TemporaryDirectory(dir=Path.cwd(), prefix=".restore") as folder:  # opening would alter the backup itself
            shutil.copy(backup / DATABASE, folder)
            source = open_existing(f"sqlite:///{folder}/{DATABASE}")
            copy_store(source, engine, partial(progress, "rows"))
            source.dispose()
    except OSError as error:
        raise StoreError(f"The database cannot be brought back: {error}.") from error


def _originals(backup: Path) -> Iterator[tuple[str, Path]]:
    """Originals of a backup: hash, and where it lies."""
    folder = shared_originals(backup.absolute().parent)
    with (backup / LIST).open(encoding="utf-8") as lines:
        for name in map(str.strip, lines):
            yield name.partition(".")[0], folder / name[:2] / name


def _restore_forms(kept: Path, place: Path) -> None:
    for path in sorted(kept.rglob("*")):
        target = place / path.relative_to(kept)
        if path.is_dir():
            target.mkdir(parents=True, exist_ok=True)
        elif not target.exists():
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(path, target)
        elif target.read_bytes() != path.read_bytes():
            raise BadInputError(f"{target} is there and is another one. Restore into an empty place.")
