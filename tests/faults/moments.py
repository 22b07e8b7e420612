"""Moments of a run at which something is to happen to it: at a file or page, or at a line of the program."""

from __future__ import annotations

import os
import sys
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from time import sleep
from types import FrameType
from typing import Any, Literal, TypeAlias

import migcards
import store
from migcards import saver

Phase: TypeAlias = Literal["looking", "looked", "reading", "read", "saving", "archiving"]
"""Before and after a file is looked into or a page loaded; a line of the modules that save or archive."""

_SAVING = ("saver.py", "in_order.py"), ("cards.py", "scans.py", "records.py", "batches.py", "rescans.py")
LINES_OF: dict[str, Phase] = {str(Path(store.__file__).with_name("archive.py")): "archiving"}
"""Modules whose lines are moments, counted from 1."""
LINES_OF |= {str(Path(migcards.__file__).with_name(name)): "saving" for name in _SAVING[0]}
LINES_OF |= {str(Path(store.__file__).with_name(name)): "saving" for name in _SAVING[1]}


@dataclass(frozen=True)
class Moment:
    """`at` is the number of a file in the box where it is looked into or read, else that of a line."""

    phase: Phase
    at: int


@dataclass(frozen=True)
class Armed:
    """What happens at a moment; once if there is a `token`, a file that whichever process gets there first removes."""

    moment: Moment
    token: Path | None
    strike: Callable[[], object]


_armed: list[Armed] = []
lines: Counter[Phase] = Counter()
"""Lines that this process has passed."""


def arm(moment: Moment, token: Path | None, strike: Callable[[], object]) -> None:
    """Let something happen at a moment of this process and of its children; once if there is a token."""
    if token is not None:
        token.touch()
    _armed.append(Armed(moment, token, strike))


def arrive(phase: Phase, at: int) -> None:
    """Say that this process is there now."""
    for armed in _armed:
        if (armed.moment.phase, armed.moment.at) == (phase, at):
            try:
                if armed.token is not None:
                    armed.token.unlink()
            except FileNotFoundError:
                continue
            armed.strike()


def tell(pipe: int, *, stay: bool) -> Callable[[], None]:
    """What writes the id of its process to a pipe, and where it is to `stay` waits there to be killed."""

    def strike() -> None:
        os.write(pipe, f"{os.getpid()}\n".encode())
        if stay:
            sleep(60)

    return strike


def count_lines(*phases: Phase) -> None:
    """Let lines of `LINES_OF` be moments in this thread: all of them, or while originals are archived only."""
    if phases != ("archiving",):
        sys.settrace(_called)
        return
    keep = saver.keep

    def traced(*arguments: Any) -> Path:
        sys.settrace(_called)
        try:
            return keep(*arguments)
        finally:
            sys.settrace(None)

    saver.keep = traced


def _called(frame: FrameType, event: str, _: Any) -> Any:
    phase = LINES_OF.get(frame.f_code.co_filename)
    if phase is None:
        return None

    def passed(frame: FrameType, event: str, _: Any) -> Any:
        if event == "line":
            lines[phase] += 1
            arrive(phase, lines[phase])
        return passed

    return passed
