"""What the machine says of the columns of a record that it could not settle by itself: codes with their shares. Pure.

Estimates need this of every card, whether people have keyed the field since or not; so it follows from the readings
alone, and decisions only tell whether the true value is known by now, and how.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Literal, TypeAlias

from sqlalchemy import Date

from ocr.forms.codebook import Role
from ocr.forms.definition import Form
from ocr.reading import parse_iso, settled_level
from store.card_state import UNKNOWN, CardState, Decided, StoredReading, in_force
from store.draws import size_of
from store.record_values import (
    AGE_GROUP,
    LEFT_EMPTY,
    OTHER,
    age_at,
    age_group,
    is_group,
    is_plausible,
    own_specs,
    own_values,
    record_values,
)
from store.tables import Record

Shares: TypeAlias = dict[str, float]
Known: TypeAlias = Literal["", "drawn", "otherwise"]
"""Whether people settled it: not yet; by a task of the queue, in the order of the draws; by a way of their own."""

DECIMALS = 5
LEAST_SHARE = 1e-4

DRAWN: Final = "drawn"
OUT_OF_TURN: Final = "otherwise"

_CORRECTION, _GROUP = "correct", "group"


@dataclass(frozen=True)
class ColumnDoubt:
    """A column of a card's record that the machine did not settle.

    Attributes
    ----------
    fields
        Those in doubt that it depends on.
    size
        As `store.draws.size_of`.
    shares
        Of the column's codes, by the machine alone; what they lack to 1 is spread over codes unknown.
    """

    column: str
    fields: tuple[str, ...]
    size: float
    shares: Shares
    known: Known


def column_doubts(
    form: Form, seen: Mapping[str, StoredReading], state: CardState, log: Sequence[Decided]
) -> list[ColumnDoubt]:
    """The columns of a record that the machine did not settle, in the order of the form."""
    if all(reading.stands for reading in seen.values()):
        return []
    by_machine = {name: reading.value if reading.stands else None for name, reading in seen.items()}
    levels = {name: settled_level(reading.levels, reading.review) for name, reading in seen.items()}
    groups = {name: level.code for name, level in levels.items() if level}
    as_read = record_values(form, by_machine, groups) | own_values(form, by_machine, groups)
    now = record_values(form, state.values, state.groups) | own_values(form, state.values, state.groups)
    decisions, found = in_force(log), []
    for column, names in sources(form).items():
        fields = tuple(name for name in names if not seen[name].stands)
        if not fields or not _open(as_read[column]):
            continue
        shares = _shares(form, column, names, seen)
        settled = not _open(now[column]) or all(state.values[name] is not None for name in fields)
        known = _known(fields, decisions) if settled else ""
        found.append(ColumnDoubt(column, fields, doubt_size(column, shares), shares, known))
    return found


def _open(value: object) -> bool:
    """Whether a column says nothing, or no more than a group."""
    return value is None or is_group(value)


def field_shares(reading: StoredReading) -> Shares:
    """How likely each value of a field is by its reading: the likeliest as calibrated, others as the reader has it."""
    if reading.value == "":
        return {LEFT_EMPTY: reading.probability}
    if reading.value in (None, UNKNOWN) or not reading.candidates:
        return {}  # that it could not be read says nothing of what it is
    (first, share), *others = reading.candidates
    top = reading.probability or share
    left = (1 - top) / max(1 - share, LEAST_SHARE)
    shares = {first: top}
    for value, other in others:
        shares[value] = shares.get(value, 0.0) + other * left
    return _divided(shares)


def _divided(shares: Shares) -> Shares:
    """Several marks, as in ``1|2``, say either of them; what is next to nothing is left out."""
    found: defaultdict[str, float] = defaultdict(float)
    for value, share in shares.items():
        parts = value.split("|")
        for part in parts:
            found[part] += share / len(parts)
    return {value: share for value, share in found.items() if share >= LEAST_SHARE}


def sources(form: Form) -> dict[str, list[str]]:
    """The fields that each column of the record, and each variable kept beside it, depends on."""
    sources: defaultdict[str, list[str]] = defaultdict(list)
    own = {spec.name for spec in own_specs(form)}
    for spec in form.fields:
        column = spec.about.column or (spec.name if spec.name in own else "")
        if column:
            sources[column] += [spec.name, spec.specify] if spec.specify else [spec.name]
    birth, crossed = (form.by_role.get(role) for role in (Role.BIRTH_DATE, Role.CROSSING_DATE))
    if birth and crossed:
        sources[AGE_GROUP] = [birth.name, crossed.name]
    return dict(sources)


def _shares(form: Form, column: str, names: Sequence[str], seen: Mapping[str, StoredReading]) -> Shares:
    """What the machine says of a column by the fields that it depends on, in doubt or not."""
    each = [{seen[name].value or "": 1.0} if seen[name].stands else field_shares(seen[name]) for name in names]
    if column == AGE_GROUP:
        return _rounded(_age_groups(*each))
    spec = form.by_name[names[0]]
    return _rounded(_specified(*each) if spec.specify else each[0])


def _age_groups(births: Shares, crossings: Shares) -> Shares:
    """Age groups by the dates of birth and crossing; what is no person's age is left out, as a slip of the reader."""
    found: defaultdict[str, float] = defaultdict(float)
    for birth, one in births.items():
        for crossing, other in crossings.items():
            age = age_at(parse_iso(birth), parse_iso(crossing))
            group = age_group(age) if is_plausible(age) else LEFT_EMPTY if birth == LEFT_EMPTY else None
            if group is not None:
                found[group] += one * other
    return dict(found)


def _specified(marked: Shares, written: Shares) -> Shares:
    """What is written beside the box OTHER counts where that box, or none, is marked."""
    found: defaultdict[str, float] = defaultdict(float)
    for value, share in marked.items():
        if value in (LEFT_EMPTY, OTHER):
            for code, other in written.items():
                found[code] += share * other
        else:
            found[value] += share
    return dict(found)


def _rounded(shares: Shares) -> Shares:
    return {code: round(share, DECIMALS) for code, share in shares.items() if share >= LEAST_SHARE}


def doubt_size(column: str, shares: Shares) -> float:
    """The size of the doubt about a column (`store.draws.size_of`): tables count days by the month."""
    if column not in Record.__table__.c or not isinstance(Record.__table__.c[column].type, Date):
        return size_of(shares)
    found: defaultdict[str, float] = defaultdict(float)
    for day, share in shares.items():
        found[day[: len("2026-11")]] += share
    return size_of(found)


def _known(fields: Sequence[str], decisions: Mapping[str, Decided]) -> Known:
    """By a way of their own, where that is how all was settled: by a correction, in a group, or by itself."""
    ways = [decisions.get(name) for name in fields]
    own = all(way is None or way.kind == _CORRECTION or way.shown == _GROUP for way in ways)
    return OUT_OF_TURN if own else DRAWN


def draws(form: Form, doubts: Sequence[ColumnDoubt], number: float) -> Iterator[tuple[str, float]]:
    """The draw of each field of a form: that of the largest doubt it takes part in; others have the card's number."""
    sizes: defaultdict[str, float] = defaultdict(float)
    for doubt in doubts:
        for name in doubt.fields:
            sizes[name] = max(sizes[name], doubt.size)
    for spec in form.fields:
        yield spec.name, number / (sizes.get(spec.name) or 1.0)
