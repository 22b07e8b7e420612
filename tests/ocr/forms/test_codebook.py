"""What the codebook says is sound, stands nowhere else, and may be added to."""

from __future__ import annotations

from pathlib import Path

import pytest

from ocr.confidence.kinds import target_error
from ocr.errors import BadFormError
from ocr.forms.codebook import Role, VariableKind, codebook, own_variables
from ocr.forms.definition import FORMS_DIR, FieldSpec, Form, load_form, load_forms
from ocr.lexicon.lexicon import load_lexicon
from store.record_values import own_values, record_values
from store.tables import Record
from tests.field_names import field_names, naming_modules

ROOT = Path(__file__).parents[3]
LABEL = 'label = { ru = "р", tg = "т", en = "e" }'
OWN_DATE = f"""
[variable.border_day]
kind = "statistical"
{LABEL}
role = "crossing_date"
column = "crossing_date"
rank = 0
"""


def office(folder: Path, codebook_text: str, *, old: str = "", new: str = "") -> Form:
    """The departure card as an office's own, with one word changed."""
    text = (FORMS_DIR / "revised-departure.toml").read_text("utf-8")
    assert old in text
    (folder / "own.toml").write_text(text.replace(old, new) if old else text, "utf-8")
    (folder / "codebook.toml").write_text(codebook_text, "utf-8")
    return load_form(folder / "own.toml")


def test_no_module_names_fields() -> None:
    assert naming_modules(ROOT, field_names()) == {}


def test_a_module_that_names_fields_is_found(tmp_path: Path) -> None:
    (tmp_path / "ocr").mkdir()
    (tmp_path / "ocr" / "rules.py").write_text('ONLY_ON = {"D": ("purpose", "dest_country")}\n')
    assert naming_modules(tmp_path, field_names()) == {"ocr/rules.py": ["purpose", "dest_country"]}


def test_every_field_of_the_shipped_forms_is_described_and_nothing_else() -> None:
    fields = {spec.name for form in load_forms() for spec in form.fields}
    assert fields == set(codebook().variable)
    roles = {spec.role for form in load_forms() for spec in form.fields} - {None}
    assert roles == set(Role)


def test_columns_and_dictionaries_exist() -> None:
    for variable in codebook().variable.values():
        assert variable.column is None or variable.column in Record.__table__.c
        assert variable.column is None or variable.kind is VariableKind.STATISTICAL
        assert variable.dictionary is None or load_lexicon(variable.dictionary).entries
    for name, dimension in codebook().dimension.items():
        assert (dimension.column or name) in Record.__table__.c
        if dimension.dictionary and not dimension.digits:
            assert {*dimension.codes} - {*dimension.words} <= set(load_lexicon(dimension.dictionary).entries)


def test_a_form_cannot_take_back_that_something_identifies_people() -> None:
    for spec in (spec for form in load_forms() for spec in form.fields):
        assert spec.personal == (spec.about.kind is VariableKind.PERSONAL)
        again = FieldSpec.model_validate(spec.model_dump() | {"personal": False})
        assert again.personal == spec.personal


def test_a_field_that_no_codebook_describes_says_itself_what_it_is() -> None:
    spec = load_forms()[0].fields[0].model_dump() | {"name": "of_ones_own", "label_ru": "Свой", "label_tg": "Худӣ"}
    kinds = {
        (personal, published): FieldSpec.model_validate(spec | {"personal": personal, "published": published}).about
        for personal in (True, False)
        for published in (True, False)
    }
    assert [kinds[key].kind for key in ((True, True), (False, True), (False, False))] == [
        VariableKind.PERSONAL,
        VariableKind.STATISTICAL,
        VariableKind.CONTROL,
    ]
    assert [kinds[False, True].label.of(language) for language in ("ru", "tg", "en")] == ["Свой", "Худӣ", "of_ones_own"]


def test_an_offices_own_name_of_a_role_is_as_good_as_ours(tmp_path: Path) -> None:
    form = office(tmp_path, OWN_DATE, old='name = "crossing_date"', new='name = "border_day"')
    spec = form.by_role[Role.CROSSING_DATE]
    assert (spec.name, spec.about.rank, target_error(spec)) == ("border_day", 0, 0.003)
    values: dict[str, str | None] = dict.fromkeys(form.by_name, "") | {
        "border_day": "2016-03-04",
        "birth_date": "1990-05-17",
    }
    record = record_values(form, values, {})
    assert (str(record["crossing_date"]), record["age"]) == ("2016-03-04", 25)
    assert own_values(form, values, {}) == {}
    assert Form.model_validate_json(form.model_dump_json()).by_role[Role.CROSSING_DATE].name == "border_day"


def test_two_fields_of_one_role_are_a_fault(tmp_path: Path) -> None:
    both = (
        OWN_DATE.replace("border_day", "signed")
        .replace("crossing_date", "birth_date", 1)
        .replace('column = "crossing_date"\n', "")
    )
    with pytest.raises(BadFormError, match="the same role as"):
        office(tmp_path, both, old='name = "signature"', new='name = "signed"')


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        (f"[variable.surname]\nkind = 'control'\n{LABEL}", "surname: the package describes it already"),
        (f"[variable.x]\nkind = 'statistical'\n{LABEL}\ncolumn = 'wages'", "the record has no column wages"),
        (f"[variable.x]\nkind = 'personal'\n{LABEL}\ncolumn = 'sex'", "only statistical variables enter the record"),
        (f"[variable.x]\nkind = 'secret'\n{LABEL}", "variable.x.kind"),
        ("[variable.x]\nkind = 'control'", "variable.x.label"),
        (f"[variable.x]\nkind = 'control'\n{LABEL}\nrang = 1", "variable.x.rang"),
        ("[variable.x", "codebook.toml"),
    ],
)
def test_a_faulty_codebook_is_named(tmp_path: Path, text: str, fault: str) -> None:
    with pytest.raises(BadFormError, match=fault):
        office(tmp_path, text)


def test_an_office_without_a_codebook_adds_nothing(tmp_path: Path) -> None:
    assert own_variables(tmp_path) == {}
