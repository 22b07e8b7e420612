"""What a supervisor asks for or types in a form, as the search and the desk take it."""

from __future__ import annotations

import re
from datetime import date
from typing import Annotated, get_args

from pydantic import BaseModel, Field, StringConstraints

from ocr.forms.definition import FieldKind, FieldSpec
from ocr.reading import parse_iso
from review.cards.filters import CardStatus, Filters
from review.decisions.completion import complete
from review.decisions.validation import lexicon_codes
from texts.messages import Language

ROWS = 2
"""Fields that may be searched by at once."""

Text = Annotated[str, StringConstraints(strip_whitespace=True, max_length=100, pattern=r"^[^\x00-\x1f]*$")]
_DAY = re.compile(r"(\d{1,2})[./](\d{1,2})[./](\d{4})")


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
        pairs = list(zip(self.field, self.value, strict=False))
        return [*pairs, *[("", "")] * (ROWS - len(pairs))]


def filters_of(form: SearchForm) -> Filters:
    """What the form asks of the cards; what cannot be understood asks nothing."""
    return Filters(
        values=tuple((field, _as_kept(value)) for field, value in form.rows() if field and value),
        batch=int(form.batch) if re.fullmatch(r"\d{1,9}", form.batch) else None,
        checkpoint=form.checkpoint,
        crossed_from=_day(form.since),
        crossed_to=_day(form.until),
        state=next((state for state in get_args(CardStatus) if state == form.state), None),
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
    day = _day(typed)
    return typed if day is None else day.isoformat()


def _day(typed: str) -> date | None:
    match = _DAY.fullmatch(typed)
    return parse_iso(f"{match[3]}-{match[2]:0>2}-{match[1]:0>2}" if match else typed)
