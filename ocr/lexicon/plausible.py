"""How much a day is to be expected as an answer, beside other days, where writing leaves several open."""

from __future__ import annotations

import csv
from bisect import bisect_right
from collections.abc import Callable
from datetime import date
from functools import lru_cache
from math import sqrt

from ocr.data import PACKAGE

AGES = PACKAGE / "ages.csv"

UNUSUAL = 0.1
"""Of a day on which the form was not in use, relative to one on which it was."""

Weigh = Callable[[date], float]
"""Weight of a day, at most 1."""


def births(on: date) -> Weigh:
    """Weights of days of birth by the age of those who cross on a day, whole years.

    The square root is taken, as of all priors (`ocr.lexicon.priors`): clear writing is to overrule them.
    """
    starts, weights = _ages()

    def weigh(born: date) -> float:
        age = on.year - born.year - ((on.month, on.day) < (born.month, born.day))
        return weights[max(0, bisect_right(starts, age) - 1)]

    return weigh


def crossings(first: date, last: date) -> Weigh:
    """Weights of days of crossing: those on which the form was in use, and others."""
    return lambda day: 1.0 if first <= day <= last else UNUSUAL


@lru_cache(maxsize=1)
def _ages() -> tuple[tuple[int, ...], tuple[float, ...]]:
    """First ages of the groups, and their weights."""
    with AGES.open(encoding="utf-8", newline="") as file:
        rows = [(int(row["from_age"]), sqrt(float(row["weight"]))) for row in csv.DictReader(file)]
    return tuple(age for age, _ in rows), tuple(weight for _, weight in rows)
