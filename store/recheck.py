"""The rules between fields, looked at again after a person's decision."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from ocr.forms.definition import Form
from ocr.lexicon.rules import check
from store.card_state import Broken


def broken_rules(form: Form, values: Mapping[str, str], on: date) -> Broken:
    """Rules that these values break, each with its fields; `on` is the day on which the card was at hand."""
    broken: dict[str, tuple[str, ...]] = {}
    for found in check(form.by_name, values, direction=form.direction, on=on):
        broken[found.rule] = (*broken.get(found.rule, ()), *found.fields)
    return broken
