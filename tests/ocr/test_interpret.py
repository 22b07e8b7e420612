"""From raw readings to field readings: order of decoding, reasons for review, rules."""

from __future__ import annotations

from datetime import date

import pytest

from ocr.confidence.acceptance import Acceptance, Uncalibrated
from ocr.extract.reader import Raw
from ocr.forms.codebook import Coarser
from ocr.forms.definition import FieldKind, FieldSpec, Form, load_forms
from ocr.interpret import ZoneReading, interpret
from ocr.lexicon.posteriors import CharPosteriors
from ocr.reading import FieldReading, FieldState
from tests.ocr.lexicon.written import between, comb, line

TODAY = date(2026, 11, 22)
QUAD = ((0.0, 0.0), (1.0, 0.0), (1.0, 1.0), (0.0, 1.0))


class Trusting:
    """Accepts every score."""

    def assess(
        self, reader: str, version: str, spec: FieldSpec, state: FieldState, score: float, level: Coarser | None = None
    ) -> Acceptance:
        return Acceptance(score, True)

    def knows(self, look: tuple[float, ...] | None) -> bool:
        return True


@pytest.fixture
def form() -> Form:
    return next(form for form in load_forms() if form.id == "revised-departure")


def raw_of(filled: str | CharPosteriors) -> Raw:
    """A raw reading of a text, or of the probabilities of its characters."""
    if isinstance(filled, CharPosteriors):
        return Raw(FieldState.READ, "as read", 0.99, posteriors=filled)
    return Raw(FieldState.READ, filled, 0.99) if filled else Raw(FieldState.EMPTY, "", 0.99)


def read(
    form: Form, acceptor: Trusting | Uncalibrated, **filled: str | CharPosteriors
) -> tuple[dict[str, FieldReading], tuple[str, ...]]:
    """Interpret a card on which only some fields are filled in."""
    seen = []
    for spec in form.fields:
        raw = raw_of(filled.get(spec.name, ""))
        seen.append(ZoneReading(spec, raw, "reader", "1", QUAD))
    fields, broken = interpret(form, seen, acceptor, TODAY)
    assert [field.field for field in fields] == [spec.name for spec in form.fields]
    return {field.field: field for field in fields}, broken


def test_names_of_places_depend_on_the_date_of_crossing(form: Form) -> None:
    region = {"residence_region": "TJ-KT", "residence_district": "БОХТАР"}
    before, _ = read(form, Trusting(), crossing_date="14.03.2012", **region)
    after, _ = read(form, Trusting(), crossing_date="14.03.2022", **region)
    assert before["residence_district"].value == "TJ-KT-06"
    assert after["residence_district"].value == "TJ-KT-01"


def test_a_doubtful_date_of_crossing_settles_no_meaning(form: Form) -> None:
    district = comb("БОХТАР", 18)
    fields, _ = read(form, Uncalibrated(), crossing_date="14.03.2022", residence_district=district)
    first, second = fields["residence_district"].candidates[:2]
    assert {first.value, second.value} == {"TJ-KT-01", "TJ-KT-06"}
    assert first.probability < 0.9
    assert "ambiguous" in fields["residence_district"].review


def test_what_is_spread_over_values_of_one_group_says_the_group(form: Form) -> None:
    district = comb("БОХТАР", 18)
    fields, _ = read(form, Uncalibrated(), crossing_date="14.03.2022", residence_district=district)
    (level,) = fields["residence_district"].levels
    assert (level.level, level.code, level.accepted) == ("parent", "TJ-KT", False)
    first, second = fields["residence_district"].candidates[:2]
    assert level.score >= 0.99 * (first.probability + second.probability) > fields["residence_district"].score
    assert [(one.level, one.code) for one in fields["crossing_date"].levels] == [("month", "2022-03"), ("year", "2022")]
    assert fields["sex"].levels == fields["surname"].levels == fields["occupation"].levels == ()


def test_a_group_that_is_sure_stands_where_its_value_is_ambiguous(form: Form) -> None:
    fields, _ = read(form, Trusting(), residence_district=comb("БОХТАР", 18))
    district = fields["residence_district"]
    assert district.review == ("ambiguous",)
    assert district.settled == district.levels[0]


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
    seen = [ZoneReading(spec, Raw(FieldState.UNREAD, "", 0.0), "reader", "1", QUAD) for spec in form.fields]
    fields, _ = interpret(form, seen, Trusting(), TODAY)
    assert all(field.value is None and field.review == ("no_reader",) for field in fields)
    assert any(spec.kind is FieldKind.BARCODE for spec in form.fields)


def test_a_doubtful_mark_without_a_code_is_called_doubtful(form: Form) -> None:
    seen = [ZoneReading(spec, Raw(FieldState.DOUBTFUL, "", 0.4), "reader", "1", QUAD) for spec in form.fields]
    fields, _ = interpret(form, seen, Trusting(), TODAY)
    assert all(field.value is None and field.review == ("doubtful_mark",) for field in fields)


