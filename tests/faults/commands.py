"""`migcards run` over the made-up box, in a process of its own that has everything imported already."""

from __future__ import annotations

import ctypes
import multiprocessing
import os
import sys
import traceback
from collections.abc import Callable
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from pathlib import Path
from time import monotonic, sleep
from typing import Any
from unittest import mock

from migcards import in_order, ingest
from migcards.cli import main
from migcards.cli.run import run as _imported  # noqa: F401 - before any process is forked
from ocr.preprocess import load
from tests.faults import box

WORKERS = 2
DUE = 4
"""Pages that are saved at once, so that a small box is saved in many transactions."""

DONE = (0, 7)
"""Exit statuses of a run that came to its end; with 7 some sheets were refused in it."""


@dataclass(frozen=True)
class Place:
    """Where a run finds its box and leaves its cards.

    Attributes
    ----------
    beside
        Folder that takes what it prints, if that is not `folder`.
    real
        Whether the box holds scans, which are read by workers as an operator's are.
    """

    folder: Path
    scans: Path
    url: str
    beside: Path | None = None
    real: bool = False

    @property
    def archive(self) -> Path:
        """The originals."""
        return self.folder / "archive"

    @property
    def said_in(self) -> Path:
        """Folder that takes what the command prints."""
        return self.beside or self.folder


@dataclass(frozen=True)
class Ended:
    """How a command ended: its exit status, negative where a signal killed it, and what it wrote as errors."""

    status: int
    said: str


def nothing() -> None:
    """Do nothing."""


def start(
    place: Place, before: Callable[[], object] = nothing, *arguments: str, after: Callable[[], object] = nothing
) -> int:
    """Start the command; returns the id of its process, which leads a session.

    Parameters
    ----------
    before, after
        Called in that process first and last.
    arguments
        Instead of `run` and the box.
    """
    pid = os.fork()
    if pid:
        return pid
    status = 99
    try:
        os.setsid()
        for number, name in ((1, "out"), (2, "err")):
            os.dup2(os.open(place.said_in / name, os.O_WRONLY | os.O_CREAT | os.O_TRUNC), number)
        status = _command(place, before, arguments or ("run", str(place.scans), "--lang", "en"))
        after()
    except BaseException:
        traceback.print_exc()
    finally:
        with suppress(OSError):
            sys.stderr.flush()
        os._exit(status)


def _command(place: Place, before: Callable[[], object], arguments: tuple[str, ...]) -> int:
    os.environ |= {
        "MIGCARDS_DATABASE": place.url,
        "MIGCARDS_ARCHIVE": str(place.archive),
        "MIGCARDS_WORKERS": str(WORKERS),
    }
    sys.argv = ["migcards", *arguments]
    sys.stdout, sys.stderr = open(1, "w", closefd=False), open(2, "w", closefd=False)  # noqa: SIM115 - until the end
    with ExitStack() as stack:
        for target, name, value in () if place.real else _stand_ins():
            stack.enter_context(mock.patch.object(target, name, value))
        before()
        try:
            main()
        except SystemExit as end:
            return int(end.code or 0)
    return 98


def _stand_ins() -> list[tuple[Any, str, object]]:
    fork = multiprocessing.get_context("fork")  # workers that import everything anew take seconds to start
    return [
        (ingest, "probe", box.look),
        (ingest, "read_page", box.read),
        (load, "_kind", box.kind),
        (load, "_count_pages", box.count_pages),
        (in_order, "MAX_DUE", DUE),
        (multiprocessing, "get_context", lambda _: fork),
    ]


def obey_permissions() -> None:
    """Let permissions hold for this process and its children, even if it is root's."""
    head, capabilities = (ctypes.c_uint32 * 2)(0x20080522, 0), (ctypes.c_uint32 * 6)()
    library = ctypes.CDLL(None)
    library.capget(head, capabilities)
    capabilities[0] &= ~0b110  # CAP_DAC_OVERRIDE and CAP_DAC_READ_SEARCH
    library.capset(head, capabilities)


def wait(place: Place, pid: int) -> Ended:
    """Wait until a command ends."""
    _, status = os.waitpid(pid, 0)
    return Ended(os.waitstatus_to_exitcode(status), (place.said_in / "err").read_text("utf-8", "replace"))


def run(place: Place, before: Callable[[], object] = nothing, *arguments: str) -> Ended:
    """Run the command to its end."""
    return wait(place, start(place, before, *arguments))


def children(pid: int) -> list[int]:
    """Ids of the processes that a process has started."""
    with suppress(OSError):
        return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    return []


def all_gone(pids: list[int], within_s: float = 10.0) -> bool:
    """Whether processes end by themselves soon."""
    until = monotonic() + within_s
    while any(map(_lives, pids)):
        if monotonic() > until:
            return False
        sleep(0.005)
    return True


def _lives(pid: int) -> bool:
    with suppress(OSError):
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    return False
