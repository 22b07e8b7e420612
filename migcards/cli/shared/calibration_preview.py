"""What a new calibration would change, in words and as curves."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from ocr.confidence.calibration import Calibration, Scale
from ocr.confidence.curve import CurvePoint, risk_curve
from ocr.confidence.fit import Key
from ocr.confidence.labelled_scores import LabelledScores
from ocr.confidence.threshold import Threshold
from ocr.evaluation.picture import Curve
from ocr.forms.codebook import USUAL_ERROR

SHARES = (0.25, 0.5, 0.75, 0.9, 0.95, 0.99, 1.0)
"""Shares accepted at which the curve is printed."""


def preview(present: Calibration, new: Calibration, groups: Mapping[Key, LabelledScores]) -> Iterator[str]:
    """For every kind that was looked at: its curve, and for each target error the threshold now and then."""
    for key, group in groups.items():
        scale, old = new.by_key.get((key.reader, key.kind)), present.by_key.get((key.reader, key.kind))
        known = int(group.labelled.sum())
        wrong = int((group.labelled & ~group.right).sum())
        yield f"{key.reader} {key.version}, {key.kind}: {len(group.scores)} read, {known} labelled, {wrong} wrong"
        if scale is None or not known:
            continue
        points = (next(p for p in _curve(group) if p.accepted >= share - 1e-9) for share in SHARES)
        yield "  wrong at accepted  " + "  ".join(f"{p.wrong:.2%} at {p.accepted:.0%}" for p in points)
        for kept in scale.kept:
            before = _now(old, scale.version, kept.target_error)
            then = "as now" if kept.threshold == before else _shown(kept.threshold)
            yield f"  target error {kept.target_error:.2%}:  now {_shown(before)};  then {then}"


def curves(present: Calibration, new: Calibration, groups: Mapping[Key, LabelledScores]) -> Iterator[Curve]:
    """Curves of all kinds with a label: at the default target error, what is accepted now and what would be."""
    for key, group in groups.items():
        scale, old = new.by_key.get((key.reader, key.kind)), present.by_key.get((key.reader, key.kind))
        if scale is not None and group.labelled.any():
            points = _curve(group)
            yield Curve(
                name=f"{key.reader} {key.kind} ({len(group.scores)})",
                points=tuple((p.accepted, p.wrong) for p in points),
                now=_at(points, _now(old, scale.version, USUAL_ERROR)),
                kept=_at(points, scale.threshold(USUAL_ERROR)),
            )


def _at(points: Sequence[CurvePoint], threshold: Threshold | None) -> tuple[float, float] | None:
    """Accepted and wrong where a curve reaches a threshold."""
    above = [p for p in points if threshold is not None and p.threshold >= threshold.score]
    return (above[-1].accepted, above[-1].wrong) if above else None


def _curve(group: LabelledScores) -> tuple[CurvePoint, ...]:
    known = group.labelled
    return risk_curve(group.scores[known], group.right[known], weights=group.weights[known])


def _now(old: Scale | None, version: str, target_error: float) -> Threshold | None:
    return old.threshold(target_error) if old is not None and old.version == version else None


def _shown(threshold: Threshold | None) -> str:
    if threshold is None:
        return "nothing"
    return (
        f"from {threshold.score:.4f}, {threshold.share:.1%} accepted "
        f"({threshold.wrong} wrong of {threshold.labelled}, at most {threshold.bound:.2%})"
    )
