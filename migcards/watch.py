"""Which files of a hot folder are whole and may be read: decided from what was seen of them, and when.

A scanner gives no sign that a file is whole. It is taken for whole when it has not changed for some seconds, ends as
its format ends, and no program of this machine has it open for writing; without such an end only after half a minute,
and open for writing only after some minutes.

Files are read in natural order, since a cover sheet speaks for the sheets after it. One that is still being written
holds back those after it, for some time.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import lru_cache
from math import inf
from typing import NamedTuple, TypeAlias

from ocr.preprocess.discover import NaturalKey, natural

QUIET_S = 3.0
"""A file that has not changed for so long may be whole."""

HOLD_S = 120.0
"""Those after it wait no longer than that for a file that is never whole."""

GATHER_S = 15.0
"""While more files are on their way, those that are ready wait for them up to so long, since a round takes seconds to
begin."""

FIRST_PAUSE_S, LONGEST_PAUSE_S = 10.0, 3600.0
"""Between attempts at a file that cannot be got at; the pause doubles each time."""


class Look(StrEnum):
    """What a file that is quiet looks like."""

    WHOLE = "whole"
    NO_END = "no_end"
    IN_USE = "in_use"
    UNOPENED = "unopened"
    NO_FILE = "no_file"


_QUIET_FOR = {Look.WHOLE: QUIET_S, Look.NO_END: 30.0, Look.IN_USE: 300.0}
"""Seconds without a change after which a file is read all the same."""


class Glimpse(NamedTuple):
    """What the folder's listing tells of a file: whoever writes to it changes one of these."""

    number: int
    size: int
    modified_ns: int


@dataclass(frozen=True)
class HotFile:
    """A file in the folder.

    Attributes
    ----------
    glimpse
        As it was last seen.
    first, since
        When it was first seen, and first seen so.
    next
        When it is looked at again; never, once it was read.
    tries
        How often it could not be got at.
    """

    glimpse: Glimpse
    first: float
    since: float
    next: float = -inf
    tries: int = 0


HotFiles: TypeAlias = Mapping[str, HotFile]
"""By their paths."""


@dataclass(frozen=True)
class Ready:
    """What is to be done now.

    Attributes
    ----------
    files
        To be read, in natural order.
    apart
        To be tried by themselves: those that cannot be opened, once, so that they are on the rescan list, and those
        that can be now, when the sheets that lay around them were read long ago.
    waiting
        How many are not ready.
    """

    candidates: HotFiles
    files: tuple[str, ...] = ()
    apart: tuple[str, ...] = ()
    waiting: int = 0


def noticed(before: HotFiles, now: Mapping[str, Glimpse], at: float) -> HotFiles:
    """The files that are there now; those that have changed begin anew."""

    def one(path: str, glimpse: Glimpse) -> HotFile:
        old = before.get(path)
        if old is not None and old.glimpse == glimpse:
            return old
        return HotFile(glimpse, at if old is None or old.next == inf else old.first, at)

    return {path: one(path, glimpse) for path, glimpse in now.items()}


def ready(candidates: HotFiles, at: float, look: Callable[[str], Look]) -> Ready:
    """Choose the files to read now.

    Parameters
    ----------
    look
        Looks into a file that is quiet.
    """
    left = dict(candidates)
    files: list[str] = []
    apart: list[str] = []
    waiting, held = 0, False
    pending = sorted((path for path, file in left.items() if file.next != inf), key=_order)
    for path in pending:
        file = left[path]
        quiet = at - file.since
        if at < file.next or held or quiet < QUIET_S:
            waiting += 1
            held = held or (quiet < QUIET_S and at - file.first < HOLD_S)
            continue
        seen = look(path)
        if seen is Look.NO_FILE:
            del left[path]
        elif seen is Look.UNOPENED and file.tries:
            left[path] = _later(file, at)
        elif seen is Look.UNOPENED:
            apart.append(path)
        elif quiet >= _QUIET_FOR[seen]:
            (apart if file.tries else files).append(path)
        else:
            waiting += 1
            held = at - file.first < HOLD_S
    oldest = max((at - left[path].since for path in files), default=0.0)
    if held and oldest < QUIET_S + GATHER_S:
        waiting, files = waiting + len(files), []
    return Ready(left, tuple(files), tuple(apart), waiting)


def after_reading(candidates: HotFiles, read: Collection[str], unavailable: Collection[str], at: float) -> HotFiles:
    """What is to be done with files that were read, some of which could not be got at."""
    done = {path: replace(candidates[path], next=inf) for path in read}
    again = {path: _later(candidates[path], at) for path in unavailable}
    return {**candidates, **done, **again}


def _later(file: HotFile, at: float) -> HotFile:
    pause = min(FIRST_PAUSE_S * 2.0 ** min(file.tries, 20), LONGEST_PAUSE_S)
    return replace(file, next=at + pause, tries=file.tries + 1)


def _order(path: str) -> list[NaturalKey]:
    folder, _, name = path.rpartition("/")
    return [*_order_of_folder(folder), natural(name)]


@lru_cache(maxsize=1024)
def _order_of_folder(path: str) -> list[NaturalKey]:
    return [natural(part) for part in path.split("/")]
