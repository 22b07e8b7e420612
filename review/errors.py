"""What people at the desk cannot do, said in their language."""

from __future__ import annotations

from typing import Any

from ocr.errors import BadInputError
from texts import Language, say


class ReviewError(BadInputError):
    """A value that a field cannot have, or an act that is not possible. Its own message is English, for programs.

    Attributes
    ----------
    key
        Of its text, in section ``fault``.
    values
        What the text mentions; ``field`` is the name of the field it speaks of.
    """

    def __init__(self, key: str, **values: Any) -> None:
        super().__init__(say(f"fault.{key}", "en", **values))
        self.key, self.values = key, values

    def said(self, language: Language, **labels: str) -> str:
        """The message in a language; `labels` replace values by what people call them."""
        return say(f"fault.{self.key}", language, **self.values | labels)
