"""What a supervisor asks for or types in a form, as the search and the desk take it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import date
from itertools import zip_longest
from typing import Annotated, get_args

from pydantic import BaseModel, Field, StringConstraints

from ocr.forms.codebook import Role
from ocr.forms.definition import FieldKind, FieldSpec
from review.cards.days import HalfKnownDay, half_known_day, whole_day
from review.cards.filters import CardStatus, Filters
from review.cards.meanings import Sought, dictionary_of, meaning, part_of_serial
from review.decisions.completion import complete
from review.decisions.validation import lexicon_codes
from texts import Language

ROWS = 2
"""Fields that may be searched by at once."""

Text = Annotated[str, StringConstraints(strip_whitespace=True, max_length=100, pattern=r"^[^\x00-\x1f]*$")]
_BATCH = re.compile(r"[0-9]{1,9}")
_STATES: tuple[CardStatus, ...] = get_args(CardStatus)


class SearchForm(BaseModel):
    """The search form as it comes in the address: empty strings ask nothing."""

    field: list[Text] = Field(default_factory=list, max_length=ROWS)
    value: list[Text] = Field(default_factory=list, max_length=ROWS)
    batch: Text = ""
    checkpoint: Text = ""
    since: Text = ""
    until: Text = ""
    state: Text = ""
    serial: Text = ""
    person: Text = ""
    before: int | None = Field(default=None, ge=1, lt=2**31)

    def rows(self) -> list[tuple[str, str]]:
        """The (field, value) pairs of the form, filled up with empty ones."""
        pairs = list(zip_longest(self.field, self.value, fillvalue=""))
        return [*pairs, *[("", "")] * (ROWS - len(pairs))]


def not_understood(form: SearchForm, specs: Mapping[str, FieldSpec]) -> Iterator[tuple[str, str]]:
    """What was typed and means nothing: key of the text (section ``search``) that says what is wanted, and the value.

    Parameters
    ----------
    specs
        Fields of all forms by name.
    """
    for name, value in form.rows():
        spec = specs.get(name)
        if value and spec is None:
            yield "wants_field", value
        elif value and spec is not None and meaning(spec, value) is None:
            yield _wanted(spec), value
    for value in (form.since, form.until):
        if value and _first_day(value) is None:
            yield "wants_year", value
    known = {
        "wants_code": (form.checkpoint, _checkpoints(form, specs)),
        "wants_serial": (form.serial, part_of_serial(form.serial)),
    }
    yield from ((wants, value) for wants, (value, found) in known.items() if value and not found)
    for value, is_known in ((form.batch, _BATCH.fullmatch(form.batch)), (form.state, form.state in _STATES)):
        if value and not is_known:
            yield "wants_choice", value


def filters_of(form: SearchForm, specs: Mapping[str, FieldSpec]) -> Filters:
    """What the form asks of the cards; what `not_understood` names asks nothing."""
    asked = ((name, meaning(specs[name], value)) for name, value in form.rows() if value and name in specs)
    until = half_known_day(form.until)
    return Filters(
        values=tuple((name, sought) for name, sought in asked if sought is not None),
        batch=int(form.batch) if _BATCH.fullmatch(form.batch) else None,
        checkpoint=_checkpoints(form, specs),
        crossed_from=_first_day(form.since),
        crossed_to=until.last if until else None,
        state=next((state for state in _STATES if state == form.state), None),
        serial=part_of_serial(form.serial),
        person=form.person,
    )


def understood(form: SearchForm, filters: Filters, specs: Mapping[str, FieldSpec]) -> list[tuple[FieldSpec, Sought]]:
    """What was taken for something else than what stands in the form: words for codes, days half known."""
    typed = dict(form.rows())
    asked = [(specs[name], sought, typed[name]) for name, sought in filters.values]
    place = _place(specs)
    if place and filters.checkpoint:
        asked.append((place, filters.checkpoint, form.checkpoint))
    return [(spec, sought) for spec, sought, said in asked if sought != (said,) and _is_of_codes_or_days(spec, sought)]


def _is_of_codes_or_days(spec: FieldSpec, sought: Sought) -> bool:
    return isinstance(sought, HalfKnownDay) or bool(dictionary_of(spec) or spec.options)


def _wanted(spec: FieldSpec) -> str:
    """What a field wants, as a key of section ``search``."""
    if spec.kind is FieldKind.DATE:
        return "wants_date"
    if spec.role is Role.CARD_NUMBER:
        return "wants_serial"
    return "wants_number" if spec.quantity else "wants_code"


def _checkpoints(form: SearchForm, specs: Mapping[str, FieldSpec]) -> tuple[str, ...]:
    """Codes of the checkpoints that are asked for."""
    place = _place(specs)
    sought = meaning(place, form.checkpoint) if place and form.checkpoint else None
    return sought if isinstance(sought, tuple) else ()


def _place(specs: Mapping[str, FieldSpec]) -> FieldSpec | None:
    """The field that says where the border was crossed."""
    return next((spec for spec in specs.values() if spec.role is Role.CHECKPOINT), None)


def _first_day(typed: str) -> date | None:
    known = half_known_day(typed)
    return known.first if known else None


def meant(spec: FieldSpec, typed: str, language: Language, on: date | None) -> str:
    """The value that a supervisor means: a date as it is written, a code by its name; else what was typed.

    `on` is the day of the card, where it is known.
    """
    typed = typed.strip()
    if spec.kind is FieldKind.DATE:
        day = whole_day(typed)
        return day.isoformat() if day else typed
    codes = lexicon_codes(spec.lexicon) if spec.lexicon else None
    if codes is None or typed.upper() in codes or typed in ("", "?"):
        return typed
    found = complete(spec, typed, language, limit=1, on=on)
    return found[0].code if found else typed
