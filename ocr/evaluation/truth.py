"""Truth beside scans, as JSON: what each page is and what was written in each field; where it lies, if that is known.

The least that is needed are the values that people typed: ``[{"scan": "a.png", "form": "my-card", "fields": {"name":
"АЛИ"}}]``. What the generator of cards knows besides makes the figures about places and letters possible.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, ValidationError, model_validator

from ocr.errors import BadInputError


class FieldTruth(BaseModel):
    """Truth of one field.

    Attributes
    ----------
    value
        What it means: code, ISO date, digits or normalised text; empty, or ``?`` when in no dictionary.
    written
        What the ink says; for marks the codes. None where only the value was typed.
    state
        ``filled``, ``empty``, ``corrected`` or ``several``; where only the value was typed, one of the first two.
    struck
        First attempt that was struck out or written over; for marks the code taken back. Empty where there was none.
    quad
        Corners of the field's box in scan pixels, clockwise from the card's top left; empty where it is not known.
    """

    model_config = ConfigDict(frozen=True, extra="ignore")

    value: str
    written: str | None = None
    state: str = ""
    struck: str = ""
    quad: tuple[tuple[float, float], ...] = ()

    @model_validator(mode="before")
    @classmethod
    def _typed(cls, value: object) -> object:
        """A value alone stands for the whole truth of a field."""
        known = {"value": value} if isinstance(value, str) else value
        if isinstance(known, dict) and not known.get("state"):
            return known | {"state": "filled" if known.get("value") else "empty"}
        return known


class PageTruth(BaseModel):
    """Truth of one page; `expect` is ``read`` or the reason for which it must be refused."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    scan: str
    page: int = 0
    expect: str = "read"
    form: str | None = None
    rotation: int = 0
    faults: tuple[dict[str, Any], ...] = ()
    glyphs: str = ""
    hand: str = ""
    fields: dict[str, FieldTruth] = {}

    @property
    def fault_names(self) -> tuple[str, ...]:
        """Names of the faults this page was given."""
        return tuple(str(fault["name"]) for fault in self.faults)

    @property
    def source(self) -> str:
        """What kind of hand wrote: ``font NAME``, ``mixed letters`` of many people, or letters of ``one writer``.

        Scans of another origin have the name of their `glyphs`, or none.
        """
        if self.glyphs == "fonts":
            return f"font {self.hand}"
        if self.glyphs == "letters":
            return "mixed letters" if self.hand.startswith("mixed-") else "one writer"
        return self.glyphs


def read_truth(folder: Path) -> Iterator[PageTruth]:
    """Truth of all pages of a folder, by file name.

    Raises
    ------
    BadInputError
        There is none, or a file is not what this function reads.
    """
    files = sorted(folder.rglob("*.json"))
    if not files:
        raise BadInputError(f"{folder} holds no truth files (*.json).")
    for file in files:
        try:
            for entry in json.loads(file.read_text("utf-8")):
                yield PageTruth.model_validate(entry)
        except (json.JSONDecodeError, ValidationError, TypeError) as error:
            raise BadInputError(f"{file} is not a truth file: {error}") from error
