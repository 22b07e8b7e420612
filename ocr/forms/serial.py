"""Serial numbers of cards: eight digits and a check digit, and the text inside the QR code."""

from __future__ import annotations

import re
from dataclasses import dataclass

_PAYLOAD = re.compile(r"MC1:([A-Z0-9]{2}):([0-9A-Za-z.\-]+):([0-9]{9})")


def check_digit(digits: str) -> str:
    """Luhn's check digit (ISO/IEC 7812-1): finds every single wrong digit and most transpositions."""
    total = 0
    for i, c in enumerate(reversed(digits)):
        n = int(c) * (2 if i % 2 == 0 else 1)
        total += n - 9 if n > 9 else n
    return str(-total % 10)


def serial_number(n: int) -> str:
    """The printed serial of card `n`: eight digits and the check digit.

    Raises
    ------
    ValueError
        `n` is not between 1 and 99,999,999.
    """
    if not 1 <= n <= 99_999_999:
        raise ValueError(f"{n} is no serial number: they run from 1 to 99999999")
    digits = f"{n:08d}"
    return digits + check_digit(digits)


def is_serial(text: str) -> bool:
    """Whether the text is a serial number with the right check digit."""
    return re.fullmatch(r"[0-9]{9}", text) is not None and check_digit(text[:8]) == text[8]


@dataclass(frozen=True)
class CardCode:
    """What a card's QR code says."""

    form_code: str
    version: str
    serial: str


def qr_payload(form_code: str, version: str, serial: str) -> str:
    """Text of the QR code."""
    return f"MC1:{form_code}:{version}:{serial}"


def parse_payload(text: str) -> CardCode | None:
    """What a barcode's text says, or None when it is not one of ours or its check digit is wrong."""
    match = _PAYLOAD.fullmatch(text.strip())
    if match is None or not is_serial(match[3]):
        return None
    return CardCode(match[1], match[2], match[3])
