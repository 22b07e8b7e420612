"""One field held against its truth, and the words in which tables speak of fields."""

from __future__ import annotations

from dataclasses import dataclass

from ocr.forms.definition import Entry, FieldKind, FieldSpec
from ocr.lexicon.lexicon import OPEN_LEXICONS
from ocr.lexicon.match import NOT_IN_LEXICON


@dataclass(frozen=True)
class FieldScore:
    """One field held against its truth: all that tables, curves and contact sheets are made of.

    Attributes
    ----------
    scan, page, faults, source
        Where it is, what was done to the scan, and who wrote (`PageTruth.source`).
    kind
        Kind of field; ``stamp`` for what a rubber stamp says, ``printed`` for digits from the press.
    group
        What a handwritten text is about: its dictionary, ``names``, ``dates``, ``digits`` or ``passport``; empty for
        anything that is no handwritten text.
    style
        ``comb`` or ``line``.
    coded
        Whether the value is a code of a closed dictionary.
    state, written, struck
        As in the truth; `written` is empty also where it is not known.
    raw
        The reader's text.
    value, got, decoded, beside
        Canonical values: the true one; the machine's, None where it has none; what today's dictionaries make of
        exactly what was written, None where that is not known; what another reader got, None where none was asked,
        empty where it got none.
    score
        The reader's own certainty, which orders readings whose probability was never measured.
    target_error
        Largest share wrong aimed at among the accepted.
    errors, length
        Edit operations between the raw text and what was written, and the written text's length (for CER).
    boxes, wrong_boxes
        For mark fields: options, and those whose mark was seen differently.
    offsets_mm
        Distances between the zone's corners and where they truly lie; empty where that is not known.
    levels
        Coarser levels that the variable has, finest first.
    settled, group_right
        At which of them a doubtful value is settled, empty where it is at none; whether the true value lies in that
        group.
    """

    scan: str
    page: int
    faults: tuple[str, ...]
    source: str
    field: str
    kind: str
    group: str
    style: str
    coded: bool
    state: str
    written: str
    struck: str
    raw: str
    value: str
    got: str | None
    decoded: str | None
    beside: str | None
    accepted: bool
    probability: float
    score: float
    target_error: float
    errors: int
    length: int
    boxes: int
    wrong_boxes: int
    offsets_mm: tuple[float, ...]
    levels: tuple[str, ...] = ()
    settled: str = ""
    group_right: bool = False

    @property
    def judged(self) -> bool:
        """Whether its score decides if it stands; what is in no dictionary, or marked twice, waits at any score."""
        return self.read and self.got != NOT_IN_LEXICON and "|" not in (self.got or "")

    @property
    def read(self) -> bool:
        """Whether the machine has a value at all."""
        return self.got is not None

    @property
    def right(self) -> bool:
        """Whether that value is the true one."""
        return self.got == self.value


def reported_kind(spec: FieldSpec) -> str:
    """Kind of a field, as `FieldScore.kind` says it."""
    if spec.entry is Entry.STAMP:
        return "stamp"
    return "printed" if spec.entry is Entry.PRINTED and spec.kind.is_text else spec.kind.value


def group_of(spec: FieldSpec) -> str:
    """What a handwritten text is about, as `FieldScore.group` says it; empty for any other field."""
    if spec.entry is not Entry.HAND or not spec.kind.is_text:
        return ""
    if spec.lexicon is not None:
        return "names" if spec.lexicon in OPEN_LEXICONS else spec.lexicon
    return "dates" if spec.kind is FieldKind.DATE else spec.alphabet or spec.kind.value
