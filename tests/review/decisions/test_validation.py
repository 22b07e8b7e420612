"""What a person may key in fields of forms that are not ours."""

from __future__ import annotations

import pytest

from ocr.errors import BadInputError
from ocr.forms.definition import FieldSpec
from review.decisions.validation import checked


def spec(**keys: object) -> FieldSpec:
    return FieldSpec.model_validate({"name": "a", "kind": "line", "box": [0, 0, 50, 8], "label_ru": ""} | keys)


@pytest.mark.parametrize(
    "alphabet, keyed, kept",
    [
        ("text", "ул. Айни, 5", None),
        ("text", "ул. Айни  5", "УЛ. АЙНИ 5"),
        ("code", "ab-04", "AB-04"),
        ("code", "аб", None),
        ("latin", "Smith", "SMITH"),
        ("cyrillic", "Сада 4", None),
    ],
)
def test_free_text_is_kept_as_text_of_its_alphabet(alphabet: str, keyed: str, kept: str | None) -> None:
    field = spec(alphabet=alphabet)
    if kept is not None:
        assert checked(field, keyed) == kept
        return
    with pytest.raises(BadInputError, match=f"has other signs than the alphabet {alphabet}"):
        checked(field, keyed)


@pytest.mark.parametrize("kind", ["digits", "comb"])
def test_digits_keep_their_zeros_unless_they_are_a_quantity(kind: str) -> None:
    field = spec(kind=kind, cells=5, alphabet="digits")
    assert checked(field, "00420") == "00420"
    assert checked(field.model_copy(update={"quantity": True}), "00420") == "420"
    with pytest.raises(BadInputError, match="other signs than digits"):
        checked(field, "٤٢")
