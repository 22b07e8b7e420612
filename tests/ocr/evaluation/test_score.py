"""One reading against its truth."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from ocr.confidence.values import canonical
from ocr.evaluation.fields import group_of
from ocr.evaluation.report import tables
from ocr.evaluation.score import score_field, score_page
from ocr.evaluation.summary import summarise
from ocr.evaluation.truth import FieldTruth, PageTruth
from ocr.forms.definition import FieldSpec, Form, load_forms
from ocr.reading import CardReading, FieldReading, FieldState, Refusal, Refused
from ocr.scan import ScanId

TODAY = date(2026, 1, 1)

FORMS: dict[str, Form] = {form.id: form for form in load_forms()}
FORM = FORMS["revised-departure"]
QUAD = ((0.0, 0.0), (100.0, 0.0), (100.0, 10.0), (0.0, 10.0))


def spec(name: str, form: str = "revised-departure") -> FieldSpec:
    return FORMS[form].by_name[name]


def reading(name: str, raw: str, value: str | None, state: FieldState = FieldState.READ) -> FieldReading:
    return FieldReading(
        field=name, state=state, raw=raw, candidates=(), value=value, score=0.5, probability=0.8, review=(), quad=QUAD,
        reader="test", reader_version="1",
    )  # fmt: skip


def truth(written: str, value: str, struck: str = "") -> FieldTruth:
    return FieldTruth(written=written, value=value, state="filled", struck=struck, quad=QUAD)


def card(*fields: FieldReading, rotation: int = 0) -> CardReading:
    return CardReading(ScanId("0", 0), FORM.id, FORM.version, "D", None, rotation, 0.1, fields, ())


def page(**fields: FieldTruth) -> PageTruth:
    return PageTruth(scan="a.jpg", page=0, expect="read", form=FORM.id, glyphs="fonts", hand="caveat", fields=fields)


@pytest.mark.parametrize(
    ("name", "form", "one", "other", "same"),
    [
        ("sex", "revised-departure", "B|A", "a|b", True),
        ("sex", "revised-departure", "", "A", False),
        ("stay_months", "revised-return", "08", "8", True),
        ("stay_months", "revised-return", "00", "0", True),
        ("stay_months", "revised-return", "80", "8", False),
        ("document_no", "revised-departure", "А1234567", "A1234567", True),
        ("document_no", "revised-departure", "012345678", "12345678", False),
        ("surname", "revised-departure", "Каримов", "КАРИМОВ", True),
        ("surname", "revised-departure", "ҲАСАН", "ХАСАН", False),
    ],
)
def test_values_are_compared_by_what_is_kept_of_them(name: str, form: str, one: str, other: str, same: bool) -> None:
    assert (canonical(spec(name, form), one) == canonical(spec(name, form), other)) is same


def test_groups_say_what_is_written_by_hand() -> None:
    names = ("surname", "residence_district", "birth_date", "document_no", "sex", "checkpoint", "card_no")
    assert [group_of(spec(name)) for name in names] == ["names", "districts", "dates", "passport", "", "", ""]
    assert group_of(spec("stay_months", "revised-return")) == "digits"


def test_a_field_keeps_what_tables_need() -> None:
    seen = reading("occupation", "ПОБАР", "5120")
    found = score_field(page(occupation=truth("Повар", "5120", "ПА")), spec("occupation"), seen, "5120", "")
    assert (found.right, found.read, found.accepted) == (True, True, True)
    assert (found.group, found.style, found.coded, found.source, found.struck) == (
        "occupations", "comb", True, "font caveat", "ПА",
    )  # fmt: skip
    assert (found.errors, found.length) == (1, 5)
    assert found.beside == ""
    assert found.offsets_mm == (0, 0, 0, 0)


def test_an_unread_field_is_neither_read_nor_right() -> None:
    seen = reading("occupation", "", None, FieldState.UNREAD)
    found = score_field(page(occupation=truth("", "")), spec("occupation"), seen, "", None)
    assert (found.read, found.right, found.beside) == (False, False, None)


def test_printed_and_stamped_fields_have_kinds_of_their_own() -> None:
    kinds = {
        name: score_field(page(**{name: truth("1", "1")}), spec(name, form), reading(name, "1", "1"), "", None).kind
        for name, form in (("card_no", "card-2008"), ("checkpoint", "card-2008"), ("surname", "card-2008"))
    }
    assert kinds == {"card_no": "printed", "checkpoint": "stamp", "surname": "line"}


def test_a_page_s_fields_are_decoded_from_what_was_written() -> None:
    seen = card(*(reading(s.name, "", "", FieldState.EMPTY) for s in FORM.fields), rotation=180)
    known = page(residence_district=truth("ЯВОН", "TJ-KT-10"), surname=truth("Каримов", "КАРИМОВ"))
    found = score_page(known, seen, FORMS, beside={"surname": "КАРИМОВ"}, today=TODAY)
    by_name = {field.field: field for field in found.fields}
    assert set(by_name) == {"residence_district", "surname"}
    assert by_name["residence_district"].decoded == "TJ-KT-10"
    assert by_name["surname"].decoded == "КАРИМОВ"
    assert (by_name["surname"].beside, by_name["residence_district"].beside) == ("КАРИМОВ", "")
    assert not any(field.right for field in found.fields)
    assert (found.right_form, found.right_rotation) == (True, False)


def test_fields_of_another_form_or_of_a_refused_page_do_not_count() -> None:
    known = page(surname=truth("Каримов", "КАРИМОВ"))
    wrong = score_page(known, replace(card(), form="card-2008"), FORMS, today=TODAY)
    assert (wrong.right_form, wrong.fields, wrong.offset_mm) == (False, (), float("inf"))
    refused = score_page(known, Refused(ScanId("0", 0), Refusal.BLURRED, ""), FORMS, today=TODAY)
    assert (refused.outcome, refused.fields) == ("blurred", ())


def test_typed_values_are_truth_enough() -> None:
    typed = PageTruth.model_validate(
        {"scan": "a.png", "form": FORM.id, "fields": {"document_no": "A1234567", "occupation": "5120", "sex": ""}}
    )
    seen = card(
        reading("document_no", "A1234568", "A1234568"), reading("occupation", "ПОВАР", "5120"),
        reading("sex", "", "", FieldState.EMPTY),
        *(reading(s.name, "", "", FieldState.EMPTY) for s in FORM.fields if s.name not in typed.fields),
    )  # fmt: skip
    found = score_page(typed, seen, FORMS, today=TODAY)
    number, trade, sex = (next(f for f in found.fields if f.field == name) for name in typed.fields)
    assert (found.offset_mm, number.offsets_mm) == (None, ())
    assert (number.right, number.errors, number.length, number.decoded) == (False, 1, 8, "A1234567")
    assert (trade.right, trade.decoded, trade.errors, trade.length) == (
        True,
        None,
        0,
        0,
    )  # how it was written is unknown
    assert (trade.state, sex.state, sex.right) == ("filled", "empty", True)


def test_figures_about_places_are_left_out_where_nobody_knows_them() -> None:
    seen = card(*(reading(s.name, "", "", FieldState.EMPTY) for s in FORM.fields))
    known = page(surname=truth("Каримов", "КАРИМОВ"))
    typed = PageTruth.model_validate({"scan": "a.png", "form": FORM.id, "fields": {"surname": "КАРИМОВ"}})
    shown = {
        name: [row[0] for row in tables(summarise([score_page(of, seen, FORMS, today=TODAY) for of in pages]))[0].rows]
        for name, pages in {"known": [known], "typed": [typed], "both": [known, typed]}.items()
    }
    about = {row for row in shown["known"] if "mm" in row}
    assert len(about) == 5
    assert about <= set(shown["both"]) and not about & set(shown["typed"])
    assert summarise([score_page(of, seen, FORMS, today=TODAY) for of in (known, typed)]).registered.located == 1
