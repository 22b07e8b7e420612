"""What a network was made from."""

from __future__ import annotations

from hashlib import sha256
from pathlib import Path


def data_versions(folder: Path) -> dict[str, str]:
    """First digits of the SHA-256 of each file of letters."""
    names = ("letters.npz", "paper_letters.npz", "digits.npz", "lines_latin.npz")
    return {name: sha256((folder / name).read_bytes()).hexdigest()[:16] for name in names}
