"""Which values a field can have, and the one way in which each is written, so that equal answers compare equal."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection
from datetime import date
from typing import TypeAlias

from ocr.confidence.values import canonical
from ocr.errors import BadInputError
from ocr.forms.codebook import Role
from ocr.forms.definition import FieldKind, FieldSpec
from ocr.forms.serial import is_serial
from ocr.lexicon.lexicon import load_lexicon
from ocr.lexicon.normalise import normalise_name
from ocr.reading import parse_iso
from store.card_state import UNKNOWN
from store.record import LEFT_EMPTY

Codes: TypeAlias = Callable[[str], Collection[str] | None]
"""From a lexicon's name to its codes, or None when values outside the dictionary are ordinary."""

MAX_TEXT = 100
_ISO_DATE = re.compile(r"\d{4}-\d\d-\d\d")
_BETWEEN = re.compile(r"[\s.\-№]")


def lexicon_codes(name: str) -> Collection[str] | None:
    """Codes of a dictionary that comes with the package; None for lists of common names."""
    lexicon = load_lexicon(name)
    return None if lexicon.is_open else lexicon.entries.keys()


def checked(spec: FieldSpec, value: str, codes: Codes = lexicon_codes) -> str:
    """The value as it is kept, if the field can have it.

    ``''`` (left empty on the card) and ``'?'`` (cannot be read, or is in no dictionary) are always possible. Names come
    out in capitals of one alphabet, a passport's letters Latin, marks in the form's order, quantities without zeros
    before them (a card's number keeps them).

    Raises
    ------
    BadInputError
        The field cannot have this value; the message says what it can have.
    """
    value = value.strip()
    if value in (LEFT_EMPTY, UNKNOWN):
        return value
    kept = _written(spec, value, codes)
    fault = _fault(spec, value, kept, codes)
    if fault:
        shown = "the value" if spec.personal else repr(value)  # messages end up in logs
        raise BadInputError(f"{spec.name}: {shown} {fault}.")
    return kept


def _written(spec: FieldSpec, value: str, codes: Codes) -> str:
    """The one way of writing a value; what the field cannot have comes out somehow."""
    if spec.kind.is_marks:
        marked = value.upper().split("|")
        known = [option.code for option in spec.options if option.code in marked]
        return "|".join(known) if set(marked) <= set(known) else value
    if spec.alphabet == "passport":
        return canonical(spec, _BETWEEN.sub("", value))
    if spec.alphabet == "digits":
        return value if spec.role is Role.CARD_NUMBER else canonical(spec, value)
    return normalise_name(value) if _is_name(spec, codes) else value.upper()


def _is_name(spec: FieldSpec, codes: Codes) -> bool:
    is_written = spec.kind in (FieldKind.COMB, FieldKind.LINE) and spec.alphabet != "passport"
    return is_written and (spec.lexicon is None or codes(spec.lexicon) is None)


def _fault(spec: FieldSpec, value: str, kept: str, codes: Codes) -> str | None:
    """What is wrong with a value that is neither empty nor unknown, or None."""
    if len(value) > MAX_TEXT or not value.isprintable():
        return f"is longer than {MAX_TEXT} characters or has signs that cannot be printed"
    if spec.kind.is_marks:
        options = [option.code for option in spec.options]
        marked = kept.split("|")
        one_too_many = spec.kind is FieldKind.ONE_OF and len(marked) > 1
        return f"is not one of {', '.join(options)}" if one_too_many or not set(marked) <= set(options) else None
    if spec.kind is FieldKind.DATE:
        day = parse_iso(kept) if _ISO_DATE.fullmatch(kept) else None
        return "is no date (YYYY-MM-DD)" if day is None else "lies in the future" if day > date.today() else None
    if spec.kind is FieldKind.BARCODE:
        return None if is_serial(kept) else "is no serial number (nine digits, the last of them a check digit)"
    if spec.kind is FieldKind.SIGNATURE:
        return None if kept == "Y" else "is neither Y nor empty"
    if spec.alphabet == "digits" and not (kept.isascii() and kept.isdigit()):
        return "has other signs than digits"
    known = codes(spec.lexicon) if spec.lexicon else None
    if known is not None:
        return None if kept in known else f"is no code of the dictionary {spec.lexicon}"
    return None if kept else "has no letters"
