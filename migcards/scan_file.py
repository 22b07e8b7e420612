"""A scan file: where its bytes lie, and what people call it."""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from ocr.file_names import as_path
from ocr.reading import Refusal, Refused
from ocr.scan import ScanId


@dataclass(frozen=True)
class ScanFile:
    """A file to read.

    Attributes
    ----------
    path
        Where its bytes lie, on a disk that the workers see.
    name
        What people call it, as clean text (`ocr.file_names.as_text`): its path, ``box7.zip/0001.jpg``, or an address
        such as ``s3://bucket/box7/0001.jpg``.
    refused
        Why its bytes could not be had, which ends the matter; nothing lies at `path` then.
    """

    path: Path
    name: str
    refused: Refused | None = None


class SourceError(Exception):
    """A file cannot be taken in; the message is a `Refused.detail`."""


def refused_file(name: str, reason: Refusal, detail: str, identity: str | None = None) -> ScanFile:
    """A file that cannot be had.

    Parameters
    ----------
    identity
        What stands for its content, which is not known; its name if None.
    """
    scan = ScanId(sha256((identity or name).encode()).hexdigest(), 0)
    return ScanFile(as_path(name), name, Refused(scan, reason, detail))
