"""Letters taken for others, on words aligned by hand."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rapidfuzz.distance import Levenshtein

from ocr.evaluation.confusions import Confusion, confusions, slips_of
from tests.ocr.evaluation.scores import score, tick


@pytest.mark.parametrize(
    ("written", "read", "slips"),
    [
        ("ПОВАР", "ПОБАР", [("В", "Б")]),
        ("ПОВАР", "ПОАР", [("В", "")]),
        ("ПОВАР", "ПОВВАР", [("", "В")]),
        ("ПОВАР", "ПОВАР", []),
    ],
)
def test_slips_are_swaps_losses_and_additions(written: str, read: str, slips: list[tuple[str, str]]) -> None:
    assert list(slips_of(written, read)) == slips


@given(st.text("АБВГ", max_size=8), st.text("АБВГ", max_size=8))
def test_there_are_as_few_slips_as_possible(written: str, read: str) -> None:
    found = list(slips_of(written, read))
    assert len(found) == Levenshtein.distance(written, read)
    assert len(read) - len(written) == sum(not a for a, _ in found) - sum(not b for _, b in found)


def test_slips_are_counted_by_style_against_the_letters_written() -> None:
    fields = [
        score(written="ПОВАР", raw="побар"),
        score(written="ВОДИТЕЛЬ", raw="Б ОДИТЕЛЬЬ"),
        score(written="ВРАЧ", raw="БРАЧ", style="line"),
        score(written="ПОВАР", raw=""),
        tick(True, True),
    ]
    assert confusions(fields) == (
        Confusion("comb", "В", "Б", 2, 2),
        Confusion("comb", "", "Ь", 1, 13),
        Confusion("line", "В", "Б", 1, 1),
    )
