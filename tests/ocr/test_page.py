"""What is said of a page whose reading broke off."""

from __future__ import annotations

from pathlib import Path

import pytest

from ocr.page import PageJob, crashed_page
from ocr.reading import Refusal, Refused
from ocr.worker_pool import Crash


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
