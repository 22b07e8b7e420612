"""Patterns of file names, as in ``scans/2026-1*/**/*.jpg``.

`glob` of the standard library passes over folders that it may not list; of scans none may be lost in silence.
"""

from __future__ import annotations

import glob
import itertools
from collections.abc import Callable, Iterator, Sequence
from fnmatch import fnmatchcase
from pathlib import Path

from ocr.preprocess.discover import listed

Failed = Callable[[OSError], object]
"""Told of each folder that cannot be listed."""


def is_pattern(text: str) -> bool:
    """Whether a text holds one of ``*?[``."""
    return glob.has_magic(text)


def matching(pattern: str, failed: Failed) -> Iterator[Path]:
    """Files and folders that a pattern names, in natural order; ``**`` stands for any folders or none.

    What is hidden must be named as such, and links to folders are not followed unless they are named.
    """
    path = Path(pattern)
    parts = [part for part, _ in itertools.groupby(path.parts[1:] if path.anchor else path.parts)]
    yield from _matching(Path(path.anchor), parts, failed)


def _matching(folder: Path, parts: Sequence[str], failed: Failed) -> Iterator[Path]:
    part, rest = parts[0], parts[1:]
    if not is_pattern(part):
        here = folder / part
        if rest and here.is_dir():
            yield from _matching(here, rest, failed)
        elif not rest and here.exists():
            yield here
    elif part == "**" and not rest:
        yield folder
    else:
        for name, is_folder in listed(folder, failed):
            yield from _entry(folder / name, is_folder, parts, failed)


def _entry(entry: Path, is_folder: bool, parts: Sequence[str], failed: Failed) -> Iterator[Path]:
    """What one entry of a folder has that parts, of which the first is a pattern, name."""
    anywhere = parts[0] == "**"
    part, *rest = parts[1:] if anywhere else parts
    if fnmatchcase(entry.name, part):
        if not rest and (is_folder or not entry.is_dir()):
            yield entry
        elif rest and is_folder:
            yield from _matching(entry, rest, failed)
    if anywhere and is_folder:
        yield from _matching(entry, parts, failed)
