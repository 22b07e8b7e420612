"""Levels of classification that rows and columns of tables are made of.

A record's value falls under one code of a level. Three answers are no category but are always shown: ``""`` left
empty on the card, ``"?"`` settled but not in the dictionary, None not settled yet; of ages also those that cannot be.
Where no more is settled than the group in which the value lies, it falls under that group at the level of such groups,
and under None at any finer one. A code that the dictionary of its level lacks is not in the dictionary, so that no code
is ever shown without its name.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property, partial
from typing import TypeAlias

from ocr.forms.codebook import Dimension, codebook
from ocr.lexicon.lexicon import load_lexicon
from reports.labels import code_label, same
from store.record_values import AGE_BANDS, BORN_LATER, GROUP, TOO_OLD, is_group
from texts import Label, say_all

Code: TypeAlias = str | None
Path: TypeAlias = tuple[Code, ...]
Value: TypeAlias = str | int | None

NOT_STATED, NOT_CLASSIFIED = "", "?"
_COMMON: tuple[Code, ...] = (NOT_STATED, NOT_CLASSIFIED, None)
_OF_AGES: tuple[Code, ...] = (NOT_STATED, NOT_CLASSIFIED, BORN_LATER, TOO_OLD, None)
MISSING = _OF_AGES
MISSING_WORDS: Mapping[Code, str] = {
    NOT_STATED: "not_stated",
    NOT_CLASSIFIED: "not_classified",
    BORN_LATER: "born_later",
    TOO_OLD: "too_old",
    None: "awaiting",
}

CIS = frozenset({"AM", "AZ", "BY", "KG", "MD", "TM", "UZ"})


def settled(value: Value) -> Code:
    """The value itself as a code; None where no more than its group is settled."""
    return None if value is None or is_group(value) else str(value)


def leading(digits: int, value: Value) -> Code:
    """Code of the group that the first digits of a hierarchical code name."""
    known = str(value).removesuffix(GROUP)
    return known[:digits] if len(known) >= digits or not is_group(value) else None


def country_group(value: Value) -> Code:
    """Russia and Kazakhstan by themselves, then the other CIS countries, then the rest of the world."""
    if value in ("RU", "KZ"):
        return str(value)
    return "CIS" if value in CIS else "OTHER"


def transport(value: Value) -> Code:
    """Mode of transport of a crossing point, which the letter in its code tells (TJ-A1 air, TJ-R1 rail)."""
    return {"A": "air", "R": "rail"}.get(str(value)[3:4], "road")


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
    words
        Names of the words for missing answers that mean something else here than elsewhere.
    dictionary
        Where its codes have names.
    """

    column: str
    label_of: Callable[[str], Label]
    codes: tuple[str, ...] = ()
    code_of: Callable[[Value], Code] = settled
    ranked: bool = False
    missing: tuple[Code, ...] = _COMMON
    words: Mapping[Code, str] = field(default_factory=dict)
    dictionary: str | None = None

    def names(self, code: Code) -> bool:
        """Whether the level's dictionary has a name for a code."""
        return self.dictionary is not None and code in load_lexicon(self.dictionary).entries

    def label(self, code: Code) -> Label:
        """Label of a code or of a missing answer."""
        if code is None or code in MISSING:
            return say_all(f"report.{self.words.get(code, MISSING_WORDS[code])}")
        return self.label_of(code)


GROUPINGS: Mapping[str, Callable[[Value], Code]] = {
    "country_group": country_group,
    "transport": transport,
}
"""How values are grouped where the codebook says so; ages come in groups."""


def level_of(name: str, dimension: Dimension) -> Level:
    """A level as the codebook describes it."""
    by_age = dimension.grouping == "age"
    return Level(
        column=dimension.column or name,
        label_of=_age_label if by_age else partial(_code_label, dimension),
        codes=tuple(f"{a}-{b}" for a, b in AGE_BANDS) if by_age else dimension.codes,
        code_of=_Coding(dimension),
        ranked=dimension.ranked,
        missing=_OF_AGES if by_age else (None,) if dimension.number else _COMMON,
        words={NOT_CLASSIFIED: "no_date"} if by_age else {None: "number_unknown"} if dimension.number else {},
        dictionary=dimension.dictionary,
    )


@dataclass(frozen=True, eq=False)
class _Coding:
    """Which code of a level a value falls under."""

    dimension: Dimension

    def __call__(self, value: Value) -> Code:
        if value in self._empty:
            return NOT_STATED
        if value is None or value in MISSING:
            return settled(value)
        code = self._group(value)
        return code if code is None or self._known is None or code in self._known else NOT_CLASSIFIED

    @cached_property
    def _empty(self) -> frozenset[str]:
        return frozenset({NOT_STATED, *self.dimension.empty})

    @cached_property
    def _group(self) -> Callable[[Value], Code]:
        digits, grouping = self.dimension.digits, self.dimension.grouping
        return partial(leading, digits) if digits else GROUPINGS.get(grouping or "", settled)

    @cached_property
    def _known(self) -> frozenset[str] | None:
        """The codes that have names; None where there is neither a dictionary nor a list of answers."""
        name, codes = self.dimension.dictionary, self.dimension.codes
        entries = load_lexicon(name).entries if name else ()
        return frozenset({*entries, *codes}) if name or codes else None


def _code_label(dimension: Dimension, code: str) -> Label:
    if code in dimension.words:
        return say_all(f"report.{dimension.words[code]}")
    return code_label(dimension.dictionary, code) if dimension.dictionary else same(code)


LEVELS: Mapping[str, Level] = {name: level_of(name, it) for name, it in codebook().dimension.items()}
