"""`migcards report`."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.migcards.cli.program import Run


@pytest.mark.parametrize("form", ["table", "csv", "html", "xlsx"])
def test_reports_are_written(scanned: tuple[Path, Run, dict[str, int]], form: str) -> None:
    folder, run, _ = scanned
    run("report", "T1", "T5", "--from", "2012-01", "--to", "2026-12", "--format", form, "-o", f"report.{form}")
    assert (folder / f"report.{form}").stat().st_size > 200
