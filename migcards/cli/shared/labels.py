"""Codes with their names, for people."""

from __future__ import annotations

from ocr.forms.definition import FieldSpec
from ocr.lexicon.lexicon import label
from texts import Language


def with_label(spec: FieldSpec, value: str, language: Language) -> str:
    """A value with the name of its code, as in ``7112 каменщик``; several marked codes are joined by ``|``.

    Codes that no dictionary names, on a country's own form perhaps, have the words printed beside the box.
    """
    return " | ".join(_one(spec, code, language) for code in value.split("|"))


def _one(spec: FieldSpec, code: str, language: Language) -> str:
    dictionary = spec.lexicon or spec.about.dictionary
    name = label(dictionary, code, language) if dictionary else code
    if name == code:
        name = next((option.label for option in spec.options if option.code == code), code)
    return code if name == code else f"{code} {name}"
