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


def is_whole(source: BinaryIO) -> bool:
    """Whether the last page of a TIFF file lies within the file, with its directory and its picture.

    Raises
    ------
    UnreadableError
        There is none.
    """
    sizes = count, entry, _ = _sizes(source)
    last, length = _offsets(source)[-1], source.seek(0, SEEK_END)
    if _end(source, last, *sizes) > length:
        return False
    first = last + struct.calcsize(count)
    found = {}
    for at in range(first, first + entry * _number(source, last, count), entry):
        tag = _number(source, at, f"{count[0]}H")
        if tag in _PLACES or tag in _LENGTHS:
            found[tag] = _values(source, at, entry, count[0])
    places = next((found[tag] for tag in _PLACES if tag in found), ())
    lengths = next((found[tag] for tag in _LENGTHS if tag in found), ())
    return all(place + size <= length for place, size in zip(places, lengths, strict=False))


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


_PLACES, _LENGTHS = (273, 324), (279, 325)
"""Tags of where the strips or tiles of a picture lie, and how long they are."""

_KINDS = {3: "H", 4: "I", 16: "Q"}


def _values(source: BinaryIO, at: int, entry: int, order: str) -> tuple[int, ...]:
    """The numbers of a directory's entry; none where they are of no known kind or lie beyond the file's end."""
    pointer = "Q" if entry == 20 else "I"
    kind = _KINDS.get(_number(source, at + 2, f"{order}H"), "")
    number = _number(source, at + 4, order + pointer)
    width, place = number * struct.calcsize(kind), at + entry - struct.calcsize(pointer)
    if width > struct.calcsize(pointer):
        place = _number(source, place, order + pointer)
    if not kind or place + width > source.seek(0, SEEK_END):
        return ()
    source.seek(place)
    return struct.unpack(f"{order}{number}{kind}", source.read(width))


def _layout(source: BinaryIO) -> tuple[str, bool]:
    """Byte order, and whether it is a BigTIFF."""
    source.seek(0)
    head = source.read(4)
    return ("<" if head[:2] == b"II" else ">"), 43 in head[2:4]


def _offsets(source: BinaryIO) -> tuple[int, ...]:
    """Where the directories of the pages begin; none comes after one that lies beyond the file's end or came before."""
    sizes = _, entry, pointer = _sizes(source)
    length = source.seek(0, SEEK_END)
    found: dict[int, None] = {}
    offset = _number(source, 8 if entry == 20 else 4, pointer)
    while offset and offset not in found and len(found) < MOST:
        found[offset] = None
        end = _end(source, offset, *sizes)
        offset = _number(source, end - struct.calcsize(pointer), pointer) if end <= length else 0
    if not found:
        raise UnreadableError("damaged")
    return tuple(found)


def _sizes(source: BinaryIO) -> tuple[str, int, str]:
    """How the number of entries is written, how long an entry is, and how an offset is written."""
    order, big = _layout(source)
    return (f"{order}Q", 20, f"{order}Q") if big else (f"{order}H", 12, f"{order}I")


def _end(source: BinaryIO, offset: int, count: str, entry: int, pointer: str) -> int:
    """Where the directory ends that begins at an offset; where that lies beyond the file's end, so does this."""
    beyond = offset >= source.seek(0, SEEK_END)
    entries = 0 if beyond else _number(source, offset, count)
    return offset + struct.calcsize(count) + entry * entries + struct.calcsize(pointer)


_held_offsets = lru_cache(maxsize=1)(_offsets)


def _number(source: BinaryIO, at: int, kind: str) -> int:
    """An unsigned number in the file; 0 where it has ended."""
    source.seek(at)
    data = source.read(struct.calcsize(kind))
    return int(struct.unpack(kind, data)[0]) if len(data) == struct.calcsize(kind) else 0
