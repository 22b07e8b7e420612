"""Compare readings with their truth."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
from rapidfuzz.distance import Levenshtein

from ocr.confidence.kinds import target_error
from ocr.confidence.values import canonical
from ocr.evaluation.fields import FieldScore, group_of, reported_kind
from ocr.evaluation.reread import decode_written
from ocr.evaluation.truth import FieldTruth, PageTruth
from ocr.forms.codebook import Coarser
from ocr.forms.definition import FieldKind, FieldSpec, Form
from ocr.lexicon.levels import code_at
from ocr.lexicon.lexicon import OPEN_LEXICONS
from ocr.reading import CardReading, FieldReading, FieldState, Refused


@dataclass(frozen=True)
class PageScore:
    """One page held against its truth.

    `outcome` is ``read`` or the refusal's reason; `offset_mm` the mean distance of its zones' corners from the truth,
    None where the truth knows no places.
    """

    scan: str
    page: int
    expect: str
    outcome: str
    form: str | None
    right_form: bool
    right_rotation: bool
    offset_mm: float | None
    residual_mm: float
    faults: tuple[str, ...]
    fields: tuple[FieldScore, ...]


def score_page(
    truth: PageTruth,
    outcome: CardReading | Refused,
    forms: Mapping[str, Form],
    beside: Mapping[str, str] | None = None,
    *,
    today: date,
) -> PageScore:
    """Compare a page's outcome with its truth.

    Parameters
    ----------
    beside
        Values of handwritten fields by another reader, empty where it has none; None where none was asked.
    """
    if isinstance(outcome, Refused):
        return PageScore(
            truth.scan, truth.page, truth.expect, outcome.reason.value, truth.form, True, True, 0.0, 0.0,
            truth.fault_names, (),
        )  # fmt: skip
    right_form = outcome.form == truth.form
    fields = _score_fields(truth, outcome, forms[outcome.form], beside, today) if right_form else ()
    return PageScore(
        scan=truth.scan,
        page=truth.page,
        expect=truth.expect,
        outcome="read",
        form=truth.form,
        right_form=right_form,
        right_rotation=outcome.rotation == truth.rotation,
        offset_mm=_offset(fields) if right_form else float("inf"),
        residual_mm=outcome.residual_mm,
        faults=truth.fault_names,
        fields=fields,
    )


def _score_fields(
    truth: PageTruth, outcome: CardReading, form: Form, beside: Mapping[str, str] | None, today: date
) -> tuple[FieldScore, ...]:
    written = {name: _written(form.by_name[name], truth.fields[name]) for name in form.by_name if name in truth.fields}
    known = {name: text for name, text in written.items() if text is not None}
    decoded = decode_written(form, outcome, known, today)
    return tuple(
        score_field(
            truth,
            form.by_name[reading.field],
            reading,
            None if written[reading.field] is None else decoded[reading.field] or "",
            None if beside is None else beside.get(reading.field, ""),
        )
        for reading in outcome.fields
        if reading.field in truth.fields
    )


def _offset(fields: Sequence[FieldScore]) -> float | None:
    distances = [d for field in fields for d in field.offsets_mm]
    return float(np.mean(distances)) if distances else None


def _written(spec: FieldSpec, truth: FieldTruth) -> str | None:
    """What the ink says: where only the value was typed, that says it for free text and numbers, not for codes."""
    says_all = spec.kind.is_marks or (spec.lexicon is None and spec.kind is not FieldKind.DATE)
    return truth.value if truth.written is None and says_all else truth.written


def score_field(
    page: PageTruth, spec: FieldSpec, reading: FieldReading, decoded: str | None, beside: str | None
) -> FieldScore:
    """Compare one field of a page with its truth; `decoded` and `beside` as they are kept in `FieldScore`."""
    truth = page.fields[spec.name]
    unread = reading.value is None or reading.state is FieldState.UNREAD
    written = _written(spec, truth)
    letters, settled = (written or "") if spec.kind.is_text else "", reading.settled
    errors = Levenshtein.distance(reading.raw.casefold(), letters.casefold())
    return FieldScore(
        scan=page.scan,
        page=page.page,
        faults=page.fault_names,
        source=page.source,
        field=spec.name,
        kind=reported_kind(spec),
        group=group_of(spec),
        style="comb" if spec.cells else "line",
        coded=spec.lexicon is not None and spec.lexicon not in OPEN_LEXICONS,
        state=truth.state,
        written=written or "",
        struck=truth.struck,
        raw=reading.raw,
        value=canonical(spec, truth.value),
        got=None if unread else canonical(spec, reading.value or ""),
        decoded=None if decoded is None else canonical(spec, decoded),
        beside=None if beside is None else canonical(spec, beside),
        accepted=reading.accepted,
        probability=reading.probability,
        score=reading.score,
        target_error=target_error(spec),
        errors=errors if spec.kind.is_text and written is not None else 0,
        length=len(letters),
        boxes=len(spec.options),
        wrong_boxes=_wrong_boxes(truth.value, reading.value or "") if spec.kind.is_marks else 0,
        offsets_mm=_offsets(spec, truth, reading),
        levels=tuple(level.value for level in spec.about.coarser),
        settled=settled.level if settled else "",
        group_right=settled is not None and code_at(spec, Coarser(settled.level), truth.value) == settled.code,
    )


def _wrong_boxes(true: str, read: str) -> int:
    return len(set(filter(None, true.split("|"))) ^ set(filter(None, read.split("|"))))


def _offsets(spec: FieldSpec, truth: FieldTruth, reading: FieldReading) -> tuple[float, ...]:
    if not truth.quad:
        return ()
    true, seen = np.array(truth.quad), np.array(reading.quad)
    pixels_per_mm = float(np.hypot(*(true[2] - true[0]))) / float(np.hypot(spec.box.w, spec.box.h))
    return tuple(float(d) / pixels_per_mm for d in np.hypot(*(seen - true).T))
