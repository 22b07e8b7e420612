"""The bench: one run of the real command, and what follows from some."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from benchmarks.__main__ import Measured, report
from benchmarks.timed_run import TimedRun, timed_run

ROOT = Path(__file__).parents[2]


def test_a_run_of_the_command_is_measured_with_its_store(tmp_path: Path) -> None:
    for name in ("fault-skew.jpg", "refused-blank.jpg"):
        shutil.copy(ROOT / "fixtures" / "samples" / name, tmp_path)
    run = timed_run(tmp_path, 1, ROOT)
    assert run.cards == 2
    assert set(run.stages) == {"load", "register", "lay", "ink", "read", "interpret", "save"}
    assert 0 < sum(run.stages.values()) / 1000 < run.seconds
    assert run.reading_cpu_s > 0 and run.saving_cpu_s > 0
    assert run.reading_mb > 100 and run.saving_mb > 50 and run.store_bytes > 10_000


def run_of(cards: int, seconds: float, cpu: float) -> TimedRun:
    return TimedRun(cards, seconds, {"read": 80.0 * cards}, 0.1 * cpu, 0.9 * cpu, 150.0, 400.0, cards * 20480)


def test_figures_leave_the_start_out_and_name_both_checkouts(capsys: pytest.CaptureFixture[str]) -> None:
    runs = {(name, n): run_of(101, 2.0 + 8.0 * much / n, 1.0 + 8.0 * much)
            for name, much in (("office", 1.0), ("unseen", 1.5)) for n in (1, 2)}  # fmt: skip
    measured = Measured(run_of(1, 2.0, 1.0), runs)
    assert measured.cards_per_second("office", 1) == pytest.approx(12.5)
    assert measured.cards_per_second("office", 2) == pytest.approx(25.0)
    assert measured.processor_ms("unseen", 2) == pytest.approx(120.0)
    figures = measured.figures()
    assert figures["start-up ms"] == pytest.approx(1920.0)
    assert figures["unseen / office, processor"] == pytest.approx(1.5)
    report([measured, measured], naive=800.0, release=False)
    said = capsys.readouterr().out
    assert "this / beside" in said and "office, 1 reading" in said and "10.00" in said
