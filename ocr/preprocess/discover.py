"""Scan files in folders, in the order in which people count."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Collection, Iterator, Sequence
from pathlib import Path

from ocr.errors import BadInputError
from ocr.file_names import as_text

EXTENSIONS = frozenset({".jpg", ".jpeg", ".png", ".tif", ".tiff", ".pdf"})

NaturalKey = tuple[list[tuple[int, int, str]], str]


def discover(paths: Sequence[Path]) -> tuple[Path, ...]:
    """Scan files under `paths`, each once: named files always, folders with all below them (`files_below`).

    Raises
    ------
    BadInputError
        A path does not exist or a folder cannot be listed.
    """

    def fail(error: OSError) -> None:
        raise BadInputError(f"{as_text(error.filename)} cannot be listed: {error.strerror}.") from error

    found: dict[Path, None] = {}
    for path in paths:
        if not path.exists():
            raise BadInputError(f"{as_text(path)} does not exist.")
        found |= dict.fromkeys(files_below(path, fail) if path.is_dir() else [path])
    return tuple(found)


def files_below(
    folder: Path, failed: Callable[[OSError], object], extensions: Collection[str] = EXTENSIONS
) -> Iterator[Path]:
    """Files with these extensions in a folder and all below it, folder by folder.

    Hidden entries are skipped, links to folders are not followed, and the order is natural (``card 2`` before
    ``card 10``).

    Parameters
    ----------
    failed
        Told of each folder that cannot be listed.
    """
    for name, is_folder in listed(folder, failed):
        if is_folder:
            yield from files_below(folder / name, failed, extensions)
        elif is_named(name, extensions) and not (folder / name).is_dir():  # a link to a folder
            yield folder / name


def listed(folder: Path, failed: Callable[[OSError], object]) -> list[tuple[str, bool]]:
    """Names in a folder in natural order, without hidden ones, and whether each is a folder."""
    try:
        with os.scandir(folder) as entries:
            found = [(e.name, e.is_dir(follow_symlinks=False)) for e in entries if not e.name.startswith(".")]
    except OSError as error:
        failed(error)
        return []
    return sorted(found, key=lambda entry: natural(entry[0]))


def is_named(name: str, extensions: Collection[str] = EXTENSIONS) -> bool:
    """Whether a file's name ends in one of these extensions."""
    return name.lower().endswith(tuple(extensions))


def natural(name: str) -> NaturalKey:
    """Key that sorts runs of digits by their value."""
    pieces = (piece for piece in re.split(r"(\d+)", name.casefold()) if piece)
    return [_piece(piece) for piece in pieces], name


def _piece(piece: str) -> tuple[int, int, str]:
    """A number goes by its digits, for one of thousands of them is no `int`."""
    digits = piece.lstrip("0")
    return (0, len(digits), digits) if piece.isdecimal() else (1, 0, piece)
