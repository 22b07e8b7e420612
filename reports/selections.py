"""Which cards a pivot table is of, as it is written on the command line and in addresses: ``purpose=1,2``."""

from __future__ import annotations

from collections.abc import Iterable

from reports.levels import MISSING_WORDS, Code
from reports.parameters import PivotError
from reports.pivot import Selection

_CODES = {word: code for code, word in MISSING_WORDS.items()}


def read_selections(written: Iterable[str]) -> tuple[Selection, ...]:
    """Selections as they are written; several of one parameter are one.

    Codes are separated by commas. ``not_stated``, ``not_classified`` and ``awaiting`` are the cards without a category.

    Raises
    ------
    PivotError
        One has no parameter or no code.
    """
    found: dict[str, list[Code]] = {}
    for text in written:
        name, _, codes = text.rpartition("=")
        if not name or not codes:
            raise PivotError("no_code", written=text)
        found.setdefault(name, []).extend(_CODES.get(code, code) for code in codes.split(","))
    return tuple((name, tuple(dict.fromkeys(codes))) for name, codes in found.items())


def write_selection(name: str, code: Code) -> str:
    """A selection of one code as `read_selections` reads it; an answer that is no category by its word."""
    return f"{name}={MISSING_WORDS.get(code, code)}"
