from __future__ import annotations

import pytest

from ocr.errors import BadInputError
from ocr.lexicon.alphabets import mask


@pytest.mark.parametrize(
    ("text", "name", "kept"),
    [
        ("Қӯрғон-теппа 5!", "cyrillic", "Қӯрғон-теппа"),
        ("12 О3!", "digits", "1203"),
        ("РOГYН 3", "cyrillic", "РОГУН З"),
        ("ТАДЖИК", "latin", "TAK"),
        ("Р123", "passport", "P123"),
        ("14.03.2026 г", "date", "14032026"),
        ("А 123|45", "passport", "A12345"),
        ("ab-12/34", "code", "ab-1234"),
        ("Rahimov дж", "latin", "Rahimov"),
    ],
)
def test_mask_keeps_what_may_occur(text: str, name: str, kept: str) -> None:
    assert mask(text, name) == kept


def test_unknown_alphabet_is_refused() -> None:
    with pytest.raises(BadInputError, match="'runes'"):
        mask("x", "runes")
