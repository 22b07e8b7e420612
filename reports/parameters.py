"""What a pivot table can be made by: each parameter of the cards at each of its levels, by name.

A name is that of a dimension of the codebook, ``occupation:3`` for so many digits of a code, ``month``, ``quarter`` or
``year`` of the crossing, ``age:0-17,18-29,30+`` for age groups of one's own, or a variable that an office added.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial

from ocr.errors import BadInputError
from ocr.forms.codebook import Dimension, codebook
from ocr.forms.definition import FieldSpec
from ocr.lexicon.lexicon import load_lexicon
from ocr.lexicon.rules import OLDEST_AGE
from reports.by_variable import level_of_own
from reports.labels import named, same
from reports.levels import LEVELS, Code, Level, Value, leading, level_of
from reports.period import Period, month_label
from store.frozen import CROSSING_MONTH
from store.record_values import AGE, GROUP, is_group
from texts import LANGUAGES, Label, Language, say, say_all

YEAR, QUARTER, MONTH = "year", "quarter", "month"
OTHER_AGES = "other_ages"
"""Code of the ages that lie in none of the groups asked for."""

_BANDS = re.compile(r"[0-9]{1,3}(-[0-9]{1,3}|\+)?(,[0-9]{1,3}(-[0-9]{1,3}|\+)?)*")


class PivotError(BadInputError):
    """A pivot table cannot be made of what was asked for; says so in any language.

    Parameters
    ----------
    key
        Of the text in section ``pivot_fault``.
    values
        What it mentions.
    """

    def __init__(self, key: str, **values: object) -> None:
        super().__init__(say(f"pivot_fault.{key}", "en", **values))
        self.key, self.values = key, values

    def said(self, language: Language) -> str:
        """What is wrong, and what to do."""
        return say(f"pivot_fault.{self.key}", language, **self.values)


@dataclass(frozen=True)
class Parameter:
    """One parameter at one level.

    Attributes
    ----------
    name
        As it is asked for.
    finer
        Name of the next finer level, empty where there is none.
    added
        Whether an office added it: then only cards whose form asks it count.
    direction
        ``D`` or ``A`` where only the cards of one direction have it.
    """

    name: str
    label: Label
    level: Level
    finer: str = ""
    added: bool = False
    direction: str | None = None

    @property
    def is_time(self) -> bool:
        """Whether its codes are stretches of time."""
        return self.level.column == CROSSING_MONTH


def parameter(name: str, period: Period, own: Mapping[str, FieldSpec]) -> Parameter:
    """A parameter by its name.

    Parameters
    ----------
    period
        Of the table: all its months are shown.
    own
        Variables that an office added, by name.

    Raises
    ------
    PivotError
        There is none of that name.
    """
    variable = codebook().variable.get(name)
    if variable and variable.column in codebook().dimension:
        name = variable.column
    base, _, detail = name.partition(":")
    if name in (YEAR, QUARTER, MONTH):
        return _time(name, period)
    if base == AGE and detail:
        return Parameter(name, named(codebook().dimension[AGE].label), _own_ages(detail))
    if detail.isdecimal() and base in codebook().dimension and codebook().dimension[base].digits:
        return _by_digits(base, int(detail))
    if name in codebook().dimension:
        about = codebook().dimension[name]
        return Parameter(name, named(about.label), LEVELS[name], about.finer or "", direction=about.direction)
    if name in own:
        said = own[name].about
        return Parameter(name, named(said.label), level_of_own(own[name]), added=True, direction=said.direction)
    raise PivotError("no_parameter", name=name, known=", ".join(names(own)))


def names(own: Mapping[str, FieldSpec]) -> tuple[str, ...]:
    """Names of all parameters, in the order of the codebook; age groups of one's own are besides."""
    digits = [f"{name}:{n}" for name, about in codebook().dimension.items() for n in _digits(about)]
    return (YEAR, QUARTER, MONTH, *codebook().dimension, *digits, *own)


def shifted(code: Code, years: int) -> Code:
    """A month, quarter or year so many years later."""
    return code if code is None else f"{int(code[:4]) + years}{code[4:]}"


def _time(name: str, period: Period) -> Parameter:
    months = [f"{year}-{month:02}" for year, month in period.months()]
    group, label = _TIME[name]
    codes = tuple(dict.fromkeys(str(group(month)) for month in months))
    level = Level(CROSSING_MONTH, label, codes, group, missing=(), words={None: "month_open"})
    return Parameter(name, say_all(f"pivot.{name}"), level, {YEAR: QUARTER, QUARTER: MONTH}.get(name, ""))


def _stretch(written: str, value: Value) -> Code:
    """The year or month in which a crossing lies, as long as in the example."""
    return None if value is None else leading(len(written), value)


def _quarter(value: Value) -> Code:
    month = _stretch("2026-03", value)
    return month and f"{month[:4]}-Q{(int(month[5:]) + 2) // 3}"


def _month_label(code: str) -> Label:
    return month_label(int(code[:4]), int(code[5:]))


def _quarter_label(code: str) -> Label:
    return say_all("pivot.of_year", quarter="I" * int(code[6:]) if code[6:] != "4" else "IV", year=code[:4])


_TIME: Mapping[str, tuple[Callable[[Value], Code], Callable[[str], Label]]] = {
    YEAR: (partial(_stretch, "2026"), same),
    QUARTER: (_quarter, _quarter_label),
    MONTH: (partial(_stretch, "2026-03"), _month_label),
}
"""For each stretch of time how a month falls under it, and what it is called."""


def _own_ages(written: str) -> Level:
    if not _BANDS.fullmatch(written):
        raise PivotError("no_ages", ages=written)
    bands = {code: _band(code) for code in written.split(",")}
    ages = [age for first, last in bands.values() for age in range(first, last + 1)]
    if not all(first <= last for first, last in bands.values()) or sorted(set(ages)) != ages:
        raise PivotError("overlapping_ages", ages=written)

    def group(value: Value) -> Code:
        if value is None:
            return None
        ages = str(value).removesuffix(GROUP).split("-") if is_group(value) else [str(value)]
        found = {_band_of(int(age), bands) for age in ages}
        return found.pop() if len(found) == 1 else None

    return Level(AGE, _age_label, tuple(bands), group, missing=(None,), words={None: "number_unknown"})


def _band(code: str) -> tuple[int, int]:
    if code.endswith("+"):
        return int(code[:-1]), OLDEST_AGE
    first, _, last = code.partition("-")
    return int(first), int(last or first)


def _band_of(age: int, bands: Mapping[str, tuple[int, int]]) -> str:
    return next((code for code, (first, last) in bands.items() if first <= age <= last), OTHER_AGES)


def _age_label(code: str) -> Label:
    return say_all("pivot.other_ages") if code == OTHER_AGES else same(code.replace("-", "–"))


def _by_digits(name: str, digits: int) -> Parameter:
    about = codebook().dimension[name].model_copy(update={"digits": digits, "codes": ()})
    label = Label(*(say("pivot.digits", x, what=about.label.of(x), digits=digits) for x in LANGUAGES))
    finer = f"{name}:{digits + 1}" if digits < _most_digits(about) else ""
    return Parameter(f"{name}:{digits}", label, level_of(name, about), finer)


def _digits(dimension: Dimension) -> Iterator[int]:
    """Numbers of digits that no dimension of the codebook stands for."""
    if dimension.finer and ":" in dimension.finer:
        yield from range(int(dimension.finer.partition(":")[2]), _most_digits(dimension) + 1)


def _most_digits(dimension: Dimension) -> int:
    return max(map(len, load_lexicon(dimension.dictionary or "").entries))
