"""What goes wrong, in words: a page for people, ``{"code", "message"}`` for programs."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

NUL = "\x00"
"""A sign that PostgreSQL neither keeps nor looks for, and that nobody types."""


class Problem(Exception):
    """A request that cannot be served.

    Attributes
    ----------
    code
        For programs, and key of the words in section ``problem`` of the texts.
    status
        HTTP status.
    values
        What the words mention.
    """

    def __init__(self, code: str, status: int, **values: Any) -> None:
        super().__init__(code)
        self.code, self.status, self.values = code, status, values


def refuse_nul(*sent: object) -> None:
    """Raise a `Problem` where a text that was sent, or one within a list or mapping, has a NUL."""
    for value in sent:
        if isinstance(value, str) and NUL in value:
            raise Problem("nul", HTTPStatus.BAD_REQUEST)
        if isinstance(value, dict):
            refuse_nul(*value.keys(), *value.values())
        elif isinstance(value, list | tuple):
            refuse_nul(*value)