@pytest.mark.parametrize(("sex", "name"), [("M", "РУСТАМОВИЧ"), ("F", "РУСТАМОВНА")])
def test_sex_decides_between_endings_of_a_handwritten_name(form: Form, sex: str, name: str) -> None:
    fields, broken = read(form, Trusting(), sex=sex, patronymic=between("РУСТАМОВИЧ", "РУСТАМОВНА", 0.5))
    assert fields["patronymic"].value == name
    assert broken == ()


def test_a_name_that_the_list_puts_in_place_of_clear_writing_goes_to_a_person(form: Form) -> None:
    for share, review in ((0.4, ()), (0.004, ("overruled",))):
        steps = between("РАХЫМОВ", "РАХИМОВ", share)
        seen = [ZoneReading(form.by_name["surname"], Raw(FieldState.READ, "РАХЫМОВ", 1.0, steps), "reader", "1", QUAD)]
        seen += [
            ZoneReading(s, Raw(FieldState.EMPTY, "", 1.0), "reader", "1", QUAD)
            for s in form.fields
            if s.name != "surname"
        ]
        surname = next(f for f in interpret(form, seen, Trusting(), TODAY)[0] if f.field == "surname")
        assert (surname.value, surname.review) == ("РАХИМОВ", review)


def test_a_name_in_boxes_that_is_usual_with_a_mark_and_without_goes_to_a_person(form: Form) -> None:
    for name, review in (("ФИРУЗ", ("ambiguous",)), ("ФИРӮЗ", ()), ("КАРИМ", ())):
        fields, _ = read(form, Trusting(), given_name=comb(name, 16))
        assert (fields["given_name"].value, fields["given_name"].review) == (name, review)


def test_the_region_decides_between_handwritten_districts(form: Form) -> None:
    for region, code in (("TJ-SU", "TJ-SU-03"), ("TJ-KT", "TJ-KT-07")):
        fields, _ = read(form, Trusting(), residence_region=region, residence_district=comb("ЗАРНИСОР", 18))
        assert fields["residence_district"].value == code


def test_handwritten_country_narrows_the_handwritten_region(form: Form) -> None:
    other = comb("КИРГИЗИЯ", 11)
    fields, _ = read(form, Trusting(), dest_country="OTHER", dest_country_other=other, dest_region=comb("БИШКЕК", 18))
    assert fields["dest_country_other"].value == "KG"
    assert (fields["dest_region"].value or "").startswith("KG")


@pytest.mark.parametrize(("crossed", "born"), [("14.03.2000", "1938-03-14"), ("14.03.2020", "1958-03-14")])
def test_age_at_the_crossing_counts_for_a_handwritten_date_of_birth(form: Form, crossed: str, born: str) -> None:
    steps = between("14031938", "14031958", 0.2)
    fields, _ = read(form, Trusting(), crossing_date=crossed, birth_date=steps)
    assert fields["birth_date"].value == born


def test_no_crossing_is_expected_before_the_form_was_in_use(form: Form) -> None:
    for share, crossed in ((0.4, "2016-03-14"), (0.02, "2010-03-14")):
        fields, _ = read(form, Trusting(), crossing_date=between("14.03.2010", "14.03.2016", share))
        assert fields["crossing_date"].value == crossed


def test_each_kind_of_handwriting_has_its_grammar(form: Form) -> None:
    texts = {
        "surname": "РАҲИМОВ",
        "birth_date": "31061985",
        "document_no": "А12345678",
        "occupation": "СВАРЩИК",
    }
    fields, _ = read(form, Trusting(), **{name: comb(text, len(text)) for name, text in texts.items()})
    assert fields["surname"].value == "РАҲИМОВ"
    assert fields["birth_date"].value == "?"
    assert "not_in_lexicon" in fields["birth_date"].review
    assert fields["document_no"].value == "A12345678"
    assert fields["occupation"].value == "7212"
    assert fields["occupation"].probability == pytest.approx(0.99 * fields["occupation"].candidates[0].probability)


def foreign(**keys: object) -> Form:
    """A form with one field."""
    field = {"name": "a", "kind": "line", "box": [5, 5, 50, 8], "label_ru": ""} | keys
    heads = {"id": "x", "version": "1", "code": "XX", "title_ru": "", "valid_from": "2020-01-01", "size": [80, 60]}
    return Form.model_validate(heads | {"fields": [field]})


@pytest.mark.parametrize("steps", [True, False], ids=["handwriting", "type"])
@pytest.mark.parametrize(
    "alphabet, text",
    [("code", "AB-04"), ("latin", "SMITH"), ("text", "АЙНИ 5"), ("cyrillic", "САДА"), ("digits", "0042")],
)
def test_text_without_a_dictionary_is_its_own_value(alphabet: str, text: str, steps: bool) -> None:
    fields, _ = read(foreign(alphabet=alphabet), Trusting(), a=line(text) if steps else text)
    assert (fields["a"].value, fields["a"].review) == (text, ())


def test_a_quantity_is_a_number() -> None:
    fields, _ = read(foreign(alphabet="digits", quantity=True), Trusting(), a=line("06"))
    assert fields["a"].value == "6"


def test_a_form_of_no_direction_asks_whatever_it_likes() -> None:
    form = foreign(name="return_reason", kind="line", alphabet="text")
    _, broken = read(form, Trusting(), return_reason="ДОМОЙ")
    assert broken == ()
