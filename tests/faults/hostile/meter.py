"""What jobs cost: a thread looks at the workers a hundred times a second, and these write down what they are at."""

from __future__ import annotations

import os
import threading
from collections import defaultdict
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from time import monotonic
from typing import TypeVar

from ocr.file_names import as_text
from ocr.worker_pool.memory import held_bytes

J = TypeVar("J")
R = TypeVar("R")

SAMPLE_S = 0.01


@dataclass(frozen=True)
class Cost:
    """What a file cost.

    Attributes
    ----------
    seconds
        That workers spent on it, all tries together.
    peak_mb
        The most that a worker held with all that it had started; the worker's own share as the kernel has it.
    tries
        Workers that were at it.
    """

    seconds: float = 0.0
    peak_mb: float = 0.0
    tries: int = 0


class Meter:
    """Used in a ``with`` statement; `folder` is where workers write down what they are at (`noted`)."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._seconds: defaultdict[str, defaultdict[int, float]] = defaultdict(lambda: defaultdict(float))
        self._peaks: defaultdict[str, int] = defaultdict(int)
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._measure, daemon=True)

    def __enter__(self) -> Meter:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()

    def costs(self, path: Path) -> list[Cost]:
        """Of each kind of work with a file."""
        names = [what for what in self._seconds if what.partition(" page ")[0] == named(path)]
        seconds = {what: self._seconds[what].values() for what in names}
        return [Cost(sum(tries), self._peaks[what] / 2**20, len(tries)) for what, tries in seconds.items()]

    def _measure(self) -> None:
        last = monotonic()
        while not self._over.wait(SAMPLE_S):
            now = monotonic()
            for note in self.folder.iterdir():
                pid = int(note.name)
                with suppress(OSError, IndexError):
                    held, what = max(held_bytes(pid), _peak_bytes(pid)), note.read_text("utf-8")
                    if what:
                        self._seconds[what][pid] += now - last
                        self._peaks[what] = max(self._peaks[what], held)
            last = now


def noted(job: J, work: Callable[[J], R], folder: Path, name: Callable[[J], str]) -> R:
    """Do a job and have it measured."""
    note = folder / str(os.getpid())
    Path("/proc/self/clear_refs").write_text("5")  # the kernel counts the peak anew
    note.write_text(name(job), "utf-8")
    try:
        return work(job)
    finally:
        note.write_text("", "utf-8")


def named(path: Path) -> str:
    """A file for the notes."""
    return as_text(path)


def _peak_bytes(pid: int) -> int:
    """The most that a process itself has held since its job began."""
    status = Path(f"/proc/{pid}/status").read_text()
    return int(status.partition("VmHWM:")[2].split()[0]) * 1024
