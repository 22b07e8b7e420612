from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from ocr.evaluation.run import samples_of
from ocr.page import PageJob, PageResult
from ocr.reading import FieldReading, FieldState, LevelReading, Why
from tests.ocr.evaluation.test_score import card, page, reading, truth


def _samples(*fields: FieldReading) -> list[bool | None]:
    told = page(residence_district=truth("ВОСЕ", "TJ-KT-11"))
    result = PageResult(PageJob(Path("a.png"), "0" * 64, 0), card(*fields), 300.0, (10, 10))
    return [sample.right for sample in samples_of(told, result)]


@pytest.mark.parametrize(("value", "right"), [("TJ-KT-11", True), ("TJ-KT-12", False)])
def test_a_reading_that_a_score_decides_on_is_a_sample(value: str, right: bool) -> None:
    field = replace(reading("residence_district", "ВОСЕ", value), review=(str(Why.NOT_SURE),))
    assert _samples(field) == [right]


@pytest.mark.parametrize(("group", "right"), [("TJ-KT", True), ("TJ-SU", False)])
def test_its_group_at_a_coarser_level_is_a_sample_too_also_of_what_is_ambiguous(group: str, right: bool) -> None:
    district = replace(
        reading("residence_district", "ВОСЕ", "TJ-KT-12"), levels=(LevelReading("parent", group, 0.9, 0.9, False),)
    )
    assert _samples(district) == [False, right]
    assert _samples(replace(district, review=(str(Why.AMBIGUOUS),))) == [right]
    assert _samples(replace(district, review=(str(Why.NOT_IN_LEXICON),))) == []


def test_what_waits_at_any_score_teaches_nothing_about_thresholds() -> None:
    odd = replace(reading("residence_district", "ХЗ", "?"), review=(str(Why.NOT_IN_LEXICON), str(Why.NOT_SURE)))
    assert _samples(odd) == []
    assert _samples(reading("residence_district", "", None, FieldState.UNREAD)) == []
