"""What was read: the objects that leave the image side and are kept. They hold no pixels."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from pathlib import Path

from ocr.geometry import Quad
from ocr.scan import ScanId


class Refusal(StrEnum):
    """Why a sheet was not read. Each goes on the rescan list with advice (`ocr.preprocess.quality`).

    Not the last, a batch's cover sheet, which is no card. The three before it say nothing about the sheet: the machine
    could not get at it, and another run may.
    """

    UNREADABLE_FILE = "unreadable_file"
    BLANK = "blank"
    BACK_SIDE = "back_side"
    TOO_DARK = "too_dark"
    TOO_FAINT = "too_faint"
    BLURRED = "blurred"
    CUT_OFF = "cut_off"
    TWO_CARDS = "two_cards"
    UNKNOWN_FORM = "unknown_form"
    BAD_FIT = "bad_fit"
    CRASHED = "crashed"
    UNAVAILABLE = "unavailable"
    TIMED_OUT = "timed_out"
    OUT_OF_MEMORY = "out_of_memory"
    COVER_SHEET = "cover_sheet"

    @property
    def transient(self) -> bool:
        """Whether the next run tries again."""
        return self in (Refusal.UNAVAILABLE, Refusal.TIMED_OUT, Refusal.OUT_OF_MEMORY)


class FieldState(StrEnum):
    """What the reader saw in the zone."""

    EMPTY = "empty"
    READ = "read"
    CORRECTED = "corrected"
    DOUBTFUL = "doubtful"
    UNREAD = "unread"


class Why(StrEnum):
    """Why a field waits for a person. A broken rule is written ``rule:NAME``."""

    NO_READER = "no_reader"
    NOT_SURE = "not_sure"
    DOUBTFUL_MARK = "doubtful_mark"
    CORRECTED = "corrected"
    REQUIRED_EMPTY = "required_empty"
    NOT_IN_LEXICON = "not_in_lexicon"
    AMBIGUOUS = "ambiguous"
    OVERRULED = "overruled"
    SEVERAL_MARKS = "several_marks"
    DUPLICATE = "duplicate"
    AUDIT = "audit"
    UNMEASURED = "unmeasured"
    UNFAMILIAR = "unfamiliar"
    STOPPED = "stopped"
    REOPENED = "reopened"
    CONTRADICTS_BATCH = "contradicts_batch"


@dataclass(frozen=True)
class Origin:
    """Where a page came from and what read it: all that the store keeps with it besides the reading.

    Attributes
    ----------
    path
        The file.
    dpi
        Pixels per inch of the scan, by the registered card; the file's word where nothing was registered.
    size
        Width and height of the original scan in pixels, where it could be loaded.
    software
        Version of program, data and calibration.
    """

    path: Path
    dpi: float | None
    size: tuple[int, int] | None
    software: str


@dataclass(frozen=True)
class Refused:
    """A sheet that was not read, and why.

    Attributes
    ----------
    detail
        What was found or measured, in no language: key of a text in section ``detail`` and the numbers it mentions, as
        in ``residual_mm 0.62 0.4`` (`texts.refusal_message` says it); or what reads alike in all, such as a form's id.
    origin
        As in `CardReading`.
    serial
        The number of the card, where its code could be read all the same.
    """

    scan: ScanId
    reason: Refusal
    detail: str
    origin: Origin | None = None
    serial: str | None = None


@dataclass(frozen=True)
class Candidate:
    """One possible value of a field.

    Attributes
    ----------
    value
        Code of the lexicon, ISO date, digits, or normalised text where the field has no lexicon.
    text
        The written form it was matched to, for people.
    probability
        Calibrated where the field has a calibration, else the reader's raw score in 0..1.
    """

    value: str
    text: str
    probability: float


@dataclass(frozen=True)
class LevelReading:
    """What a field says at a coarser level than its value, such as the month of a day (`ocr.lexicon.levels`).

    Attributes
    ----------
    level
        Name of the level (`ocr.forms.codebook.Coarser`).
    code
        The group that the value most likely lies in.
    score, probability
        As in `FieldReading`, of the group; comparable within one reader, kind of field and level.
    accepted
        Whether the group would stand without a person.
    """

    level: str
    code: str
    score: float
    probability: float
    accepted: bool


@dataclass(frozen=True)
class FieldReading:
    """What one reader made of one field.

    Attributes
    ----------
    field
        Name of the field in the form.
    state
        What was seen in the zone.
    raw
        The reader's text before any lexicon; for marks the codes marked, joined by ``|``.
    candidates
        Best first; empty when nothing was read.
    value
        The machine's value: that of the first candidate, ``""`` for an empty field, None when unread.
    score
        What the probability was derived from, higher is surer; comparable within one reader and kind of field.
    probability
        Probability that `value` is right, as far as it is calibrated; 0 when nothing was read.
    review
        Why a person must look (`Why` or ``rule:NAME``); empty when the value is accepted.
    quad
        Corners of the zone in pixels of the original scan, clockwise from the top left.
    reader, reader_version
        Which reader, for calibration and audit.
    levels
        What it says at coarser levels, finest first; empty where the variable has none, or nothing was read.
    """

    field: str
    state: FieldState
    raw: str
    candidates: tuple[Candidate, ...]
    value: str | None
    score: float
    probability: float
    review: tuple[str, ...]
    quad: Quad
    reader: str
    reader_version: str
    levels: tuple[LevelReading, ...] = ()

    @property
    def accepted(self) -> bool:
        """Whether the value stands and nobody looks; that of a field drawn for the audit stands too, until then."""
        return not self.review

    @property
    def settled(self) -> LevelReading | None:
        """What is sure of a value that is not."""
        return settled_level(self.levels, self.review)


_DOUBTS = frozenset({Why.NOT_SURE, Why.AMBIGUOUS, Why.AUDIT})
"""Reasons to look at a value that leave what is sure at a coarser level as it is."""


def settled_level(levels: Sequence[LevelReading], review: Collection[str]) -> LevelReading | None:
    """The finest level that stands though the value does not; None where the value stands, or nothing does.

    Whatever else than the reader's own doubt sends a field to a person, as a broken rule, leaves nothing of it.

    Parameters
    ----------
    review
        Why a person must look.
    """
    if not _DOUBTS.issuperset(review) or set(review) <= {Why.AUDIT}:
        return None
    return next((level for level in levels if level.accepted), None)


@dataclass(frozen=True)
class CardReading:
    """All that was read from one card.

    Attributes
    ----------
    form, version
        Which form definition.
    direction
        ``D`` departure, ``A`` return (arrival).
    serial
        Printed serial number, or None where it could not be read.
    rotation
        Degrees the card lay turned clockwise in the scan: 0, 90, 180 or 270.
    residual_mm
        95th percentile of the registration's residuals over its anchors, in millimetres.
    broken_rules
        Names of the rules between fields that this card breaks.
    origin
        Where it came from, for whoever saves it later (`migcards.save`); None where that is told separately.
    """

    scan: ScanId
    form: str
    version: str
    direction: str
    serial: str | None
    rotation: int
    residual_mm: float
    fields: tuple[FieldReading, ...]
    broken_rules: tuple[str, ...]
    origin: Origin | None = None

    def field(self, name: str) -> FieldReading:
        """Reading of one field; raises KeyError when the form has no such field."""
        for reading in self.fields:
            if reading.field == name:
                return reading
        raise KeyError(name)


def parse_iso(text: str | None) -> date | None:
    """Date from ``YYYY-MM-DD``, or None when the text is no such date."""
    try:
        return date.fromisoformat(text or "")
    except ValueError:
        return None
