"""How frequent answers are, where that is known from published figures."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from functools import lru_cache
from math import sqrt
from types import MappingProxyType

from ocr.data import PACKAGE
from ocr.lexicon.lexicon import Lexicon

PRIORS = PACKAGE / "priors.csv"

EQUAL: Mapping[str, float] = MappingProxyType({})
"""All entries are as likely."""


@lru_cache(maxsize=32)
def priors(lexicon: Lexicon) -> Mapping[str, float]:
    """Factor by code: how much more an entry is to be expected than with equal chances.

    What the published shares leave over is spread evenly over the other entries. The square root is taken: a prior as
    strong as the shares would turn the rare countries' unclear answers into the frequent one's, and the tables would
    show too little of what is rare.

    Returns
    -------
    Mapping
        Empty where nothing was published on the lexicon.
    """
    with PRIORS.open(encoding="utf-8", newline="") as file:
        known = {row["code"]: float(row["share"]) for row in csv.DictReader(file) if row["lexicon"] == lexicon.name}
    if not known:
        return EQUAL
    rest = (1 - sum(known.values())) / max(1, len(lexicon.entries) - len(known))
    return MappingProxyType({code: sqrt(known.get(code, rest) * len(lexicon.entries)) for code in lexicon.entries})
