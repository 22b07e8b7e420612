"""Fields and values have names that people use."""

from __future__ import annotations

import pytest

from ocr.forms.codebook import codebook
from ocr.forms.definition import load_forms
from ocr.reading import LevelReading
from review.web.labels import group_label, value_label
from tests.store.cards import form


def test_every_field_of_the_shipped_forms_has_a_name() -> None:
    names = {spec.name for form in load_forms() for spec in form.fields}
    assert names <= set(codebook().variable)


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("surname", "", "empty on the card"),
        ("surname", "?", "unreadable or not in the list"),
        ("surname", "РАҲИМЗОДА", "РАҲИМЗОДА"),
        ("birth_date", "1990-05-17", "17 May 1990"),
        ("birth_date", "17 мая", "17 мая"),
        ("purpose", "1", "работа / кор"),
        ("residence_district", "TJ-SU-01", "Khujand (TJ-SU-01)"),
        ("signature", "Y", "signed"),
    ],
)
def test_a_value_as_people_say_it(field: str, value: str, said: str) -> None:
    assert value_label(form("revised-departure").by_name[field], value, "en") == said


@pytest.mark.parametrize(
    ("field", "level", "code", "said"),
    [
        ("residence_district", "parent", "TJ-SU", "Sughd (TJ-SU)"),
        ("dest_region", "parent", "RU", "Russia (RU)"),
        ("occupation", "one_digit", "7", "Craft and related trades workers (7)"),
        ("crossing_date", "month", "2016-03", "March 2016"),
        ("birth_date", "year", "1990", "1990"),
    ],
)
def test_groups_are_said_by_their_names(field: str, level: str, code: str, said: str) -> None:
    card = form("revised-departure")
    group = LevelReading(level, code, 0.9, 0.99, True)
    assert group_label(card, card.by_name[field], group, "en") == said
