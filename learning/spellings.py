"""How a value that people settled may have been written: the code of a region by any of its names, a day by its digits.

What was keyed is the meaning; the network is fitted to the ink. Between the two stand the ways of writing, of which the
reading at hand makes one the likeliest.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from ocr.forms.definition import FieldKind, FieldSpec
from ocr.lexicon.lexicon import load_lexicon
from ocr.lexicon.normalise import letters, plain
from ocr.reading import parse_iso


def spellings(spec: FieldSpec, value: str) -> tuple[str, ...]:
    """Ways of writing a value in capitals and digits, without anything between them; none where that is not known.

    Parameters
    ----------
    value
        As people settled it: a code, an ISO date, digits, or text.
    """
    return tuple(dict.fromkeys(text for text in map(letters, _ways(spec, value)) if text))


def _ways(spec: FieldSpec, value: str) -> Iterator[str]:
    day = parse_iso(value)
    if spec.kind is FieldKind.DATE:
        yield from _of_day(day) if day else ()
    elif spec.lexicon is not None and not load_lexicon(spec.lexicon).is_open:
        for form in load_lexicon(spec.lexicon).forms:
            if form.code == value:
                yield from (form.text, plain(letters(form.text)))
    elif spec.quantity and value.isdecimal():
        yield from (value.lstrip("0") or "0", value.zfill(spec.cells or 2))
    else:
        yield from (value, plain(letters(value)))


def _of_day(day: date) -> Iterator[str]:
    """Day, month and year, the first two with and without a leading zero, the year in four digits or two."""
    for d in (f"{day.day:02d}", str(day.day)):
        for m in (f"{day.month:02d}", str(day.month)):
            yield from (f"{d}{m}{day.year}", f"{d}{m}{day.year % 100:02d}")
