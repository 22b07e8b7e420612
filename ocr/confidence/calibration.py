"""What was measured of the readers: what a score means as a probability, and from which score a target error is kept.

Calibrations are data: derived from labelled scans or from people's decisions (`ocr.confidence.fit`), shipped as
``ocr/data/calibration.json``, and newer ones kept in the store. What was never measured is never accepted.
"""

from __future__ import annotations

from datetime import date
from functools import cached_property
from hashlib import sha256
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, ValidationError

from ocr.confidence.familiarity import Familiar
from ocr.confidence.threshold import LEVEL, Threshold
from ocr.errors import BadInputError

CALIBRATION = Path(__file__).parent.parent / "data" / "calibration.json"


class ProvenThreshold(BaseModel):
    """A target error and the threshold that keeps it; None where nothing may be accepted."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    target_error: float
    threshold: Threshold | None


class Scale(BaseModel):
    """How one reader's scores on one kind of field turn into probabilities.

    Attributes
    ----------
    version
        The part of the reader's version that this holds for (`ocr.confidence.kinds.measured_version`).
    count, labelled, wrong
        Readings it was measured on, those among them whose truth is known, and the wrong ones of these.
    scores, probabilities
        Corners of a rising, piecewise linear function; level outside.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    reader: str
    version: str
    kind: str
    count: int
    labelled: int
    wrong: int
    scores: tuple[float, ...]
    probabilities: tuple[float, ...]
    kept: tuple[ProvenThreshold, ...]

    def probability(self, score: float) -> float:
        """Probability that a reading of this score is right."""
        return float(np.interp(score, *self._corners))

    @cached_property
    def _corners(self) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        return np.asarray(self.scores, np.float64), np.asarray(self.probabilities, np.float64)

    def threshold(self, target_error: float) -> Threshold | None:
        """The threshold of the loosest target error measured that is at least as strict as this one."""
        fitting = [k for k in self.kept if k.target_error <= target_error * (1 + 1e-9)]
        return max(fitting, key=lambda k: k.target_error).threshold if fitting else None


class Calibration(BaseModel):
    """All scales, with where they come from.

    Attributes
    ----------
    made
        Day they were measured.
    data
        What they were measured on, in words.
    level
        Confidence level of the bounds.
    familiar
        What the cards looked like; None where that was not measured, so that any card will do.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    made: date
    data: str
    level: float = LEVEL
    familiar: Familiar | None = None
    scales: tuple[Scale, ...] = ()

    @cached_property
    def by_key(self) -> dict[tuple[str, str], Scale]:
        """Scales by reader and kind."""
        return {(s.reader, s.kind): s for s in self.scales}

    @cached_property
    def readers(self) -> frozenset[str]:
        """Readers that were measured on anything."""
        return frozenset(s.reader for s in self.scales)

    @cached_property
    def fingerprint(self) -> str:
        """Names this calibration: 12 hexadecimal digits of its content's hash."""
        return sha256(self.model_dump_json().encode()).hexdigest()[:12]


def load_calibration(path: Path = CALIBRATION) -> Calibration:
    """Read a calibration; where the file is missing nothing is calibrated, so nothing is accepted.

    Raises
    ------
    BadInputError
        The file is not a calibration.
    """
    if not path.exists():
        return Calibration(made=date.min, data="nothing has been measured")
    try:
        return Calibration.model_validate_json(path.read_text("utf-8"))
    except (OSError, ValidationError, UnicodeDecodeError) as error:
        raise BadInputError(f"{path} is not a calibration: {error}") from error


def save_calibration(calibration: Calibration, path: Path) -> None:
    """Write a calibration as JSON.

    Raises
    ------
    BadInputError
        The file cannot be written.
    """
    try:
        path.write_text(calibration.model_dump_json(indent=1) + "\n", "utf-8")
    except OSError as error:
        raise BadInputError(f"{path} cannot be written: {error.strerror}.") from error
