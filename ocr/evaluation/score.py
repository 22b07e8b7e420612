"""Compare one reading with its truth."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from rapidfuzz.distance import Levenshtein

from ocr.evaluation.truth import FieldTruth, PageTruth
from ocr.form import FieldSpec, Form
from ocr.reading import CardReading, FieldReading, FieldState, Refused


@dataclass(frozen=True)
class FieldScore:
    """One field held against its truth.

    Attributes
    ----------
    kind
        Kind of field; ``stamp`` for what a rubber stamp says.
    read
        Whether the machine has a value at all.
    right
        Whether that value is the true one.
    errors, length
        Edit operations between the raw text and what was written, and the written text's length (for CER).
    boxes, wrong_boxes
        For mark fields: options, and those whose mark was seen differently.
    offsets_mm
        Distances between the zone's corners and where they truly lie.
    """

    field: str
    kind: str
    state: str
    read: bool
    right: bool
    accepted: bool
    probability: float
    errors: int
    length: int
    boxes: int
    wrong_boxes: int
    offsets_mm: tuple[float, ...]


@dataclass(frozen=True)
class PageScore:
    """One page held against its truth.

    `outcome` is ``read`` or the refusal's reason; `offset_mm` the mean distance of its zones' corners from the truth.
    """

    scan: str
    page: int
    expect: str
    outcome: str
    form: str | None
    right_form: bool
    right_rotation: bool
    offset_mm: float
    residual_mm: float
    faults: tuple[str, ...]
    hand: str
    fields: tuple[FieldScore, ...]


def score_page(truth: PageTruth, outcome: CardReading | Refused, forms: dict[str, Form]) -> PageScore:
    """Compare a page's outcome with its truth."""
    if isinstance(outcome, Refused):
        return PageScore(
            truth.scan, truth.page, truth.expect, outcome.reason.value, truth.form, True, True, 0.0, 0.0,
            truth.fault_names, truth.hand, (),
        )  # fmt: skip
    right_form = outcome.form == truth.form
    fields: tuple[FieldScore, ...] = ()
    if right_form:
        specs = forms[outcome.form].by_name
        fields = tuple(
            score_field(specs[reading.field], truth.fields[reading.field], reading)
            for reading in outcome.fields
            if reading.field in truth.fields
        )
    return PageScore(
        scan=truth.scan,
        page=truth.page,
        expect=truth.expect,
        outcome="read",
        form=truth.form,
        right_form=right_form,
        right_rotation=outcome.rotation == truth.rotation,
        offset_mm=float(np.mean([d for field in fields for d in field.offsets_mm])) if fields else float("inf"),
        residual_mm=outcome.residual_mm,
        faults=truth.fault_names,
        hand=truth.hand,
        fields=fields,
    )


def score_field(spec: FieldSpec, truth: FieldTruth, reading: FieldReading) -> FieldScore:
    """Compare one field."""
    kind = "stamp" if spec.entry == "stamp" else spec.kind.value
    marks = _wrong_boxes(spec, truth.value, reading.value or "") if spec.kind.is_marks else 0
    written = truth.written.casefold()
    return FieldScore(
        field=spec.name,
        kind=kind,
        state=truth.state,
        read=reading.value is not None and reading.state is not FieldState.UNREAD,
        right=reading.value is not None and same_value(reading.value, truth.value),
        accepted=reading.accepted,
        probability=reading.probability,
        errors=Levenshtein.distance(reading.raw.casefold(), written) if spec.kind.is_text else 0,
        length=len(written) if spec.kind.is_text else 0,
        boxes=len(spec.options),
        wrong_boxes=marks,
        offsets_mm=_offsets(spec, truth, reading),
    )


def same_value(read: str, true: str) -> bool:
    """Whether two values mean the same: case, and the order of several marks, do not count."""
    return sorted(read.casefold().split("|")) == sorted(true.casefold().split("|"))


def _wrong_boxes(spec: FieldSpec, true: str, read: str) -> int:
    return len(set(filter(None, true.split("|"))) ^ set(filter(None, read.split("|"))))


def _offsets(spec: FieldSpec, truth: FieldTruth, reading: FieldReading) -> tuple[float, ...]:
    true, seen = np.array(truth.quad), np.array(reading.quad)
    pixels_per_mm = float(np.hypot(*(true[2] - true[0]))) / float(np.hypot(spec.box.w, spec.box.h))
    return tuple(float(d) / pixels_per_mm for d in np.hypot(*(seen - true).T))
