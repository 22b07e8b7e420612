"""Whether a value stands without a person: the calibration, the target errors, what was stopped, and the audit."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Protocol

from ocr.confidence.calibration import Calibration
from ocr.confidence.kinds import kind_of, measured_version, target_error
from ocr.forms.codebook import Coarser
from ocr.forms.definition import FieldSpec
from ocr.reading import FieldReading, FieldState, Why
from ocr.scan import NUMBERS, ScanId

_KEY = b"migcards audit"


@dataclass(frozen=True)
class Acceptance:
    """Probability that a value is right, whether it stands without a person, and why not where it does not."""

    probability: float
    accepted: bool
    reason: Why = Why.NOT_SURE


class Acceptor(Protocol):
    """Says what a score is worth."""

    def assess(
        self, reader: str, version: str, spec: FieldSpec, state: FieldState, score: float, level: Coarser | None = None
    ) -> Acceptance:
        """Probability that the value is right, or its group at a coarser level, and whether that stands by itself."""
        ...

    def knows(self, look: tuple[float, ...] | None) -> bool:
        """Whether a card looks like those that scores were measured on; None where nothing can be told."""
        ...


class Uncalibrated:
    """Passes raw scores through and accepts nothing: for measuring."""

    def assess(
        self, reader: str, version: str, spec: FieldSpec, state: FieldState, score: float, level: Coarser | None = None
    ) -> Acceptance:
        """The score itself."""
        return Acceptance(score, False)

    def knows(self, look: tuple[float, ...] | None) -> bool:
        """Any card is as good."""
        return True


@dataclass(frozen=True)
class Distrust:
    """Lets nothing of a card stand that looks like none of those measured."""

    acceptor: Acceptor

    def assess(
        self, reader: str, version: str, spec: FieldSpec, state: FieldState, score: float, level: Coarser | None = None
    ) -> Acceptance:
        """The acceptor's probability, and a person."""
        probability = self.acceptor.assess(reader, version, spec, state, score, level).probability
        return Acceptance(probability, False, Why.UNFAMILIAR)

    def knows(self, look: tuple[float, ...] | None) -> bool:
        """Not this card."""
        return False


@dataclass(frozen=True)
class AcceptancePolicy:
    """What may stand without a person, fixed for a whole run.

    Attributes
    ----------
    target_errors
        The target errors that the operator sets for single fields, by name.
    stopped
        (reader, kind) whose audit has shown that the target error is exceeded (`ocr.confidence.drift`).
    """

    calibration: Calibration
    target_errors: Mapping[str, float] = field(default_factory=dict)
    stopped: frozenset[tuple[str, str]] = frozenset()

    def assess(
        self, reader: str, version: str, spec: FieldSpec, state: FieldState, score: float, level: Coarser | None = None
    ) -> Acceptance:
        """What a score is worth; a reader, version or kind that was not measured is worth nothing.

        Where a kind was stopped, nothing of it stands at any level.
        """
        key = reader, kind_of(spec, state, level)
        scale = self.calibration.by_key.get(key)
        if reader not in self.calibration.readers or (scale and scale.version != measured_version(reader, version)):
            return Acceptance(0.0, False, Why.UNMEASURED)
        if scale is None or state is FieldState.UNREAD:
            return Acceptance(0.0, False)
        probability = scale.probability(score)
        threshold = scale.threshold(target_error(spec, self.target_errors))
        if threshold is None or score < threshold.score:
            return Acceptance(probability, False)
        stopped = not self.stopped.isdisjoint({key, (reader, kind_of(spec, state))})
        return Acceptance(probability, not stopped, Why.STOPPED)

    def knows(self, look: tuple[float, ...] | None) -> bool:
        """Whether the card is like those of the calibration, as far as either can be told."""
        familiar = self.calibration.familiar
        return familiar is None or look is None or familiar.knows(look)


def with_audits(fields: Sequence[FieldReading], scan: ScanId, share: float) -> tuple[FieldReading, ...]:
    """Mark the fields that fall to the audit: of those that stand, be it at a coarser level than their value.

    What stands does so until a person says otherwise.

    Parameters
    ----------
    share
        Of the fields that stand, 0..1.
    """
    return tuple(
        replace(f, review=(*f.review, str(Why.AUDIT)))
        if (f.accepted or f.settled) and is_audited(scan, f.field, share)
        else f
        for f in fields
    )


def is_audited(scan: ScanId, field: str, share: float) -> bool:
    """Whether a field falls to the audit: by a keyed hash of scan and field, so that every run draws the same.

    What a larger share draws contains what a smaller one draws.
    """
    return scan.number(_KEY, field) < share * NUMBERS
