"""Character sets: what the networks tell apart, and the named sets of what may be written in a field."""

from __future__ import annotations

import tomllib
from collections.abc import Collection, Mapping
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from ocr.data import ALPHABETS_FILE, data_folders, own_folder
from ocr.errors import BadInputError

DIGITS = "0123456789"
LATIN_CAPITALS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
RUSSIAN = "АБВГДЕЁЖЗИЙКЛМНОПРСТУФХЦЧШЩЪЫЬЭЮЯ"
TAJIK_ONLY = "ҒӢҚӮҲҶ"

STRUCK = "#"
"""Stands in a handwriting reader's text for something struck out or blackened."""

SEPARATORS = "-./ "
"""Stand between letters or digits and seldom change what is meant."""

SYMBOLS = RUSSIAN + TAJIK_ONLY + LATIN_CAPITALS + DIGITS + SEPARATORS + STRUCK
"""What the handwriting recogniser tells apart, in the order of its outputs; small letters count as capitals."""

_DOUBLES = ("AА", "BВ8", "CС", "EЕ", "HН", "KК", "MМ", "OО0", "PР", "TТ", "XХ", "YУ", "ЗЭ3", "Ч4", "Б6")
"""Characters drawn alike in capitals."""


class Alphabet(BaseModel):
    """A named character set.

    Attributes
    ----------
    letters
        Letters, as capitals, and digits that an answer is made of; small letters count as capitals.
    signs
        What else belongs to an answer.
    between
        What people put between on a line and what is dropped.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    letters: Annotated[str, Field(min_length=1, pattern=r"^\S+$")]
    signs: str = ""
    between: str = ""

    @field_validator("letters")
    @classmethod
    def _capitals(cls, letters: str) -> str:
        return letters.upper()

    @property
    def kept(self) -> frozenset[str]:
        """All that an answer may consist of, small letters among it."""
        return frozenset(self.letters + self.letters.lower() + self.signs)

    @property
    def unreadable(self) -> str:
        """Characters of answers that the networks cannot read."""
        return "".join(c for c in dict.fromkeys(self.letters + self.signs) if c not in SYMBOLS)


@lru_cache(maxsize=8)
def load_alphabets(own: Path | None) -> Mapping[str, Alphabet]:
    """Alphabets by name: the package's, then those of one's own folder.

    Raises
    ------
    BadInputError
        A file is not what it should be, or a name stands in both.
    """
    found: dict[str, Alphabet] = {}
    for path in (folder / ALPHABETS_FILE for folder in data_folders(own)):
        for name, alphabet in (_read(path) if path.is_file() else {}).items():
            if name in found:
                raise BadInputError(f"{path}: the alphabet {name} comes with migcards; give yours another name.")
            found[name] = alphabet
    return MappingProxyType(found)


def _read(path: Path) -> dict[str, Alphabet]:
    try:
        tables = tomllib.loads(path.read_text("utf-8"))
        return {name: Alphabet.model_validate(table) for name, table in tables.items()}
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError, ValidationError) as error:
        raise BadInputError(f"{path}: {error}.") from error


def alphabet(name: str) -> Alphabet:
    """A named character set.

    Raises
    ------
    BadInputError
        There is no set of that name.
    """
    known = load_alphabets(own_folder())
    if name not in known:
        raise BadInputError(f"There is no alphabet {name!r}, only {', '.join(known)}.")
    return known[name]


def alike(text: str, name: str) -> str:
    """The text with every character outside the named set that is drawn like one within (Latin H and Cyrillic Н, З
    and 3) replaced by that one; others stay."""
    kept = alphabet(name).kept
    return "".join(c if c in kept else _double(c, kept) or c for c in text)


def mask(text: str, name: str) -> str:
    """The text in characters of the named set alone, without outer spaces; what is in no way like one is dropped."""
    kept = alphabet(name).kept
    return "".join(c for c in alike(text, name) if c in kept).strip()


def cyrillic_doubles(name: str) -> dict[str, str]:
    """Latin capitals of the named set with the Cyrillic ones drawn like them, where it has both."""
    kept = alphabet(name).kept
    pairs = ((double[0], double[1]) for double in _DOUBLES if double[0] in LATIN_CAPITALS)
    return {latin: cyrillic for latin, cyrillic in pairs if latin in kept and cyrillic in kept}


def in_one_script(text: str, doubles: Mapping[str, str]) -> str:
    """The text with letters that both scripts have in the script of the others: Latin only where some letter can be
    nothing else and none can only be Cyrillic, by words or else in the whole text."""
    either = set(doubles) | set(doubles.values())
    whole = _script(text, either)
    words = ((word, _script(word, either) or whole) for word in text.split(" "))
    back = {cyrillic: latin for latin, cyrillic in doubles.items()}
    scripts = {"latin": back, "cyrillic": doubles, "": doubles}
    return " ".join("".join(scripts[script].get(c, c) for c in word) for word, script in words)


def _script(text: str, either: Collection[str]) -> str:
    """``latin`` or ``cyrillic`` by the letters that only one of them has; Cyrillic where both occur, else empty."""
    sure = [c for c in text if c.isalpha() and c not in either]
    if not sure:
        return ""
    return "latin" if all(c in LATIN_CAPITALS for c in sure) else "cyrillic"


def _double(character: str, allowed: frozenset[str]) -> str:
    """A character of the set that looks like this one; empty where there is none."""
    doubles = next((double for double in _DOUBLES if character.upper() in double), "")
    return next((c for c in doubles if c in allowed), "")
