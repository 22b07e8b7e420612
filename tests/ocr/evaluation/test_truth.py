"""Truth files and what follows from them."""

from __future__ import annotations

from pathlib import Path

import pytest

from ocr.errors import BadInputError
from ocr.evaluation.truth import PageTruth, read_truth


def test_truth_that_is_none_is_an_error_with_the_file_s_name(tmp_path: Path) -> None:
    with pytest.raises(BadInputError, match="no truth files"):
        list(read_truth(tmp_path))
    (tmp_path / "x.json").write_text("{", "utf-8")
    with pytest.raises(BadInputError, match=r"x\.json"):
        list(read_truth(tmp_path))


@pytest.mark.parametrize(
    ("glyphs", "hand", "source"),
    [
        ("fonts", "caveat", "font caveat"),
        ("letters", "mixed-000017", "mixed letters"),
        ("letters", "comnist-4", "one writer"),
        ("", "", ""),
        ("pens", "x", "pens"),
    ],
)
def test_the_source_follows_from_glyphs_and_hand(glyphs: str, hand: str, source: str) -> None:
    assert PageTruth(scan="a", page=0, expect="read", glyphs=glyphs, hand=hand).source == source
