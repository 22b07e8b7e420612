"""On which line of a form file a part of it stands."""

from __future__ import annotations

import re
from collections.abc import Sequence

_HEADER = re.compile(r"\s*\[")


def line_of(text: str, place: Sequence[int | str]) -> int:
    """Line, from 1, of a place such as ``("fields", 3, "box")`` or ``("fields", 3, "options", 1, "code")``.

    That of its key where one is written there, else of the table's header; 0 where the whole file is meant.
    """
    lines = text.splitlines()
    first, last, keys, at = 0, len(lines), list(place), 0
    name = ""
    while len(keys) >= 2 and isinstance(keys[1], int):
        name = f"{name}.{keys[0]}" if name else str(keys[0])
        headers = [i for i in range(first, last) if re.match(rf"\s*\[\[\s*{re.escape(name)}\s*]]", lines[i])]
        if keys[1] >= len(headers):
            break  # written in one line, as `options = [ … ]`
        at, parent = headers[keys[1]], re.compile(rf"\s*\[+\s*{re.escape(name)}\s*\.")
        first, keys = at + 1, keys[2:]
        last = next((i for i in range(first, last) if _HEADER.match(lines[i]) and not parent.match(lines[i])), last)
    own = next((i for i in range(first, last) if lines[i].lstrip().startswith("[")), last)
    for i in range(first, own) if keys else ():
        if re.match(rf"""\s*["']?{re.escape(str(keys[0]))}["']?\s*=""", lines[i]):
            return i + 1
    return at + 1 if name and first else 0


def field_line(text: str, name: str) -> int:
    """Line on which a field says its name; 0 where none does."""
    return _first(text, rf"""\s*name\s*=\s*["']{re.escape(name)}["']""")


def line_of_words(text: str, words: str) -> int:
    """Line of the printed text with these words; 0 where none has them in plain writing."""
    return _first(text, rf"""\s*text\s*=\s*["']{re.escape(words)}["']""")


def _first(text: str, pattern: str) -> int:
    return next((i for i, line in enumerate(text.splitlines(), 1) if re.match(pattern, line)), 0)
