"""Which values a field can have, and the one way in which each is written, so that equal answers compare equal."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection
from datetime import date
from typing import TypeAlias

from ocr.confidence.values import canonical
from ocr.forms.definition import FieldKind, FieldSpec
from ocr.forms.serial import is_serial
from ocr.lexicon.alphabets import alphabet
from ocr.lexicon.free_text import keyed_text
from ocr.lexicon.lexicon import load_lexicon
from ocr.lexicon.normalise import normalise_name
from ocr.reading import parse_iso
from review.errors import ReviewError
from store.card_state import UNKNOWN
from store.record_values import LEFT_EMPTY

Codes: TypeAlias = Callable[[str], Collection[str] | None]
"""From a lexicon's name to its codes, or None when values outside the dictionary are ordinary."""

MAX_TEXT = 100
_ISO_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_BETWEEN = re.compile(r"[\s.\-№]")


def lexicon_codes(name: str) -> Collection[str] | None:
    """Codes of a dictionary; None for lists of common names."""
    lexicon = load_lexicon(name)
    return None if lexicon.is_open else lexicon.entries.keys()


def checked(spec: FieldSpec, value: str, codes: Codes = lexicon_codes) -> str:
    """The value as it is kept, if the field can have it.

    ``''`` (left empty on the card) and ``'?'`` (cannot be read, or is in no dictionary) are always possible. Names come
    out in capitals of one alphabet, a passport's letters Latin, marks in the form's order, quantities without zeros
    before them; other digits keep theirs. Free text comes out in capitals of its field's alphabet.

    Raises
    ------
    ReviewError
        The field cannot have this value; the message says what it can have.
    """
    value = value.strip()
    if value in (LEFT_EMPTY, UNKNOWN):
        return value
    kept = _written(spec, value, codes)
    fault = _fault(spec, value, kept, codes)
    if fault:
        printable = value if value.isprintable() else repr(value)[1:-1]
        shown = "***" if spec.personal else printable  # messages end up in logs
        raise ReviewError(fault, **_wanted(spec), field=spec.name, value=shown)
    return kept


def happened(spec: FieldSpec, value: str) -> str:
    """A value as `checked` gives it, if it lies not in the future; for files, whose writers nobody can ask again.

    Raises
    ------
    ReviewError
        It is a date that is still to come.
    """
    day = parse_iso(value) if spec.kind is FieldKind.DATE else None
    if day is not None and day > date.today():
        raise ReviewError("future", field=spec.name, value="***" if spec.personal else value)
    return value


def _wanted(spec: FieldSpec) -> dict[str, str | int]:
    """What the messages mention besides field and value."""
    options = ", ".join(option.code for option in spec.options)
    return {
        "most": MAX_TEXT,
        "options": options,
        "lexicon": spec.lexicon or "",
        "alphabet": spec.alphabet or "cyrillic",
    }


def _written(spec: FieldSpec, value: str, codes: Codes) -> str:
    """The one way of writing a value; what the field cannot have comes out somehow."""
    if spec.kind.is_marks:
        marked = value.upper().split("|")
        known = [option.code for option in spec.options if option.code in marked]
        return "|".join(known) if set(marked) <= set(known) else value
    if spec.alphabet == "passport":
        return canonical(spec, _BETWEEN.sub("", value))
    if spec.alphabet == "digits":
        return canonical(spec, value)
    if _is_free_text(spec):
        return keyed_text(value, spec.alphabet or "cyrillic")
    return normalise_name(value) if spec.lexicon and codes(spec.lexicon) is None else value.upper()


def _is_free_text(spec: FieldSpec) -> bool:
    is_written = spec.kind in (FieldKind.COMB, FieldKind.LINE, FieldKind.DIGITS)
    return is_written and spec.lexicon is None and spec.alphabet not in ("passport", "digits")


def _fault(spec: FieldSpec, value: str, kept: str, codes: Codes) -> str | None:
    """What is wrong with a value that is neither empty nor unknown, as a key of section ``fault``, or None."""
    if len(value) > MAX_TEXT or not value.isprintable():
        return "not_printable"
    if spec.kind.is_marks:
        options = [option.code for option in spec.options]
        marked = kept.split("|")
        one_too_many = spec.kind is FieldKind.ONE_OF and len(marked) > 1
        return "no_option" if one_too_many or not set(marked) <= set(options) else None
    if spec.kind is FieldKind.DATE:
        day = parse_iso(kept) if _ISO_DATE.fullmatch(kept) else None
        return "no_date" if day is None else None
    if spec.kind is FieldKind.BARCODE:
        return None if is_serial(kept) else "no_serial"
    if spec.kind is FieldKind.SIGNATURE:
        return None if kept == "Y" else "no_signature"
    if spec.alphabet == "digits" and not (kept.isascii() and kept.isdigit()):
        return "no_digits"
    if _is_free_text(spec) and set(kept) - alphabet(spec.alphabet or "cyrillic").kept:
        return "no_sign"
    known = codes(spec.lexicon) if spec.lexicon else None
    if known is not None:
        return None if kept in known else "no_code"
    return None if kept else "no_letters"
