"""The identity of a scan: which page of which file, by content."""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import blake2b

_DIGEST_BYTES = 8

NUMBERS = 1 << 8 * _DIGEST_BYTES
"""How many numbers `ScanId.number` draws from."""


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

    def number(self, key: bytes, part: str = "") -> int:
        """A number that is as good as drawn at random, 0 <= number < `NUMBERS`, the same on every computer.

        Parameters
        ----------
        key
            What it is drawn for: other keys draw other numbers.
        part
            Of the scan, where not all of it has one number: the name of a field.
        """
        name = f"{self.sha256}:{self.page}{part and ':'}{part}".encode()
        return int.from_bytes(blake2b(name, digest_size=_DIGEST_BYTES, key=key).digest(), "big")
