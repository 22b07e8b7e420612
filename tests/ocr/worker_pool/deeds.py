"""What the tests of the pool have in common."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from ocr.worker_pool import Crash


@dataclass(frozen=True)
class Job:
    number: int
    deed: str = "square"
    folder: str = ""


def words(job: Job, crash: Crash) -> object:
    return crash.words


def eventually(holds: Callable[[], bool]) -> bool:
    deadline = time.monotonic() + 60
    while not holds() and time.monotonic() < deadline:
        time.sleep(0.05)
    return holds()


def gone(pid: int) -> bool:
    """Whether a process has ended, though perhaps nobody has asked for its exit status."""
    status = Path(f"/proc/{pid}/stat")
    return not status.exists() or status.read_text().rsplit(")")[-1].split()[0] == "Z"
