"""The form in which an operator says what a batch holds."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from pydantic import BaseModel

from ocr.errors import BadInputError
from ocr.forms.codebook import Role, codebook
from ocr.forms.cover_sheet import MAX_EXPECTED, CoverSheet, Direction, numbers_of, parse_serials
from ocr.lexicon.lexicon import label, load_lexicon
from review.cards.days import whole_day
from review.web.search_form import Text
from texts import Language, say

MAX_RANGES = 20
"""Of numbers: as many as a cover sheet holds; one that is longer is torn into batches."""


class BatchForm(BaseModel):
    """The form as it is sent; empty strings say nothing."""

    checkpoint: Text = ""
    direction: Text = ""
    first_day: Text = ""
    last_day: Text = ""
    expected: Text = ""
    clerk: Text = ""
    serials: Text = ""


def checkpoints(language: Language) -> dict[str, str]:
    """The checkpoints of the dictionary: code and name, by name."""
    names = {code: label(_dictionary(), code, language) for code in load_lexicon(_dictionary()).entries}
    return dict(sorted(names.items(), key=lambda item: item[1]))


def checkpoint_name(code: str, language: Language) -> str:
    """What people call a checkpoint; nothing for none."""
    return label(_dictionary(), code, language) if code else ""


def cover_sheet_of(
    form: BatchForm, number: str, language: Language, today: date
) -> tuple[CoverSheet, Mapping[str, str]]:
    """What the form says of the batch with a number, and its faults in words by field; no batch if there are any."""
    faults: dict[str, str] = {}

    def fault(field: str, key: str, **values: object) -> None:
        faults.setdefault(field, say(f"batch_form.{key}", language, **values))

    if form.checkpoint not in checkpoints(language):
        fault("checkpoint", "choose_checkpoint")
    directions: dict[str, Direction] = {"D": "D", "A": "A", "both": ""}
    if form.direction not in directions:
        fault("direction", "choose_direction")
    days = {name: whole_day(typed) for name in ("first_day", "last_day") if (typed := getattr(form, name))}
    for name, day in days.items():
        if day is None or day > today:
            fault(name, "bad_day")
    first = days.get("first_day")
    last = days.get("last_day") or first
    if first is None:
        fault("first_day", "bad_day")
    elif last is not None and last < first:
        fault("last_day", "days_reversed")
    expected = int(form.expected) if form.expected.isdecimal() and len(form.expected) <= 5 else 0
    if not 1 <= expected <= MAX_EXPECTED:
        fault("expected", "bad_count", most=MAX_EXPECTED)
    ranges: tuple[tuple[int, int], ...] = ()
    try:
        ranges = parse_serials(form.serials)
    except BadInputError:
        fault("serials", "bad_numbers")
    if len(ranges) > MAX_RANGES or sum(last - first + 1 for first, last in ranges) > 2 * MAX_EXPECTED:
        fault("serials", "many_numbers")
    elif ranges and expected and len(numbers_of(ranges)) != expected:
        fault("serials", "other_count", numbers=len(numbers_of(ranges)), expected=expected)
    direction = directions.get(form.direction, "")
    return CoverSheet(number, form.checkpoint, direction, first, last, expected, form.clerk, ranges), faults


def _dictionary() -> str:
    return next(
        one.dictionary for one in codebook().variable.values() if one.role is Role.CHECKPOINT and one.dictionary
    )
