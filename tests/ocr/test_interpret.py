"""From raw readings to field readings: order of decoding, reasons for review, rules."""

from __future__ import annotations

from datetime import date

import pytest

from ocr.confidence.calibration import Uncalibrated, Verdict
from ocr.extract.reader import Raw
from ocr.form import FieldKind, FieldSpec, Form, load_forms
from ocr.interpret import Seen, interpret
from ocr.reading import FieldReading, FieldState

TODAY = date(2026, 11, 22)
QUAD = ((0.0, 0.0), (1.0, 0.0), (1.0, 1.0), (0.0, 1.0))


class Trusting:
    """Accepts every score."""

    def judge(self, reader: str, spec: FieldSpec, state: FieldState, score: float) -> Verdict:
        return Verdict(score, True)


@pytest.fixture
def form() -> Form:
    return next(form for form in load_forms() if form.id == "revised-departure")


def read(form: Form, judge: Trusting | Uncalibrated, **texts: str) -> tuple[dict[str, FieldReading], tuple[str, ...]]:
    """Interpret a card on which only some fields are filled in."""
    seen = []
    for spec in form.fields:
        text = texts.get(spec.name, "")
        raw = Raw(FieldState.READ, text, 0.99) if text else Raw(FieldState.EMPTY, "", 0.99)
        seen.append(Seen(spec, raw, "reader", "1", QUAD))
    fields, broken = interpret(form, seen, judge, TODAY)
    assert [field.field for field in fields] == [spec.name for spec in form.fields]
    return {field.field: field for field in fields}, broken


def test_names_of_places_depend_on_the_date_of_crossing(form: Form) -> None:
    region = {"residence_region": "TJ-KT", "residence_district": "БОХТАР"}
    before, _ = read(form, Trusting(), crossing_date="14.03.2012", **region)
    after, _ = read(form, Trusting(), crossing_date="14.03.2022", **region)
    assert before["residence_district"].value == "TJ-KT-06"
    assert after["residence_district"].value == "TJ-KT-01"


def test_a_required_field_left_empty_goes_to_a_person(form: Form) -> None:
    fields, _ = read(form, Trusting())
    assert fields["sex"].review == ("required_empty",)
    assert fields["education"].accepted
    assert fields["education"].value == ""


def test_nothing_uncalibrated_is_accepted(form: Form) -> None:
    fields, _ = read(form, Uncalibrated(), sex="M", surname="КАРИМОВ")
    assert "not_sure" in fields["sex"].review
    assert not any(field.accepted for field in fields.values())


def test_several_marks_go_to_a_person_however_sure(form: Form) -> None:
    fields, _ = read(form, Trusting(), purpose="1|2")
    assert fields["purpose"].review == ("several_marks",)


def test_a_value_in_no_dictionary_goes_to_a_person(form: Form) -> None:
    fields, _ = read(form, Trusting(), occupation="ЩЪЫЬЭЖ")
    assert fields["occupation"].value == "?"
    assert "not_in_lexicon" in fields["occupation"].review


def test_a_broken_rule_names_its_fields(form: Form) -> None:
    fields, broken = read(form, Trusting(), residence_region="TJ-SU", residence_district="КУЛЯБ")
    assert "district_in_region" in broken
    assert "rule:district_in_region" in fields["residence_region"].review
    assert "rule:district_in_region" in fields["residence_district"].review


def test_a_written_country_narrows_the_region_beside_the_mark_other(form: Form) -> None:
    country = {"dest_country": "OTHER", "dest_country_other": "КИРГИЗИЯ"}
    fields, _ = read(form, Trusting(), dest_region="БИШКЕК", **country)
    assert fields["dest_country_other"].value == "KG"
    assert (fields["dest_region"].value or "").startswith("KG")


def test_an_unread_field_has_no_value(form: Form) -> None:
    seen = [Seen(spec, Raw(FieldState.UNREAD, "", 0.0), "reader", "1", QUAD) for spec in form.fields]
    fields, _ = interpret(form, seen, Trusting(), TODAY)
    assert all(field.value is None and field.review == ("no_reader",) for field in fields)
    assert any(spec.kind is FieldKind.BARCODE for spec in form.fields)
