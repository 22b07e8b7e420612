"""Places of a table that bore another name within its period, by the dictionaries' own dates."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise

from ocr.lexicon.lexicon import load_lexicon
from reports.labels import same
from reports.levels import Level
from reports.period import Period
from reports.table import Row
from texts import LANGUAGES, Label, Language, say


def note_of_renamed(rows: Sequence[Row], stub: Sequence[Level], period: Period) -> Label | None:
    """What the places in the rows were called otherwise on days of the period; None where that is nothing.

    Parameters
    ----------
    stub
        Levels of the rows, outer first.
    """
    codes = dict.fromkeys((stub[row.level - 1].dictionary, row.code) for row in rows if row.code)
    texts: list[str] = []
    for language in LANGUAGES:
        names = (name for dictionary, code in codes for name in _names(dictionary or "", code or "", period, language))
        texts.append("; ".join(names))
    if not any(texts):
        return None
    return Label(*(say("report.note_renamed", x, names=names) for x, names in zip(LANGUAGES, texts, strict=True)))


def _names(dictionary: str, code: str, period: Period, language: Language) -> Iterator[str]:
    """Other names of a code in the period. Renamings are known by their year, in which both names are in use."""
    lexicon = load_lexicon(dictionary)
    now = lexicon.entries[code]
    for newer, older in pairwise((now, *lexicon.former.get(code, ()))):
        until, since = newer.valid_from, older.valid_from
        if until is None or until.year < period.start.year or older.name(language) == now.name(language):
            continue
        if since is None or since.year <= period.end.year:
            names = {"now": now.name(language), "name": older.name(language)}
            shown = {key: same(name).of(language) for key, name in names.items()}
            yield say("report.renamed", language, **shown, year=until.year)
