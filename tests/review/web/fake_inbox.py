"""An inbox that keeps what it is sent in memory."""

from __future__ import annotations

from dataclasses import dataclass, field

from review.errors import ReviewError
from review.web.scan_inbox import InboxState, UploadLot


@dataclass
class FakePart:
    """One file; `kept` gets it once it is whole."""

    kept: dict[str, bytes]
    name: str
    data: bytes = b""

    def write(self, data: bytes) -> None:
        self.data += data
        if b"too much" in self.data:
            raise ReviewError("upload_large", name=self.name, megabytes=1)

    def keep(self) -> str:
        self.kept[self.name] = self.data
        return self.name

    def drop(self) -> None:
        self.data = b""


@dataclass
class FakeInbox:
    """Stands for `migcards.inbox_reader.InboxReader`."""

    now: InboxState = field(default_factory=lambda: InboxState(None, 0, ""))
    takes_zip: bool = False
    kept: dict[str, bytes] = field(default_factory=dict)
    lots: list[UploadLot] = field(default_factory=list)
    finished: list[UploadLot] = field(default_factory=list)

    def receive(self, lot: UploadLot, name: str, size: int | None) -> FakePart:
        self.lots.append(lot)
        return FakePart(self.kept, name)

    def finish(self, lot: UploadLot) -> None:
        self.finished.append(lot)

    def state(self) -> InboxState:
        return self.now
