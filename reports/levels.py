"""Levels of classification that rows and columns of tables are made of.

A record's value falls under one code of a level. Three answers are no category but are always shown: ``""`` left
empty on the card, ``"?"`` settled but not in the dictionary, None not settled yet.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from reports.labels import code_label, same
from texts import Label, say_all

Code: TypeAlias = str | None
Path: TypeAlias = tuple[Code, ...]
Value: TypeAlias = str | int | None

NOT_STATED, NOT_CLASSIFIED = "", "?"
MISSING: tuple[Code, ...] = (NOT_STATED, NOT_CLASSIFIED, None)
_DIRECTIONS = {"D": "departed", "A": "returned"}
_SEXES = {"M": "men", "F": "women"}
_MISSING_WORDS = {NOT_STATED: "not_stated", NOT_CLASSIFIED: "not_classified", None: "awaiting"}

# The empty code and those by which dictionaries themselves say that nothing was stated.
EMPTY_CODES = frozenset({NOT_STATED, "99", "X9", "ZZ"})

CIS = frozenset({"AM", "AZ", "BY", "KG", "MD", "TM", "UZ"})
AGE_BANDS = ((0, 14), (15, 17), (18, 19), *((a, a + 4) for a in range(20, 65, 5)), (65, 120))


def settled(value: Value) -> Code:
    """The value itself as a code, or the empty code for one that means 'not stated'."""
    return NOT_STATED if value in EMPTY_CODES else None if value is None else str(value)


def age_band(age: Value) -> Code:
    """Code of the age group, such as ``15-17``; an impossible age is in no group."""
    if age is None:
        return None
    return next((f"{a}-{b}" for a, b in AGE_BANDS if a <= int(age) <= b), NOT_CLASSIFIED)


def leading(digits: int) -> Callable[[Value], Code]:
    """Code of the group that the first digits of a hierarchical code name."""

    def group(value: Value) -> Code:
        code = settled(value)
        return code[:digits] if code else code

    return group


def country_group(value: Value) -> Code:
    """Russia and Kazakhstan by themselves, then the other CIS countries, then the rest of the world."""
    code = settled(value)
    if code in MISSING or code in ("RU", "KZ"):
        return code
    return "CIS" if code in CIS else "OTHER"


def transport(value: Value) -> Code:
    """Mode of transport of a crossing point, which the letter in its code tells (TJ-A1 air, TJ-R1 rail)."""
    code = settled(value)
    return code if code in MISSING else {"A": "air", "R": "rail"}.get(str(code)[3:4], "road")


def _from(dictionary: str) -> Callable[[str], Label]:
    return lambda code: code_label(dictionary, code)


def _age_label(code: str) -> Label:
    first, last = code.split("-")
    return same("65+" if first == "65" else f"{first}–{last}")


def _sector_label(code: str) -> Label:
    return say_all("report.other_sector") if code == "OTHER" else code_label("sectors", code)


def _country_label(code: str) -> Label:
    return say_all(f"report.{code}") if code in ("CIS", "OTHER") else code_label("countries", code)


@dataclass(frozen=True)
class Level:
    """One level of a classification.

    Attributes
    ----------
    column
        Column of the records.
    label_of
        Label of one of its codes.
    codes
        Codes that are always shown, in this order; others follow where they occur.
    code_of
        Code that a record's value falls under.
    ranked
        Whether the other codes come most frequent first instead of in the order of the codes.
    missing
        Missing answers that the column can hold.
    unknown
        Name of the word for None, where None means more than 'awaiting review'.
    """

    column: str
    label_of: Callable[[str], Label]
    codes: tuple[str, ...] = ()
    code_of: Callable[[Value], Code] = settled
    ranked: bool = False
    missing: tuple[Code, ...] = MISSING
    unknown: str = "awaiting"

    def label(self, code: Code) -> Label:
        """Label of a code or of a missing answer."""
        if code is None:
            return say_all(f"report.{self.unknown}")
        return say_all(f"report.{_MISSING_WORDS[code]}") if code in MISSING else self.label_of(code)


def path(levels: Sequence[Level], values: Iterable[Value]) -> Path:
    """Codes of a record, outer level first, ending where the record has no category or a code repeats."""
    codes: list[Code] = []
    for level, value in zip(levels, values, strict=True):
        code = level.code_of(value)
        if code in codes:
            break
        codes.append(code)
        if code in MISSING:
            break
    return tuple(codes)


def _numbered(last: int) -> tuple[str, ...]:
    return tuple(str(n) for n in range(1, last + 1))


LEVELS = {
    "direction": Level("direction", lambda c: say_all(f"report.{_DIRECTIONS[c]}"), ("D", "A")),
    "sex": Level("sex", lambda c: say_all(f"report.{_SEXES[c]}"), ("M", "F")),
    "age": Level(
        "age",
        _age_label,
        tuple(f"{a}-{b}" for a, b in AGE_BANDS),
        age_band,
        missing=(NOT_CLASSIFIED, None),
        unknown="age_unknown",
    ),
    "region": Level("region", _from("regions"), ("TJ-SU", "TJ-KT", "TJ-GB", "TJ-RA", "TJ-DU")),
    "district": Level("district", _from("districts")),
    "occupation_major": Level("occupation", _from("isco08"), tuple("1234567890"), leading(1)),
    "occupation": Level("occupation", _from("isco08"), code_of=leading(2)),
    "sector": Level("sector", _sector_label, (*"ABCDEFGHIJKLMNOPQRSTU", "OTHER", "X0")),
    "country_group": Level("country", _country_label, ("RU", "KZ", "CIS", "OTHER"), country_group),
    "country": Level("country", _country_label, ranked=True),
    "destination": Level("destination", _from("destinations"), ranked=True),
    "purpose": Level("purpose", _from("purposes"), _numbered(11)),
    "duration": Level("duration", _from("duration"), _numbered(6)),
    "education": Level("education", _from("education"), _numbered(8)),
    "marital_status": Level("marital_status", _from("marital_status"), _numbered(4)),
    "transport": Level("checkpoint", lambda c: say_all(f"report.{c}"), ("air", "rail", "road"), transport),
    "checkpoint": Level("checkpoint", _from("checkpoints"), ranked=True),
}
