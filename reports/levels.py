"""Levels of classification that rows and columns of tables are made of.

A record's value falls under one code of a level. Three answers are no category but are always shown: ``""`` left
empty on the card, ``"?"`` settled but not in the dictionary, None not settled yet. Where no more is settled than the
group in which the value lies, it falls under that group at the level of such groups, and under None at any finer one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TypeAlias

from ocr.forms.codebook import Dimension, codebook
from reports.labels import code_label, same
from store.record_values import AGE_BANDS, GROUP, is_group
from texts import Label, say_all

Code: TypeAlias = str | None
Path: TypeAlias = tuple[Code, ...]
Value: TypeAlias = str | int | None

NOT_STATED, NOT_CLASSIFIED = "", "?"
MISSING: tuple[Code, ...] = (NOT_STATED, NOT_CLASSIFIED, None)
MISSING_WORDS = {NOT_STATED: "not_stated", NOT_CLASSIFIED: "not_classified", None: "awaiting"}

# The empty code and those by which dictionaries themselves say that nothing was stated.
EMPTY_CODES = frozenset({NOT_STATED, "99", "X9", "ZZ"})

CIS = frozenset({"AM", "AZ", "BY", "KG", "MD", "TM", "UZ"})


def settled(value: Value) -> Code:
    """The value itself as a code, or the empty code for one that means 'not stated'."""
    return NOT_STATED if value in EMPTY_CODES else None if value is None or is_group(value) else str(value)


def leading(digits: int) -> Callable[[Value], Code]:
    """Code of the group that the first digits of a hierarchical code name."""

    def group(value: Value) -> Code:
        if is_group(value):
            known = str(value).removesuffix(GROUP)
            return known[:digits] if len(known) >= digits else None
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


def _age_label(code: str) -> Label:
    first, last = code.split("-")
    return same("65+" if first == "65" else f"{first}–{last}")


@dataclass(frozen=True)
class Level:
    """One level of a classification.

    Attributes
    ----------
    column
        Column of the records, or name of a variable that is kept beside them.
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
        return say_all(f"report.{MISSING_WORDS[code]}") if code in MISSING else self.label_of(code)


def path(levels: Sequence[Level], values: Iterable[Value]) -> Path:
    """Codes of a record, outer level first, ending where the record has no category or a code repeats."""
    return trimmed(level.code_of(value) for level, value in zip(levels, values, strict=True))


def trimmed(codes: Iterable[Code]) -> Path:
    """Codes up to the first that is no category or repeats one before it."""
    kept: list[Code] = []
    for code in codes:
        if code in kept:
            break
        kept.append(code)
        if code in MISSING:
            break
    return tuple(kept)


GROUPINGS: Mapping[str, Callable[[Value], Code]] = {
    "age": settled,
    "country_group": country_group,
    "transport": transport,
}
"""How values are grouped where the codebook says so."""


def level_of(name: str, dimension: Dimension) -> Level:
    """A level as the codebook describes it."""
    by_age = dimension.grouping == "age"
    codes = tuple(f"{a}-{b}" for a, b in AGE_BANDS) if by_age else dimension.codes
    group = GROUPINGS[dimension.grouping] if dimension.grouping else settled
    return Level(
        column=dimension.column or name,
        label_of=_age_label if by_age else partial(_code_label, dimension),
        codes=codes,
        code_of=leading(dimension.digits) if dimension.digits else group,
        ranked=dimension.ranked,
        missing=(None,) if by_age or dimension.number else MISSING,
        unknown="age_unknown" if by_age else "number_unknown" if dimension.number else "awaiting",
    )


def _code_label(dimension: Dimension, code: str) -> Label:
    if code in dimension.words:
        return say_all(f"report.{dimension.words[code]}")
    return code_label(dimension.dictionary, code) if dimension.dictionary else same(code)


LEVELS: Mapping[str, Level] = {name: level_of(name, it) for name, it in codebook().dimension.items()}
