"""What a supervisor asks for or types in a form, as the search and the desk take it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import date
from itertools import zip_longest
from typing import Annotated, get_args

from pydantic import BaseModel, Field, StringConstraints

from ocr.forms.definition import FieldKind, FieldSpec
from ocr.reading import parse_iso
from review.cards.filters import ANY_END, CardStatus, Filters
from review.decisions.completion import complete
from review.decisions.validation import lexicon_codes
from texts import Language

ROWS = 2
"""Fields that may be searched by at once."""

Text = Annotated[str, StringConstraints(strip_whitespace=True, max_length=100, pattern=r"^[^\x00-\x1f]*$")]
_DAY = re.compile(r"([0-9]{1,2})[./]([0-9]{1,2})[./]([0-9]{4})")
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
        is_day = spec is not None and spec.kind is FieldKind.DATE and not value.endswith(ANY_END)
        if value and not name:
            yield "wants_field", value
        elif value and is_day and day_of(value) is None:
            yield "wants_date", value
    for value in (form.since, form.until):
        if value and day_of(value) is None:
            yield "wants_date", value
    for value, known in ((form.batch, _BATCH.fullmatch(form.batch)), (form.state, form.state in _STATES)):
        if value and not known:
            yield "wants_choice", value


def filters_of(form: SearchForm) -> Filters:
    """What the form asks of the cards; what `not_understood` names asks nothing."""
    return Filters(
        values=tuple((field, _as_kept(value)) for field, value in form.rows() if field and value),
        batch=int(form.batch) if _BATCH.fullmatch(form.batch) else None,
        checkpoint=form.checkpoint,
        crossed_from=day_of(form.since),
        crossed_to=day_of(form.until),
        state=next((state for state in _STATES if state == form.state), None),
        serial=form.serial,
        person=form.person,
    )


def meant(spec: FieldSpec, typed: str, language: Language) -> str:
    """The value that a supervisor means: a date as it is written, a code by its name; else what was typed."""
    typed = typed.strip()
    if spec.kind is FieldKind.DATE:
        return _as_kept(typed)
    codes = lexicon_codes(spec.lexicon) if spec.lexicon else None
    if codes is None or typed.upper() in codes or typed in ("", "?"):
        return typed
    found = complete(spec, typed, language, limit=1)
    return found[0].code if found else typed


def _as_kept(typed: str) -> str:
    """A date in ISO order; anything else as it is."""
    day = day_of(typed)
    return typed if day is None else day.isoformat()


def day_of(typed: str) -> date | None:
    """A day as people type it, 31.12.2026 or in ISO order; None where it is none."""
    match = _DAY.fullmatch(typed)
    return parse_iso(f"{match[3]}-{match[2]:0>2}-{match[1]:0>2}" if match else typed)
