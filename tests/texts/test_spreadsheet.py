"""No text of ours becomes a formula."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from texts.spreadsheet import safe


@given(st.text())
def test_a_safe_text_keeps_its_words(text: str) -> None:
    assert safe(text) in (text, "'" + text)
    assert not safe(text).startswith(("=", "+", "-", "@", "\t", "\r", "\n"))
