"""Labels that come from dictionaries and from cards, in the three languages of the tables."""

from __future__ import annotations

from functools import cache

from ocr.forms.codebook import Name
from ocr.lexicon import lexicon
from texts import LANGUAGES, Label


def same(text: str) -> Label:
    """A text that reads alike in all languages, with what cannot be printed replaced by ``?``."""
    return Label(*[_printable(text)] * 3)


def named(name: Name) -> Label:
    """What the codebook calls something."""
    return Label(*(_printable(name.of(language)) for language in LANGUAGES))


@cache
def code_label(name: str, code: str) -> Label:
    """Name of a code in a dictionary of `ocr.lexicon`; the code itself where the dictionary lacks it."""
    return Label(*(_printable(lexicon.label(name, code, language)) for language in LANGUAGES))


def _printable(text: str) -> str:
    """The text without control characters, which could steer a terminal or break a file."""
    return "".join(c if c.isprintable() else "?" for c in text)
