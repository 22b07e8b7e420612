"""What is calibrated together, and which target error a field has."""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import MappingProxyType

from ocr.forms.codebook import Coarser, codebook
from ocr.forms.definition import Entry, FieldKind, FieldSpec
from ocr.lexicon.lexicon import load_lexicon
from ocr.reading import FieldState

TARGET_ERRORS = tuple(sorted({variable.target_error for variable in codebook().variable.values()}))
"""The target errors that thresholds are fitted for, strictest first."""

NO_TARGET_ERRORS: Mapping[str, float] = MappingProxyType({})

_SUFFIX = {FieldState.EMPTY: " empty", FieldState.CORRECTED: " corrected"}
_FOREIGN_READERS = frozenset({"zxing"})
_MINOR = re.compile(r"(\d+)(\.\d+)+")


def target_error(spec: FieldSpec, own: Mapping[str, float] = NO_TARGET_ERRORS) -> float:
    """Largest share wrong aimed at among accepted values of a field.

    Parameters
    ----------
    own
        The target errors that the operator sets for single fields, by name; goes before everything else.
    """
    return own.get(spec.name, spec.about.target_error)


def kind_of(spec: FieldSpec, state: FieldState, level: Coarser | None = None) -> str:
    """The kind under which readings are calibrated together.

    Handwriting goes by how it is written (``comb`` or ``line``) and by what is answered (``name``, ``coded`` by a
    dictionary, or the alphabet), since each has errors of its own. Dates are one kind however they are written: the
    calendar makes their shares comparable, and their target error takes 2,140 labelled answers to prove. Empty
    zones are judged by their ink, not by their text, so what would be answered does not matter there. Corrected
    answers, and marks on printed words, which are harder to see than marks in boxes, have kinds of their own.

    Parameters
    ----------
    level
        Where it is not the value that is calibrated but its group at a coarser level.
    """
    by_level = f" by {level.value}" if level else ""
    return f"{_written(spec, state)}{_SUFFIX.get(state, '')}{by_level}"


def _written(spec: FieldSpec, state: FieldState) -> str:
    if spec.entry is not Entry.HAND:
        return f"{spec.entry.value} {spec.kind.value}"
    if spec.kind.is_text:
        way = "comb" if spec.cells else "line"
        if state is FieldState.EMPTY:
            return way
        return "hand date" if spec.kind is FieldKind.DATE else f"{way} {_answer(spec)}"
    return "word" if spec.options and spec.options[0].style == "word" else spec.kind.value


def _answer(spec: FieldSpec) -> str:
    if spec.lexicon is None:
        return spec.alphabet or "text"
    return "name" if _is_name(spec) else "coded"


def _is_name(spec: FieldSpec) -> bool:
    return spec.lexicon is not None and load_lexicon(spec.lexicon).is_open


def measured_version(reader: str, version: str) -> str:
    """The part of a reader's version that a calibration holds for.

    Readers that come with this package, and their models, are compared to the letter. ZXing is installed by the
    machine's owner and differs in the last digits from one machine to the next; of it only the major version counts,
    and the audit watches over the rest.
    """
    return _MINOR.sub(r"\1", version) if reader in _FOREIGN_READERS else version
