"""Periods of time that tables cover: days from first to last, both included."""

from __future__ import annotations

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import MINYEAR, date

from ocr.errors import BadInputError
from reports.labels import same
from texts import LANGUAGES, Label
from texts.formats import month_name, write_date

_WRITTEN = re.compile(
    r"(?P<year>[0-9]{4})(?:-(?:Q(?P<quarter>[1-4])|H(?P<half>[12])|(?P<month>[0-9]{2})(?:-(?P<day>[0-9]{2}))?))?"
)


FIRST_YEAR, LAST_YEAR = 1900, 2199
"""Years in which a written period may lie: any other is a slip of the pen."""


@dataclass(frozen=True)
class Period:
    """Days from `start` to `end`, both included.

    Raises
    ------
    BadInputError
        It ends before it starts.
    """

    start: date
    end: date

    def __post_init__(self) -> None:
        if self.end < self.start:
            raise BadInputError(f"The period ends ({self.end}) before it starts ({self.start}).")

    @property
    def previous(self) -> Period | None:
        """The same period of the year before; None for a period over a year, which would overlap itself.

        Whole months are compared with the same months, so that a February has all its days in either year. Any other
        period has the same dates, with 28 February for 29.
        """
        if self.start.year == MINYEAR:
            return None
        end = _last_day(self.end.year - 1, self.end.month) if self._is_of_months else _year_before(self.end)
        return Period(_year_before(self.start), end) if end < self.start else None

    @property
    def _is_of_months(self) -> bool:
        return self.start.day == 1 and _last_day(self.end.year, self.end.month) == self.end

    def months(self) -> tuple[tuple[int, int], ...]:
        """The (year, month) pairs that the period touches, in order."""
        first, last = (d.year * 12 + d.month - 1 for d in (self.start, self.end))
        return tuple((m // 12, m % 12 + 1) for m in range(first, last + 1))

    @property
    def label(self) -> Label:
        """The period in words: ``2026``, ``январь – июнь 2026``, or its two dates."""
        if self.start == self.end:
            return Label(*(write_date(self.start, x) for x in LANGUAGES))
        if not self._is_of_months:
            return Label(*(f"{write_date(self.start, x)} – {write_date(self.end, x)}" for x in LANGUAGES))
        months = self.months()
        (year, month), (last_year, last_month) = months[0], months[-1]
        if year == last_year and len(months) == 12:
            return same(str(year))
        first, last = month_label(year, month), month_label(last_year, last_month)
        if len(months) == 1:
            return first
        if year == last_year:
            first = Label(*(month_name(month, x) for x in LANGUAGES))
        return Label(*(f"{a} – {b}" for a, b in zip(first, last, strict=True)))


def month_label(year: int, month: int) -> Label:
    """A month in words: ``июнь 2026``."""
    return Label(*(f"{month_name(month, x)} {year}" for x in LANGUAGES))


def parse_period(text: str) -> Period:
    """Read ``2026``, ``2026-Q1``, ``2026-H1``, ``2026-06`` or ``2026-06-15``.

    Raises
    ------
    BadInputError
        The text is none of these, no such month or day exists, or cards of its year cannot be.
    """
    match = _WRITTEN.fullmatch(text.strip().upper())
    try:
        if match is None:
            raise ValueError
        year = int(match["year"])
        if match["day"]:
            day = _known(date(year, int(match["month"]), int(match["day"])))
            return Period(day, day)
        first, last = _months(match)
        return Period(_known(date(year, first, 1)), _last_day(year, last))
    except ValueError:
        message = f"{text!r} is no period: write 2026, 2026-Q1, 2026-H1, 2026-06 or 2026-06-15."
        raise BadInputError(message) from None


def parse_range(first: str, last: str) -> Period:
    """Days from the first of one written period to the last of another, both included.

    Raises
    ------
    BadInputError
        One of them is no period, or they stand in the wrong order.
    """
    return Period(parse_period(first).start, parse_period(last).end)


def _known(day: date) -> date:
    """The day, if there can be cards of its year."""
    if not FIRST_YEAR <= day.year <= LAST_YEAR:
        raise BadInputError(
            f"There are no cards of the year {day.year:04}: write a period of the years {FIRST_YEAR} to {LAST_YEAR}."
        )
    return day


def _months(match: re.Match[str]) -> tuple[int, int]:
    if match["quarter"]:
        return int(match["quarter"]) * 3 - 2, int(match["quarter"]) * 3
    if match["half"]:
        return int(match["half"]) * 6 - 5, int(match["half"]) * 6
    if match["month"]:
        return int(match["month"]), int(match["month"])
    return 1, 12


def _last_day(year: int, month: int) -> date:
    return date(year, month, monthrange(year, month)[1])


def _year_before(day: date) -> date:
    """The same day a year earlier; 29 February becomes 28."""
    return date(day.year - 1, day.month, min(day.day, monthrange(day.year - 1, day.month)[1]))
