"""What a reader must know to read a table rightly: the notes below it, and what its title says besides its subject."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from sqlalchemy.orm import Session

from reports.levels import LEVELS, MISSING
from reports.purposes import names_of
from reports.reach import Reach
from reports.source import PURPOSE, count_by, only, records, undated, within
from reports.specs import Spec
from reports.table import Column
from store.record_values import AGE_BANDS, BORN_LATER, TOO_OLD
from texts import LANGUAGES, Label, say, say_all

_PRESS_AGES = [f"{first}-{last}" for first, last in AGE_BANDS if first >= 15 and last <= 29]
"""Age groups of which the press release speaks together."""


def title_of(spec: Spec, reach: Reach) -> Label:
    """The title, which says where nothing is compared, and where the numbers will still change."""
    title = spec.title if reach.previous or not spec.plain_title else spec.plain_title
    if reach.is_finished:
        return title
    return Label(*(say("report.provisional", language, title=title.of(language)) for language in LANGUAGES))


def notes_of(session: Session, spec: Spec, reach: Reach, columns: Sequence[Column], cards: int) -> Iterator[Label]:
    """The notes of a table of counts."""
    if not spec.counts_sheets:
        yield say_all("report.note_cards", cards=cards)
        yield say_all("report.note_crossings")
    yield from _on_days(session, spec, reach, columns)
    if not spec.counts_sheets:
        yield from _on_cards_left_out(session, spec, reach)
    yield from _on_subject(session, spec, reach)
    yield from _on_numbers(columns)


def estimated_notes(
    session: Session, spec: Spec, reach: Reach, columns: Sequence[Column], coverage: Label
) -> Iterator[Label]:
    """The notes of a table with margins; `coverage` says of which cards it is."""
    yield say_all("report.note_estimated")
    yield coverage
    yield say_all("report.note_crossings")
    if spec.purposes:
        yield _of_purposes("report.note_purposes", spec)
    yield from _on_days(session, spec, reach, columns)
    if spec.id == "T2":
        yield say_all("report.note_net")
    yield from _on_numbers(columns)


def _on_days(session: Session, spec: Spec, reach: Reach, columns: Sequence[Column]) -> Iterator[Label]:
    """Which days count, and with which they are compared."""
    if not reach.until:
        yield say_all("report.note_not_reached")
    elif not reach.is_finished:
        yield say_all("report.note_provisional", day=reach.until)
        if spec.compares:
            later = count_by(session, [], within(reach.period), records.c.crossing_first > reach.until, *only(spec))
            yield say_all("report.note_passed", cards=later[0][-1])
    compared = {say_all("report.previous"), say_all("report.percent_of_previous")}
    if reach.previous and any(column.label in compared for column in columns):
        yield say_all("report.note_previous", start=reach.previous.start, end=reach.previous.end)


def _on_cards_left_out(session: Session, spec: Spec, reach: Reach) -> Iterator[Label]:
    """Cards of which is not known whether they belong into the table."""
    purposes = [records.c[PURPOSE].in_(spec.purposes)] if spec.purposes else []
    dateless = undated(session, reach.counted(spec), *purposes)
    if spec.direction == "D":
        yield say_all("report.note_undated_D", departures=dateless["D"])
    else:
        yield say_all("report.note_undated", departures=dateless["D"], returns=dateless["A"])
    if spec.country:
        yield say_all("report.note_country", cards=_without(session, spec, reach, "country"))
    if spec.purposes:
        yield _of_purposes("report.note_purposes", spec)
        yield say_all("report.note_without_purpose", cards=_without(session, spec, reach, PURPOSE))


def _of_purposes(key: str, spec: Spec) -> Label:
    names = names_of(spec.purposes)
    return Label(*(say(key, language, purposes=names.of(language)) for language in LANGUAGES))


def _without(session: Session, spec: Spec, reach: Reach, column: str) -> int:
    """Cards of the table's direction and days whose column has no category."""
    side = records.c.direction == spec.direction
    found, level = count_by(session, [column], within(reach.counted(spec)), side), LEVELS[column]
    return sum(number for value, number in found if level.code_of(value) in MISSING)


def _on_subject(session: Session, spec: Spec, reach: Reach) -> Iterator[Label]:
    """What is peculiar to one table."""
    asked, age = [within(reach.period), *only(spec)], records.c.age_group
    if spec.id == "T2":
        yield say_all("report.note_net")
    if spec.id == "T3":
        young = count_by(session, [], *asked, age.in_(_PRESS_AGES))
        yield say_all("report.note_press_age", cards=young[0][-1])
    if spec.id == "T14":
        yield say_all("report.note_field")
        yield say_all("report.note_number_empty")
        later, older = (count_by(session, [], *asked, age == code)[0][-1] for code in (BORN_LATER, TOO_OLD))
        yield say_all("report.note_implausible", later=later, older=older)
    if spec.counts_sheets:
        yield say_all("report.note_sheets")


def _on_numbers(columns: Sequence[Column]) -> Iterator[Label]:
    if any(column.unit.decimals for column in columns):
        yield say_all("report.note_percent")
    yield say_all("report.note_source")
