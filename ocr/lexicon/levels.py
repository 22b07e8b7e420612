"""Coarser levels of a value: the region of a district, the major group of an occupation, the month of a day.

A reading is a distribution over values. What is spread over several of them may lie in one group all the same, and then
the group is known where the value is not. Which levels a variable has says the codebook.
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterator, Sequence
from datetime import date
from math import fsum

from ocr.forms.codebook import Coarser
from ocr.forms.definition import FieldSpec
from ocr.lexicon.lexicon import load_lexicon
from ocr.lexicon.match import NOT_IN_LEXICON
from ocr.reading import Candidate

_SIGNS = {
    Coarser.TWO_DIGITS: 2,
    Coarser.ONE_DIGIT: 1,
    Coarser.MONTH: len("2014-05"),
    Coarser.YEAR: len("2014"),
}
"""How many signs of a value tell its group."""


def code_at(spec: FieldSpec, level: Coarser, value: str) -> str:
    """Code of the group that a value lies in; empty where it lies in none, as what is in no dictionary."""
    if value == NOT_IN_LEXICON:
        return ""
    if level is not Coarser.PARENT:
        return value[: _SIGNS[level]]
    entry = load_lexicon(spec.lexicon).entries.get(value) if spec.lexicon else None
    return entry.parent if entry else ""


def at_levels(
    spec: FieldSpec, candidates: Sequence[Candidate], certainty: float
) -> Iterator[tuple[Coarser, str, float]]:
    """The likeliest group at each level of a field, finest first, with its score.

    The score is the reader's certainty of what it saw times the share of the candidates that lie in the group. Levels
    nest, so a coarser one scores no less than a finer one, nor than the value itself.
    """
    for level in spec.about.coarser:
        shares: dict[str, list[float]] = {}
        for candidate in candidates:
            shares.setdefault(code_at(spec, level, candidate.value), []).append(candidate.probability)
        shares.pop("", None)
        if shares:
            sums = {group: fsum(parts) for group, parts in shares.items()}
            best = max(sums, key=lambda group: sums[group])
            yield level, best, certainty * min(1.0, sums[best])


def days_of(group: str) -> tuple[date, date]:
    """First and last day of a month (``2014-05``) or a year (``2014``).

    Raises
    ------
    ValueError
        It is neither.
    """
    year, _, month = group.partition("-")
    first, last = (int(month), int(month)) if month else (1, 12)
    return date(int(year), first, 1), date(int(year), last, monthrange(int(year), last)[1])
