r"""File names as text that can be kept and shown, and back.

A name is bytes. Those written by Windows-1251 machines are no UTF-8: Python holds such bytes as lone surrogates, which
neither a database nor a terminal takes. In text each of them is written ``\xNN``, and so are control characters, which
could steer a terminal, and the backslash itself, so that the way back is exact.
"""

from __future__ import annotations

import os
import re
from pathlib import Path

_UNSAFE = re.compile("[\x00-\x1f\x7f\\\\\udc80-\udcff]")
_ESCAPE = re.compile(r"\\x([0-9a-f]{2})")


def as_text(path: Path | str) -> str:
    """The path as clean text."""
    return _UNSAFE.sub(lambda found: f"\\x{ord(found[0]) & 0xFF:02x}", str(path))


def as_path(text: str) -> Path:
    """The path that `as_text` wrote."""
    return Path(os.fsdecode(_bytes(text)))


def shown_path(text: str) -> str:
    """A path that `as_text` wrote as people read it: relative to the working directory where it lies in it.

    Bytes that are no UTF-8 are taken for Windows-1251.
    """
    here = as_text(Path.cwd())
    text = str(Path(text).relative_to(here)) if Path(text).is_relative_to(here) else text
    readable = _bytes(text).decode("utf-8", "surrogateescape")
    if any("\udc80" <= char <= "\udcff" for char in readable):
        readable = _bytes(text).decode("cp1251", "replace")
    return "".join(char if char.isprintable() else "?" for char in readable)


def _bytes(text: str) -> bytes:
    """The name's bytes: UTF-8 but for what is escaped."""
    pieces = _ESCAPE.split(text)  # text and two digits, by turns
    return b"".join(bytes.fromhex(p) if i % 2 else p.encode() for i, p in enumerate(pieces))
