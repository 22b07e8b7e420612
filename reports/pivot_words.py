"""Title, heads and notes of a pivot table."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from reports.cube import Only
from reports.measures import Measure
from reports.parameters import Parameter
from reports.period import Period
from texts import LANGUAGES, Label, say, say_all


def head_of(rows: Sequence[Parameter]) -> Label:
    """Over the first column: what the rows are by."""
    return Label(*(_capital(_listed(rows, x)) if rows else say("report.total", x) for x in LANGUAGES))


def title_of(measure: Measure, rows: Sequence[Parameter], columns: Sequence[Parameter]) -> Label:
    """What the table is: the measure, and what it is by."""

    def words(language: str) -> str:
        by = " × ".join(_listed(part, language) for part in (rows, columns) if part)
        name = say_all(f"pivot.{measure}").of(language)
        return f"{name}: {by}" if by else name

    return Label(*map(words, LANGUAGES))


def notes_of(
    period: Period, measure: Measure, only: Sequence[Only], about: Iterable[Label], hidden: int
) -> Iterator[Label]:
    """What a reader must know to read the table rightly; `about` says which cards the numbers are of."""
    yield from about
    for one in only:
        yield Label(
            *(say("pivot.note_only", x, what=one.parameter.label.of(x), codes=_codes(one, x)) for x in LANGUAGES)
        )
    if hidden:
        yield say_all("pivot.note_hidden", cells=hidden)
    if measure is Measure.BALANCE:
        yield say_all("pivot.note_balance")
    if measure is Measure.CHANGE and period.previous:
        yield say_all("report.note_previous", start=period.previous.start, end=period.previous.end)
    if measure.is_share or measure is Measure.CHANGE:
        yield say_all("report.note_percent")
    yield say_all("report.note_source")


def _codes(one: Only, language: str) -> str:
    return "; ".join(one.parameter.level.label(code).of(language) for code in one.codes)


def _listed(parameters: Sequence[Parameter], language: str) -> str:
    return ", ".join(one.label.of(language) for one in parameters)


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
