"""What each card is called at the levels of a table, by docs/tables.md: a series of names for each level."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, TypeAlias

import pandas as pd

from benchmarks.recount.words import AGES, DICTIONARIES, names_in, word

Paths: TypeAlias = Sequence[pd.Series]

_EMPTY = {
    "sex": "U", "education": "99", "marital_status": "99", "sector": "X9", "country": "ZZ",
    "purpose": "99", "duration": "99",
}  # fmt: skip
"""By which a dictionary itself says that nothing was stated."""

_CIS = {"AM", "AZ", "BY", "KG", "MD", "TM", "UZ"}
_NOTHING: Mapping[str, str] = {}


def named(frame: pd.DataFrame, column: str, more: Mapping[str, str] = {}) -> pd.Series:
    """The English name of each value, or why it has none."""
    names = names_in(DICTIONARIES[column]) | dict(more)
    return pd.Series([_named(value, names, _EMPTY.get(column)) for value in frame[column]], frame.index)


def _named(value: Any, names: Mapping[str, str], empty: str | None) -> str:
    if pd.isna(value) or str(value).endswith("*"):
        return word("awaiting")
    if value in ("", empty):
        return word("not_stated")
    return names.get(value, word("not_classified"))


def regions(frame: pd.DataFrame) -> Paths:
    """Regions, and districts of the same."""
    inner = named(frame, "district")
    known = inner.isin(names_in("districts").values())
    prefix = pd.Series([str(d)[:5] for d in frame["district"]], frame.index)
    inner = inner.mask(known & (prefix != frame["region"]), word("not_classified"))
    inner = inner.mask(known & (frame["district"] == frame["region"]), word("no_finer"))
    return named(frame, "region"), inner


def ages(frame: pd.DataFrame) -> Paths:
    """Age groups."""
    names = {f"{a}-{b}": "65+" if a == 65 else f"{a}–{b}" for a, b in AGES}
    names |= {"?": word("no_date"), "<0": word("born_later"), ">110": word("too_old")}
    return (pd.Series([_named(value, names, None) for value in frame["age_group"]], frame.index),)


def occupations(frame: pd.DataFrame) -> Paths:
    """Major groups by the first sign of the code, and the groups by two."""
    names = names_in("isco08")
    outer, inner = [], []
    for value in frame["occupation"]:
        if pd.isna(value) or value in ("", "?"):
            one = two = _named(value, names, None)
        else:
            signs = value.removesuffix("*")
            one = names.get(signs[:1], word("not_classified"))
            two = names.get(signs[:2], word("not_classified"))
            if len(signs) == 1:
                two = word("awaiting") if value.endswith("*") else word("no_finer")
        outer.append(one)
        inner.append(two)
    return pd.Series(outer, frame.index), pd.Series(inner, frame.index)


def countries(frame: pd.DataFrame) -> Paths:
    """Russia, Kazakhstan, the other CIS and all others, then countries."""
    names = names_in("countries")
    own = {"RU": names["RU"], "KZ": names["KZ"]} | dict.fromkeys(_CIS, word("CIS"))
    known = frame["country"].notna() & ~frame["country"].isin(["", "?", "ZZ"])
    outer = named(frame, "country").mask(known, frame["country"].map(lambda code: own.get(code, word("OTHER"))))
    inner = named(frame, "country", {"CIS": word("CIS"), "OTHER": word("OTHER")})
    same = known & (frame["country"].isin(["RU", "KZ", "OTHER"]))
    return outer, inner.mask(same, word("no_finer"))


def places(frame: pd.DataFrame) -> Paths:
    """Subjects of Russia; what lies elsewhere is none."""
    there = pd.Series([str(place).startswith("RU") for place in frame["destination"]], frame.index)
    inner = named(frame, "destination")
    known = ~inner.isin([word("awaiting"), word("not_stated")])
    return (inner.mask(known & ~there, word("not_classified")),)


def checkpoints(frame: pd.DataFrame) -> Paths:
    """Air, rail and road by the letter in the code, then crossing points."""
    inner = named(frame, "checkpoint")
    letter = pd.Series([str(code)[3:4] for code in frame["checkpoint"]], frame.index)
    known = frame["checkpoint"].notna() & ~frame["checkpoint"].isin(["", "?"])
    outer = letter.map({"A": word("air"), "R": word("rail")}).fillna(word("road"))
    return inner.mask(known, outer), inner


def sexes(frame: pd.DataFrame) -> pd.Series:
    """Sex, as heads of columns call it."""
    return named(frame, "sex", {"M": word("men"), "F": word("women")})
