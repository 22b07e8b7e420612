"""Named character sets: what may be written in a field."""

from __future__ import annotations

from ocr.errors import BadInputError

DIGITS = "0123456789"
LATIN_CAPITALS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
RUSSIAN = "АБВГДЕЁЖЗИЙКЛМНОПРСТУФХЦЧШЩЪЫЬЭЮЯ"
TAJIK_ONLY = "ҒӢҚӮҲҶ"

ALPHABETS: dict[str, str] = {
    "cyrillic": RUSSIAN + TAJIK_ONLY + (RUSSIAN + TAJIK_ONLY).lower() + "-. ",
    "digits": DIGITS,
    "date": DIGITS + "./- ",
    "passport": LATIN_CAPITALS + "А" + DIGITS,
    "latin": LATIN_CAPITALS + LATIN_CAPITALS.lower() + "-. ",
}
"""Characters by name of the set. Passports of the old series begin with a Cyrillic А."""

STRUCK = "#"
"""Stands in a handwriting reader's text for something struck out or blackened."""

SEPARATORS = "-./ "
"""Stand between letters or digits and seldom change what is meant."""

SYMBOLS = RUSSIAN + TAJIK_ONLY + LATIN_CAPITALS + DIGITS + SEPARATORS + STRUCK
"""What the handwriting recogniser tells apart, in the order of its outputs; small letters count as capitals."""

_DOUBLES = ("AА", "BВ8", "CС", "EЕ", "HН", "KК", "MМ", "OО0", "PР", "TТ", "XХ", "YУ", "ЗЭ3", "Ч4", "Б6")
"""Characters drawn alike in capitals."""


def alphabet(name: str) -> str:
    """Characters of a named set.

    Raises
    ------
    BadInputError
        There is no set of that name.
    """
    try:
        return ALPHABETS[name]
    except KeyError:
        raise BadInputError(f"There is no alphabet {name!r}, only {', '.join(ALPHABETS)}.") from None


def mask(text: str, name: str) -> str:
    """The text in characters of the named set alone, without outer spaces.

    A character outside the set becomes one within that is drawn alike (Latin H and Cyrillic Н, З and 3), or is
    dropped.
    """
    allowed = alphabet(name)
    return "".join(c if c in allowed else _double(c, allowed) for c in text).strip()


def _double(character: str, allowed: str) -> str:
    """A character of the set that looks like this one; empty where there is none."""
    alike = next((double for double in _DOUBLES if character.upper() in double), "")
    return next((c for c in alike if c in allowed), "")
