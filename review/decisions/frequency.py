"""How frequent the codes of a dictionary are: as published, and as the store's records say where there are enough."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from datetime import date
from types import MappingProxyType

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from ocr.cache import Cache
from ocr.forms.codebook import codebook
from ocr.lexicon.lexicon import Lexicon
from ocr.lexicon.priors import EQUAL, priors
from store.tables import Record

_WORTH = 10
"""Records per entry of the dictionary that count as much as what was expected before there were any."""

_LATEST = 100_000
"""Cards that are counted: plenty for an order, and counted in a tenth of a second however large the store is."""

_DICTIONARIES = 64


class Frequencies:
    """Frequencies of the dictionaries, counted once a day each, so that what is offered first does not jump."""

    def __init__(self) -> None:
        self._known: Cache[Mapping[str, float]] = Cache(_DICTIONARIES)

    def of(self, session: Session, lexicon: Lexicon, day: date) -> Mapping[str, float]:
        """Frequencies as `frequencies` gives them, as they were when somebody asked first on that day."""
        return self._known.get((lexicon.name, day), lambda: frequencies(lexicon, recorded(session, lexicon)))


def recorded(session: Session, lexicon: Lexicon) -> Counter[str]:
    """How many of the latest records have each code of a dictionary, in the columns that hold it."""
    found: Counter[str] = Counter()
    variables = codebook().variable.values()
    for name in {variable.column for variable in variables if variable.column and variable.dictionary == lexicon.name}:
        column = Record.__table__.c[name].label("code")
        latest = select(column).order_by(Record.card_id.desc()).limit(_LATEST).subquery()
        rows = session.execute(select(latest.c.code, func.count()).group_by(latest.c.code))
        found.update({code: count for code, count in rows if code in lexicon.entries})
    return found


def frequencies(lexicon: Lexicon, counts: Mapping[str, int]) -> Mapping[str, float]:
    """Factor by code: how much more frequent an entry is than with equal chances.

    The published shares (`ocr.lexicon.priors`), or equal ones, count as much as `_WORTH` records for each entry: a
    handful of records changes little, and thousands decide.

    Returns
    -------
    Mapping
        Empty where nothing is known.
    """
    published = priors(lexicon)
    if not counts and not published:
        return EQUAL
    size, total = len(lexicon.entries), sum(counts.values())
    mean = sum(published.values()) / size if published else 1.0
    expected = {code: published.get(code, mean) / mean for code in lexicon.entries}
    parts = {code: (counts.get(code, 0) + _WORTH * expected[code]) * size for code in lexicon.entries}
    return MappingProxyType({code: part / (total + _WORTH * size) for code, part in parts.items()})
