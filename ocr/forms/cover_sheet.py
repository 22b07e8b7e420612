"""What the cover sheet of a batch says, and the text inside its QR code.

A batch is a counted bundle of cards from one checkpoint, direction and day or days. A border post that has no database
prints its cover sheet all the same: the number is drawn, not given by anybody.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Literal, TypeAlias
from zlib import crc32

from ocr.errors import BadInputError
from ocr.forms.serial import is_serial, serial_number

Direction: TypeAlias = Literal["D", "A", ""]
"""Departure, return (arrival), or both."""

NUMBER = re.compile(r"[0-9]{2}-[2-9A-HJ-NP-Z]{7}")
_LETTERS = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"  # none that is taken for another
_HEAD, _SEPARATOR = "MB1", "|"
MAX_EXPECTED = 5000
"""Cards in a batch at most: a box."""


@dataclass(frozen=True)
class CoverSheet:
    """What a cover sheet says; None and empty where it says nothing.

    Attributes
    ----------
    number
        Of the batch: the year and seven letters or digits.
    checkpoint
        Code of the dictionary of checkpoints.
    first_day, last_day
        Days on which the cards were filled in.
    expected
        Cards in the bundle, as counted by hand.
    clerk
        Who counted.
    serials
        Numbers of the cards as ranges (first, last), without check digits.
    """

    number: str
    checkpoint: str = ""
    direction: Direction = ""
    first_day: date | None = None
    last_day: date | None = None
    expected: int | None = None
    clerk: str = ""
    serials: tuple[tuple[int, int], ...] = ()


def new_number(today: date) -> str:
    """Number of a new batch, drawn from 34 thousand million: of 10,000 a year two are alike in one year of 700."""
    return f"{today:%y}-{''.join(secrets.choice(_LETTERS) for _ in range(7))}"


def payload(sheet: CoverSheet) -> str:
    """Text of the QR code: what the sheet says, and a checksum."""
    days = (day.isoformat() if day else "" for day in (sheet.first_day, sheet.last_day))
    expected = "" if sheet.expected is None else str(sheet.expected)
    clerk = sheet.clerk.replace(_SEPARATOR, " ")
    said = (
        _HEAD,
        sheet.number,
        sheet.checkpoint,
        sheet.direction,
        *days,
        expected,
        clerk,
        write_serials(sheet.serials),
    )
    text = _SEPARATOR.join(said)
    return f"{text}{_SEPARATOR}{crc32(text.encode()):08x}"


def parse_payload(text: str) -> CoverSheet | None:
    """What a code's text says, or None where it is no cover sheet's or its checksum is wrong."""
    said, _, checksum = text.strip().rpartition(_SEPARATOR)
    parts = said.split(_SEPARATOR)
    if len(parts) != 9 or parts[0] != _HEAD or f"{crc32(said.encode()):08x}" != checksum:
        return None
    _, number, checkpoint, direction, first, last, expected, clerk, serials = parts
    if NUMBER.fullmatch(number) is None or direction not in ("D", "A", "") or not (expected or "0").isdecimal():
        return None
    count = int(expected) if expected else None
    known: Direction = "D" if direction == "D" else "A" if direction == "A" else ""
    try:
        ranges = parse_serials(serials)
        days = [date.fromisoformat(day) if day else None for day in (first, last)]
    except (BadInputError, ValueError):
        return None
    return CoverSheet(number, checkpoint, known, days[0], days[1], count, clerk, ranges)


def write_serials(ranges: Iterable[tuple[int, int]]) -> str:
    """Ranges of numbers as people write them: ``000001016-000001511, 000002006``."""
    return ", ".join(
        serial_number(first) if first == last else f"{serial_number(first)}-{serial_number(last)}"
        for first, last in ranges
    )


def parse_serials(text: str) -> tuple[tuple[int, int], ...]:
    """Ranges of numbers from what people write, as `write_serials`; empty text is none.

    Raises
    ------
    BadInputError
        Something is no number of a card, or a range ends before it begins.
    """
    ranges = []
    for part in filter(None, re.split(r"[,;\s]+", re.sub(r"\s*[-–—]\s*", "-", text.strip()))):
        first, _, last = part.partition("-")
        ends = (first, last or first)
        if not all(is_serial(end) for end in ends):
            raise BadInputError(f"{part} is no number of a card, nor two with a hyphen between: nine digits each.")
        if ends[0] > ends[1]:
            raise BadInputError(f"{part} ends before it begins.")
        ranges.append((int(ends[0][:8]), int(ends[1][:8])))
    return tuple(ranges)


def ranges_of(serials: Iterable[str]) -> tuple[tuple[int, int], ...]:
    """Numbers with their check digits as the fewest ranges; what is no number is left out."""
    ranges: list[tuple[int, int]] = []
    for n in sorted({int(serial[:8]) for serial in serials if is_serial(serial)}):
        if ranges and ranges[-1][1] == n - 1:
            ranges[-1] = (ranges[-1][0], n)
        else:
            ranges.append((n, n))
    return tuple(ranges)


def numbers_of(ranges: Iterable[tuple[int, int]]) -> frozenset[str]:
    """All numbers of some ranges, with their check digits."""
    return frozenset(serial_number(n) for first, last in ranges for n in range(first, last + 1))
