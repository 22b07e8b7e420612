"""When two values of a field are the same."""

from __future__ import annotations

from ocr.forms.definition import FieldSpec


def canonical(spec: FieldSpec, value: str) -> str:
    """A value in the one form in which it is compared.

    Case, spaces beside spaces, the order of several marks, zeros before a quantity and whether a passport's А is
    Cyrillic or Latin do not count; zeros before any other digits do.
    """
    text = "|".join(sorted(" ".join(value.upper().split()).split("|")))
    if spec.alphabet == "passport":
        return text.replace("А", "A")
    return text.lstrip("0") or "0" if spec.quantity and text.isdecimal() else text
