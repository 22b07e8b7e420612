"""Pages of a TIFF file found without their tags, and one of them put first.

A decoder goes through the directories of all pages before the one that is wanted, so that a file of thousands of pages
would take time by their square; and what the first page says would hold for those that say nothing.
"""

from __future__ import annotations

import struct
from functools import lru_cache
from io import SEEK_END
from typing import Any, BinaryIO

from ocr.preprocess.raster import UnreadableError

MOST = 100_000
"""Pages beyond are not counted: a damaged file may claim any number."""


def count_pages(source: BinaryIO) -> int:
    """Number of pages of a TIFF file, at most `MOST`; whether each can be read does not show here.

    Raises
    ------
    UnreadableError
        There is none.
    """
    return len(_offsets(source))


def starting_at(source: BinaryIO, page: int) -> BinaryIO:
    """The file as if page `page` (from 0) were its first.

    Where the pages lie is remembered for the next page of the same open file.

    Raises
    ------
    UnreadableError
        The file has no pages.
    """
    order, big = _layout(source)
    offset = _held_offsets(source)[page]
    head = struct.pack(f"{order}Q", offset) if big else struct.pack(f"{order}I", offset)
    view: Any = _Repointed(source, 8 if big else 4, head)
    view.seek(0)
    return view  # type: ignore[no-any-return]  # it is an open file by what it can do


class _Repointed:
    """An open file of whose bytes some are others."""

    def __init__(self, source: BinaryIO, at: int, others: bytes) -> None:
        self._source, self._at, self._others = source, at, others

    def read(self, size: int = -1) -> bytes:
        """As of any file."""
        start = self._source.tell()
        data = self._source.read(size)
        first, last = max(start, self._at), min(start + len(data), self._at + len(self._others))
        if first >= last:
            return data
        return data[: first - start] + self._others[first - self._at : last - self._at] + data[last - start :]

    def __getattr__(self, name: str) -> Any:
        """All else, such as the descriptor that native decoders read from: these are told where the page lies."""
        return getattr(self._source, name)


def _layout(source: BinaryIO) -> tuple[str, bool]:
    """Byte order, and whether it is a BigTIFF."""
    source.seek(0)
    head = source.read(4)
    return ("<" if head[:2] == b"II" else ">"), 43 in head[2:4]


def _offsets(source: BinaryIO) -> tuple[int, ...]:
    """Where the directories of the pages begin; none comes after one that lies beyond the file's end or came before."""
    order, big = _layout(source)
    length = source.seek(0, SEEK_END)
    entry, count, pointer = (20, f"{order}Q", f"{order}Q") if big else (12, f"{order}H", f"{order}I")
    found: dict[int, None] = {}
    offset = _number(source, 8 if big else 4, pointer)
    while offset and offset not in found and len(found) < MOST:
        found[offset] = None
        entries = _number(source, offset, count) if offset < length else 0
        end = offset + struct.calcsize(count) + entry * entries
        offset = _number(source, end, pointer) if end < length else 0
    if not found:
        raise UnreadableError("damaged")
    return tuple(found)


_held_offsets = lru_cache(maxsize=1)(_offsets)


def _number(source: BinaryIO, at: int, kind: str) -> int:
    """An unsigned number in the file; 0 where it has ended."""
    source.seek(at)
    data = source.read(struct.calcsize(kind))
    return int(struct.unpack(kind, data)[0]) if len(data) == struct.calcsize(kind) else 0
