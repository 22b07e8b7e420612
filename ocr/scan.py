"""The identity of a scan: which page of which file, by content."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, order=True)
class ScanId:
    """One page of one file.

    Attributes
    ----------
    sha256
        Hash of the file's bytes, 64 hexadecimal digits: the same picture under two names is one scan.
    page
        Page within the file, from 0.
    """

    sha256: str
    page: int

    def __str__(self) -> str:
        return f"{self.sha256[:12]}:{self.page + 1}"
