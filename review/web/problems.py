"""What goes wrong, in words: a page for people, ``{"code", "message"}`` for programs."""

from __future__ import annotations

from typing import Any


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
