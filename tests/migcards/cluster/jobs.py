"""What machines are given to do; imported by each of their processes."""

from __future__ import annotations

import os
import signal
import time


def doubled(number: int) -> int:
    """Takes a moment."""
    time.sleep(0.05)
    return 2 * number


def hostile(number: int) -> int:
    """Some raise, one ends its process, one hangs."""
    if number == 3:
        raise KeyError("САИДОВ")
    if number == 5:
        os._exit(9)
    if number == 7:
        time.sleep(60)
    return number


def fill_memory(megabytes: int) -> int:
    """Holds so much for a moment."""
    held = b"x" * (megabytes * 2**20)
    time.sleep(0.5)
    return len(held) // 2**20


def deadly(number: int) -> int:
    """One takes the whole machine down, once the process has told that it began."""
    if number == 4:
        os.kill(os.getppid(), signal.SIGKILL)
        time.sleep(60)
    return doubled(number)
