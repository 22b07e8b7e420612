"""The originals of a store with something of everything in it (`tests.store.everything`)."""

from __future__ import annotations

from hashlib import sha256
from pathlib import Path

from store.archive import keep

SHEETS = ("1", "2", "3", "4", "-1", "90")
"""What lies in the files of the made-up scans: their hash is that of their number (`tests.store.cards.scan`)."""


def keep_all(archive: Path, sheets: tuple[str, ...] = SHEETS) -> None:
    """Put originals into an archive."""
    for sheet in sheets:
        original = archive.parent / "original.png"
        original.write_text(sheet)
        keep(archive, original, sha256(sheet.encode()).hexdigest())
        original.unlink()


def kept(archive: Path, sheet: str) -> Path:
    """Where an original lies in the archive."""
    digest = sha256(sheet.encode()).hexdigest()
    return archive / digest[:2] / f"{digest}.png"
