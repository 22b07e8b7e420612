"""Fields that were not accepted: how many are settled at a coarser level than their value, and how many wrongly."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ocr.confidence.threshold import upper_bound
from ocr.evaluation.fields import FieldScore


@dataclass(frozen=True)
class LevelFigures:
    """One variable at one of its coarser levels, among the fields of it that were not accepted.

    Attributes
    ----------
    settled
        Doubtful fields that are settled at this level and at no finer one.
    wrong, wrong_bound
        Those of them whose true value lies in another group, and the upper 95 % bound of their share; None where there
        are none.
    """

    field: str
    level: str
    doubtful: int
    settled: int
    wrong: int
    wrong_bound: float | None


def by_level(fields: Sequence[FieldScore]) -> tuple[LevelFigures, ...]:
    """Figures of every variable that has coarser levels, where the machine read anything."""
    found: list[LevelFigures] = []
    for name, levels in sorted({(field.field, field.levels) for field in fields if field.levels}):
        doubtful = [field for field in fields if field.field == name and field.state != "empty" and not field.accepted]
        for level in levels:
            settled = [field for field in doubtful if field.settled == level]
            wrong = sum(not field.group_right for field in settled)
            bound = upper_bound(wrong, len(settled)) if settled else None
            found.append(LevelFigures(name, level, len(doubtful), len(settled), wrong, bound))
    return tuple(found)
