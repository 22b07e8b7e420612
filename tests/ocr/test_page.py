"""What is said of a page whose reading broke off, and of one whose ground is dark."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from ocr.confidence.acceptance import Acceptance
from ocr.forms.codebook import Coarser
from ocr.forms.definition import FieldSpec
from ocr.likeness import distances, load_limits
from ocr.page import PageJob, Stopwatch, crashed_page, load_engine, read_sheet
from ocr.reading import CardReading, FieldState, Refusal, Refused
from ocr.worker_pool import Crash
from tests.ocr.preprocess.scans import on_dark_ground, scribbled, sheet_of


class Trusting:
    """Accepts whatever is read."""

    def assess(
        self, reader: str, version: str, spec: FieldSpec, state: FieldState, score: float, level: Coarser | None = None
    ) -> Acceptance:
        return Acceptance(1.0, True)

    def knows(self, look: tuple[float, ...] | None) -> bool:
        return True


@pytest.mark.parametrize(
    ("crash", "reason"),
    [
        (Crash("timed_out", "took longer than 60 s"), Refusal.TIMED_OUT),
        (Crash("out_of_memory", "killed by SIGKILL"), Refusal.OUT_OF_MEMORY),
        (Crash("died", "killed by SIGSEGV"), Refusal.CRASHED),
        (Crash("raised", "KeyError at ocr/page.py:1", ("ocr/page.py:1 read_page",)), Refusal.CRASHED),
    ],
)
def test_only_what_may_pass_is_tried_again(crash: Crash, reason: Refusal) -> None:
    result = crashed_page(PageJob(Path("a.png"), "0" * 64, 0), crash)
    assert isinstance(result.outcome, Refused)
    assert (result.outcome.reason, result.outcome.detail, result.trace) == (reason, crash.words, crash.trace)
    assert reason.transient == (crash.kind in ("timed_out", "out_of_memory"))


def test_a_card_upside_down_in_a_coarser_scan_is_like_itself_and_no_other() -> None:
    engine = load_engine()
    card, other = (scribbled(engine.forms[0], np.random.default_rng(seed), strokes=150) for seed in (4, 5))
    again = cv2.resize(np.ascontiguousarray(card[::-1, ::-1]), None, fx=0.7, fy=0.7, interpolation=cv2.INTER_AREA)

    def bits(pixels: NDArray[np.uint8]) -> bytes:
        seen = read_sheet(sheet_of(pixels, None), engine, Trusting(), 0.0, date(2026, 1, 1), Stopwatch()).likeness
        assert seen is not None
        return seen.bits

    same, different = distances(bits(card), [bits(np.asarray(again, np.uint8)), bits(other)])
    assert same < load_limits().most_distance < 0.35 < different


@pytest.mark.parametrize("dark", [False, True])
def test_nothing_stands_of_a_card_on_a_dark_ground(dark: bool) -> None:
    engine = load_engine()
    card = scribbled(engine.forms[0], np.random.default_rng(4))
    sheet = sheet_of(on_dark_ground(card, np.random.default_rng(5)) if dark else card, None)
    outcome = read_sheet(sheet, engine, Trusting(), 0.0, date(2026, 1, 1), Stopwatch()).outcome
    assert isinstance(outcome, CardReading)
    assert any(field.accepted for field in outcome.fields) == (not dark)
