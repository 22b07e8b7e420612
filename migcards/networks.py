"""The network in force as a file: those fitted here lie in the store, and reading loads them from a folder."""

from __future__ import annotations

import tempfile
from pathlib import Path

from sqlalchemy.orm import Session

from ocr.errors import StoreError
from ocr.extract.network import MODEL, MODELS, version_of
from ocr.prepared import cache_folder
from store.calibrations import in_force
from store.networks import model_of


def network_in_force(session: Session) -> Path:
    """Folder of the network in force: the program's own, or one that is written there from the store.

    Raises
    ------
    StoreError
        The file cannot be written.
    """
    version = in_force(session).network
    return MODELS if version is None else as_folder(version, model_of(session, version))


def as_folder(version: str, model: bytes) -> Path:
    """A folder that holds a network; one that is there already is used if it is whole.

    Raises
    ------
    StoreError
        The file cannot be written.
    """
    folder = (cache_folder() or Path(tempfile.gettempdir()) / "migcards") / "networks" / version
    file = folder / MODEL
    try:
        if not file.is_file() or version_of(file.read_bytes()) != version:
            folder.mkdir(parents=True, exist_ok=True)
            with tempfile.NamedTemporaryFile(dir=folder, delete=False) as part:
                part.write(model)
            Path(part.name).replace(file)
    except OSError as error:
        raise StoreError(f"The network {version} cannot be written to {folder}: {error.strerror}.") from error
    return folder
