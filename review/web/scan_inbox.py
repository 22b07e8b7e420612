"""What the pages need of whoever takes scans in and reads them; `migcards.inbox_reader.InboxReader` is one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True)
class UploadLot:
    """Files that a person sends together.

    Attributes
    ----------
    id
        Drawn when the page was made; files of one upload never meet those of another.
    batch
        Number of the batch that they belong to, empty where their cover sheets say it.
    rescan
        Whether they are the batch's refused sheets, scanned again.
    person
        Login.
    """

    id: str
    batch: str
    rescan: bool
    person: str


@dataclass(frozen=True)
class ReadingNow:
    """What is being read: its batch, sheets so far, sheets that wait, and the seconds these will take."""

    batch: str
    rescan: bool
    sheets: int
    read: int
    refused: int
    waiting: int
    left_s: float | None


@dataclass(frozen=True)
class InboxState:
    """What is being read and how many files wait besides; `failure` is why reading stands still, in English."""

    reading: ReadingNow | None
    files: int
    failure: str


class ScanPart(Protocol):
    """A file that is on its way; it is there only once it is kept."""

    def write(self, data: bytes) -> None:
        """Add what came. Raises `review.errors.ReviewError` where it grows too large or the disk is full."""
        ...

    def keep(self) -> str:
        """All has come: keep it. Returns its name, which may differ from the one it was sent under."""
        ...

    def drop(self) -> None:
        """Forget it, unless it was kept."""
        ...


class ScanInbox(Protocol):
    """Takes scans in and has them read; called from several threads at once."""

    @property
    def takes_zip(self) -> bool:
        """Whether zip files are taken."""
        ...

    def receive(self, lot: UploadLot, name: str, size: int | None) -> ScanPart:
        """A place for a file. Raises `review.errors.ReviewError` where it is not taken: kind, size, number, disk."""
        ...

    def finish(self, lot: UploadLot) -> None:
        """All files of an upload are there."""
        ...

    def state(self) -> InboxState:
        """How the reading stands."""
        ...
