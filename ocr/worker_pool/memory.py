"""How much memory a worker may take, with all programs that it starts.

Two guards, since neither is enough. The kernel's limit on a process's data stops an allocation before it is made, so
that one great leap fails, but it counts each process by itself and what was reserved and never used. A thread of the
supervisor looks many times a second at what a worker and its children really hold, and kills them all; it can be late
by the time of one look. A limit on addresses (``RLIMIT_AS``) cannot serve: the libraries of a worker that holds 0.4 GB
span 1.2 GB of them. Control groups could do both, but need rights that an operator seldom has.

Both need Linux; elsewhere memory has no limit.
"""

from __future__ import annotations

import os
import resource
import signal
import threading
from contextlib import suppress

MEMORY_MB = 1024
"""Of one worker with its children, by default. Reading takes 0.4 GB."""

UNUSED_MB = 256
"""What libraries reserve in every process and hardly use: buffers of linear algebra, and stacks."""

KILL_AT = 0.95
"""Share of what it may take at which a worker is killed: it takes some more until the next look."""

LOOK_EVERY_S = 0.05
"""A worker is looked at that often; each time takes about 0.1 ms."""

LOOK_CLOSELY_S = 0.005
"""So often while one holds more than `CLOSELY_AT` of what it may: bombs unfold at 1 GB/s and more."""

CLOSELY_AT = 0.6

_MB = 2**20
_PAGE = os.sysconf("SC_PAGE_SIZE")


def limit_own_data(memory_mb: int) -> None:
    """Let this process, and each one it starts, have so much data; an allocation beyond it fails."""
    most = (memory_mb + UNUSED_MB) * _MB
    _, hard = resource.getrlimit(resource.RLIMIT_DATA)
    if hard == resource.RLIM_INFINITY or most < hard:
        resource.setrlimit(resource.RLIMIT_DATA, (most, most))


def held_bytes(pid: int) -> int:
    """Memory that a process and all that it has started hold; 0 of one that has ended."""
    total, family = 0, [pid]
    while family:
        process = f"/proc/{family.pop()}"
        with suppress(OSError, IndexError):  # it ends meanwhile
            total += int(_told(f"{process}/statm")[1]) * _PAGE
            for thread in os.scandir(f"{process}/task"):
                family += map(int, _told(f"{thread.path}/children"))
    return total


def _told(path: str) -> list[bytes]:
    """What the kernel tells in a file, word by word."""
    file = os.open(path, os.O_RDONLY)
    try:
        return os.read(file, 2**16).split()
    finally:
        os.close(file)


class MemoryWatch:
    """A thread that kills workers, with their children, which take more memory than they may.

    Parameters
    ----------
    memory_mb
        That one worker may take with all its children.
    """

    def __init__(self, memory_mb: int) -> None:
        self.memory_mb = memory_mb
        self._watched: set[int] = set()
        self._killed: set[int] = set()
        self._lock = threading.Lock()
        self._over = threading.Event()
        self._thread: threading.Thread | None = None

    def begin(self, pid: int) -> None:
        """Look at a worker, which leads a process group of its own, from now on."""
        with self._lock:
            self._watched.add(pid)
        if self._thread is None:
            self._thread = threading.Thread(target=self._look, daemon=True)
            self._thread.start()

    def end(self, pid: int) -> bool:
        """Look at it no longer, which must be before its number is free; whether it was killed for its memory."""
        with self._lock:
            self._watched.discard(pid)
            killed = pid in self._killed
            self._killed.discard(pid)
        return killed

    def stop(self) -> None:
        """Look at nobody any more."""
        self._over.set()

    def _look(self) -> None:
        wait_s, most = LOOK_EVERY_S, self.memory_mb * _MB
        while not self._over.wait(wait_s):
            with self._lock:
                watched = tuple(self._watched)
            held = {pid: held_bytes(pid) for pid in watched}
            for pid in watched:
                if held[pid] > KILL_AT * most:
                    self._kill(pid)
            wait_s = LOOK_CLOSELY_S if max(held.values(), default=0) > CLOSELY_AT * most else LOOK_EVERY_S

    def _kill(self, pid: int) -> None:
        with self._lock:
            if pid in self._watched:
                self._killed.add(pid)
                kill_group(pid)


def kill_group(pid: int) -> None:
    """Kill a process that leads a group of its own, with its children."""
    with suppress(ProcessLookupError):
        os.killpg(pid, signal.SIGKILL)
