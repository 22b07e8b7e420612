"""Days of which only a part is known: a year, a month, a day of no year."""

from __future__ import annotations

import calendar
import re
from dataclasses import dataclass
from datetime import date

from ocr.reading import parse_iso

_YEAR, _PART = r"([0-9]{4}|\?+)", r"([0-9]{1,2}|\?+)"
_WAYS = tuple(
    (re.compile(pattern), order)
    for pattern, order in (
        (_YEAR, "y"),
        (rf"{_YEAR}-{_PART}", "ym"),
        (rf"{_YEAR}-{_PART}-{_PART}", "ymd"),
        (rf"{_PART}[./]{_YEAR}", "my"),
        (rf"{_PART}[./]{_PART}", "dm"),
        (rf"{_PART}[./]{_PART}[./]{_YEAR}", "dmy"),
    )
)
"""Ways of writing a day, and which part of it stands where."""

_LEAP_YEAR = 2000


@dataclass(frozen=True)
class HalfKnownDay:
    """A day, each part of which may be unknown (None), though not all."""

    year: int | None
    month: int | None
    day: int | None

    @property
    def whole(self) -> date | None:
        """The day where all of it is known."""
        return parse_iso(self.pattern)

    @property
    def first(self) -> date | None:
        """The first day that it may be; None where the year is unknown."""
        return None if self.year is None else date(self.year, self.month or 1, self.day or 1)

    @property
    def last(self) -> date | None:
        """The last day that it may be; None where the year is unknown."""
        if self.year is None:
            return None
        month = self.month or 12
        return date(self.year, month, self.day or calendar.monthrange(self.year, month)[1])

    @property
    def is_span(self) -> bool:
        """Whether the days that it may be follow on each other."""
        return self.year is not None and (self.month is not None or self.day is None)

    @property
    def pattern(self) -> str:
        """In ISO order, as SQL's LIKE takes it: every digit that is unknown is ``_``."""
        year = "____" if self.year is None else f"{self.year:04}"
        month, day = ("__" if part is None else f"{part:02}" for part in (self.month, self.day))
        return f"{year}-{month}-{day}"


def half_known_day(typed: str) -> HalfKnownDay | None:
    """What is known of a day that was typed: 15.03.2014, 2014-03-15, 03.2014, 2014-03, 2014, 15.03.????; else None.

    What is unknown is left out or written ``?``; ``*`` at the end says the same.
    """
    typed = typed.strip().removesuffix("*").rstrip("-./")
    for way, order in _WAYS:
        if match := way.fullmatch(typed):
            parts = {part: None if "?" in said else int(said) for part, said in zip(order, match.groups(), strict=True)}
            known = HalfKnownDay(parts.get("y"), parts.get("m"), parts.get("d"))
            return known if _can_be(known) else None
    return None


def whole_day(typed: str) -> date | None:
    """A day as people type it, 31.12.2026 or in ISO order; None where it is none, or not known in full."""
    known = half_known_day(typed)
    return known.whole if known else None


def _can_be(known: HalfKnownDay) -> bool:
    """Whether there is such a day, and anything is known of it."""
    if known == HalfKnownDay(None, None, None) or known.year == 0:
        return False
    try:
        date(known.year or _LEAP_YEAR, known.month or 1, known.day or 1)
    except ValueError:
        return False
    return True
