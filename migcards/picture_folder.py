"""Pictures on disk that outlive the process, bounded in age and in size while the program serves.

What lies there shows people's names: a picture goes when the field behind it is surely settled, also where the server
runs for months, and the folder never fills the disk.
"""

from __future__ import annotations

import os
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from threading import Lock

DAY_S = 86_400
KEEP_DAYS = 7
"""How long a picture stays on disk: the fields behind it are settled by then, and names should lie nowhere twice."""

MAX_BYTES = 2 * 10**9
"""Size of the folder, some 60 000 pictures; beyond it the oldest go first."""

CLEAN_EVERY_S = 3600
"""Seconds between two cleanings while pictures are written."""


@dataclass(eq=False)
class PictureFolder:
    """Encoded pictures by name (hexadecimal digits); may be used by many threads.

    Parameters
    ----------
    folder
        Made if it is not there, for its owner's eyes only. What is too old is removed at once.
    max_bytes
        See `MAX_BYTES`.
    clock
        Seconds since 1970, as files have them.
    """

    folder: Path
    max_bytes: int = MAX_BYTES
    clock: Callable[[], float] = time.time
    _cleaned: float = field(default=0.0, init=False, repr=False)
    _lock: Lock = field(default_factory=Lock, init=False, repr=False)

    def __post_init__(self) -> None:
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._clean_if_due()

    def read(self, name: str) -> bytes | None:
        """A picture, or None where it is not there, or no more."""
        try:
            return self._place(name).read_bytes()
        except OSError:
            return None

    def write(self, name: str, data: bytes) -> None:
        """Keep a picture, whole or not at all; a full disk costs time, not the picture."""
        place = self._place(name)
        try:
            place.parent.mkdir(mode=0o700, exist_ok=True)
            handle, part = tempfile.mkstemp(dir=place.parent, prefix=".")
            with os.fdopen(handle, "wb") as file:
                file.write(data)
            Path(part).replace(place)
        except OSError:
            pass
        self._clean_if_due()

    def _place(self, name: str) -> Path:
        return self.folder / name[:2] / name

    def _clean_if_due(self) -> None:
        """Clean once an hour; one thread does it, the others go on."""
        now = self.clock()
        if now - self._cleaned < CLEAN_EVERY_S or not self._lock.acquire(blocking=False):
            return
        try:
            self._cleaned = now
            self._clean(now - KEEP_DAYS * DAY_S)
        finally:
            self._lock.release()

    def _clean(self, oldest: float) -> None:
        """Remove what was written before a moment, then the oldest until the folder is small enough."""
        found = []
        for place in self.folder.glob("??/*"):
            try:
                status = place.stat()
            except OSError:  # another process removed it
                continue
            found.append((status.st_mtime, status.st_size, place))
        left = sum(size for _, size, _ in found)
        for written, size, place in sorted(found):
            if written >= oldest and left <= self.max_bytes:
                return
            place.unlink(missing_ok=True)
            left -= size
