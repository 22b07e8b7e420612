"""When two values of a field are the same."""

from __future__ import annotations

from ocr.forms.definition import FieldKind, FieldSpec


def canonical(spec: FieldSpec, value: str) -> str:
    """A value in the one form in which it is compared.

    Case, the order of several marks, zeros before a number (it is kept as a number) and whether a passport's А is
    Cyrillic or Latin do not count; zeros before a passport's digits do.
    """
    text = "|".join(sorted(value.upper().split("|")))
    if spec.alphabet == "passport":
        return text.replace("А", "A")
    is_number = spec.kind is FieldKind.DIGITS and spec.alphabet == "digits" and text.isdecimal()
    return text.lstrip("0") or "0" if is_number else text
